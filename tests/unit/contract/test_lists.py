"""Each list can be filtered and ordered by what the contract says, and by nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, FileDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from sage.compare.v1 import saved_comparison_pb2
from sage.embed.v1 import api_token_pb2, embed_pb2
from sage.ingest.v1 import ingest_pb2
from services.compare.adapters.lists import COMPARISONS, SHARE_LINKS
from services.embed.adapters.lists import API_TOKENS, EMBEDDINGS, TASKS
from services.ingest.adapters.lists import UPLOADS, VIDEOS
from services.servicekit.listing.fields import Kind
from services.servicekit.listing.table import ListTable

PROTO = Path(__file__).parents[3] / "proto"
# Requests of lists without pages, and why.
UNPAGED = {"ListEnginesRequest": "The engines are a handful, fixed when the server starts."}
LISTS: list[tuple[ListTable, Descriptor, Descriptor]] = [
    (VIDEOS, ingest_pb2.ListVideosRequest.DESCRIPTOR, ingest_pb2.Video.DESCRIPTOR),
    (UPLOADS, ingest_pb2.ListUploadsRequest.DESCRIPTOR, ingest_pb2.Upload.DESCRIPTOR),
    (TASKS, embed_pb2.ListEmbeddingTasksRequest.DESCRIPTOR, embed_pb2.EmbeddingTask.DESCRIPTOR),
    (EMBEDDINGS, embed_pb2.ListEmbeddingsRequest.DESCRIPTOR, embed_pb2.Embedding.DESCRIPTOR),
    (API_TOKENS, api_token_pb2.ListApiTokensRequest.DESCRIPTOR, api_token_pb2.ApiToken.DESCRIPTOR),
    (
        COMPARISONS,
        saved_comparison_pb2.ListComparisonsRequest.DESCRIPTOR,
        saved_comparison_pb2.SavedComparison.DESCRIPTOR,
    ),
    (
        SHARE_LINKS,
        saved_comparison_pb2.ListShareLinksRequest.DESCRIPTOR,
        saved_comparison_pb2.ShareLink.DESCRIPTOR,
    ),
]
# What the comment of a filter calls the fields of a kind.
HEADINGS = {
    "Texts": (Kind.TEXT,),
    "Names": (Kind.NAME,),
    "Numbers": (Kind.INTEGER, Kind.NUMBER),
    "Durations": (Kind.DURATION,),
    "Times": (Kind.TIME,),
    "`true` or `false`": (Kind.YES_NO,),
    "Of its values": (Kind.CHOICE,),
}
lists = pytest.mark.parametrize(
    ("table", "request_type", "resource"), LISTS, ids=[table.resource for table, _, _ in LISTS]
)


def kinds_of(field: FieldDescriptor) -> tuple[Kind, ...]:
    """The kinds that a field of the contract can be."""
    if field.message_type is not None:
        return {
            Timestamp.DESCRIPTOR.full_name: (Kind.TIME,),
            Duration.DESCRIPTOR.full_name: (Kind.DURATION,),
        }[field.message_type.full_name]
    if field.enum_type is not None:
        return (Kind.CHOICE,)
    return {
        FieldDescriptor.CPPTYPE_STRING: (Kind.TEXT, Kind.NAME),
        FieldDescriptor.CPPTYPE_BOOL: (Kind.YES_NO,),
        FieldDescriptor.CPPTYPE_INT32: (Kind.INTEGER,),
        FieldDescriptor.CPPTYPE_INT64: (Kind.INTEGER,),
        FieldDescriptor.CPPTYPE_DOUBLE: (Kind.NUMBER,),
    }[field.cpp_type]


def values_of(enum: EnumDescriptor) -> set[str]:
    return {value.name for value in enum.values if value.number}


def comment(message: Descriptor, field: str) -> str:
    source = (PROTO / message.file.name).read_text()
    body = source[source.index(f"\nmessage {message.name} {{") :]
    lines = body[: body.index(f" {field} = ")].splitlines()[:-1]
    kept: list[str] = []
    for line in reversed(lines):
        if not line.lstrip().startswith("//"):
            break
        kept.insert(0, line.lstrip().removeprefix("//").strip())
    return " ".join(kept)


@lists
def test_fields_of_a_list_are_fields_of_its_resource(
    table: ListTable, request_type: Descriptor, resource: Descriptor
) -> None:
    for name, field in table.fields.items():
        declared = resource.fields_by_name[name]
        assert field.type.kind in kinds_of(declared), name
        if declared.enum_type is not None:
            assert set(field.type.choices) == values_of(declared.enum_type), name


@lists
def test_the_contract_says_by_which_fields_a_list_is_filtered(
    table: ListTable, request_type: Descriptor, resource: Descriptor
) -> None:
    told = comment(request_type, "filter")
    for heading, kinds in HEADINGS.items():
        found = re.search(rf"{heading}: (.*?)\. ", told)
        named = set(re.findall(r"`(\w+)`", found[1])) if found else set()
        assert named == {
            name for name, field in table.fields.items() if field.type.kind in kinds
        }, heading


@lists
def test_a_list_has_all_that_lists_have(
    table: ListTable, request_type: Descriptor, resource: Descriptor
) -> None:
    assert {"page_size", "page_token", "filter", "order_by"} <= set(request_type.fields_by_name)
    answer = request_type.file.message_types_by_name[
        request_type.name.replace("Request", "Response")
    ]
    assert {"next_page_token", "total_size"} <= set(answer.fields_by_name)


def test_there_is_no_other_list() -> None:
    files: set[FileDescriptor] = {request.file for _, request, _ in LISTS}
    found = {
        method.input_type.name
        for file in files
        for service in file.services_by_name.values()
        for method in service.methods
        if method.name.startswith("List")
    }
    assert found == {request.name for _, request, _ in LISTS} | set(UNPAGED)
