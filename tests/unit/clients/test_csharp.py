"""C#, as far as it can be checked without .NET: its grammar, and every name of the contract.

What only a compiler knows, such as types and the names of .NET's own libraries, `make test-clients`
checks where there is `dotnet`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter_c_sharp
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FileDescriptorSet,
    ServiceDescriptorProto,
)
from tree_sitter import Language, Node, Parser

from deploy.client_stubs.contract import services_of
from gateway.upstreams import ROUTED_SERVICES

CLIENTS = Path(__file__).parents[3] / "clients"
FILES = sorted(
    path
    for path in (CLIENTS / "csharp").rglob("*.cs")
    if not {"bin", "obj"} & set(path.relative_to(CLIENTS).parts)
)
IMAGE = FileDescriptorSet.FromString((CLIENTS / "sage.binpb").read_bytes())
CONTRACT = [file for file in IMAGE.file if file.package.startswith("sage.")]
MESSAGES = {message.name: message for file in CONTRACT for message in file.message_type}
SERVICES = {service.name: service for file in CONTRACT for service in file.service}
# What the client calls its variables of these messages.
VARIABLES = {
    "_session": "Session",
    "known": "ListVideosResponse",
    "region": "Region",
    "request": "CreateUploadRequest WatchEmbeddingTasksRequest",
    "summary": "ComparisonSummary",
    "task": "EmbeddingTask",
    "upload": "Upload",
    "video": "Video",
}
PARSER = Parser(Language(tree_sitter_c_sharp.language()))


def parsed(file: Path) -> Node:
    return PARSER.parse(file.read_bytes()).root_node


def within(node: Node, kind: str) -> Iterator[Node]:
    """The nodes of a kind, from the top."""
    if node.type == kind:
        yield node
    for child in node.named_children:
        yield from within(child, kind)


def text(node: Node | None) -> str:
    return (node.text or b"").decode() if node else ""


def pascal(name: str) -> str:
    """As protoc names a field in C#: `crc32c` is `Crc32C`."""
    return re.sub(r"(?:^|_|(?<=\d))([a-z])", lambda found: found[1].upper(), name)


def properties(message: DescriptorProto) -> set[str]:
    return {pascal(field.name) for field in message.field}


def values(enum: EnumDescriptorProto) -> set[str]:
    """`REGION_KIND_UNCHANGED` is `Unchanged`."""
    prefix = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", enum.name).upper() + "_"
    return {pascal(value.name.removeprefix(prefix).lower()) for value in enum.value}


def enums() -> dict[str, EnumDescriptorProto]:
    """By how C# calls them: `RegionKind`, `Upload.Types.State`."""
    found = {enum.name: enum for file in CONTRACT for enum in file.enum_type}
    for message in MESSAGES.values():
        found |= {f"{message.name}.Types.{enum.name}": enum for enum in message.enum_type}
    return found


def methods(service: ServiceDescriptorProto) -> set[str]:
    """A method that answers with one message waits for it, one that streams has a call to read."""
    return {
        method.name if method.server_streaming or method.client_streaming else f"{method.name}Async"
        for method in service.method
    }


@pytest.fixture(params=FILES, ids=lambda path: path.name)
def source(request: pytest.FixtureRequest) -> Node:
    return parsed(request.param)


def test_there_are_sources() -> None:
    assert {"SageClient.cs", "SageClient.Stubs.cs", "Program.cs"} <= {file.name for file in FILES}


def test_it_is_grammatical(source: Node) -> None:
    assert not source.has_error


def test_messages_have_the_fields_that_are_set(source: Node) -> None:
    for creation in within(source, "object_creation_expression"):
        message = MESSAGES.get(text(creation.child_by_field_name("type")))
        initializer = creation.child_by_field_name("initializer")
        if message and initializer:
            set_ = {
                text(each.child_by_field_name("left"))
                for each in initializer.named_children
                if each.type == "assignment_expression"
            }
            assert set_ <= properties(message), message.name


def test_messages_have_the_fields_that_are_read(source: Node) -> None:
    for access in within(source, "member_access_expression"):
        kinds = VARIABLES.get(text(access.child_by_field_name("expression")))
        if kinds:
            known = set().union(*(properties(MESSAGES[kind]) for kind in kinds.split()))
            assert text(access.child_by_field_name("name")) in known, text(access)


def test_services_have_the_methods_that_are_called(source: Node) -> None:
    stubs = {it.plural: SERVICES[it.name] for it in services_of(IMAGE, ROUTED_SERVICES)}
    stubs["sessions"] = SERVICES["SessionService"]
    for call in within(source, "invocation_expression"):
        called = call.child_by_field_name("function")
        if called and called.type == "member_access_expression":
            service = stubs.get(text(called.child_by_field_name("expression")))
            if service:
                assert text(called.child_by_field_name("name")) in methods(service)


def test_enums_have_the_values_that_are_named(source: Node) -> None:
    known = enums()
    for kind in ("member_access_expression", "qualified_name"):
        for access in within(source, kind):
            enum, _, value = text(access).rpartition(".")
            if enum in known:
                assert value in values(known[enum])


def test_no_name_is_of_two_packages() -> None:
    """The client uses all of them at once."""
    names = Counter(message.name for file in CONTRACT for message in file.message_type)
    used = {text(name) for file in FILES for name in within(parsed(file), "identifier")}
    assert [name for name, times in names.items() if times > 1 and name in used] == []


def test_names_are_those_that_protoc_makes() -> None:
    assert pascal("twelvelabs_api_key") == "TwelvelabsApiKey"
    assert (pascal("crc32c"), pascal("sha256")) == ("Crc32C", "Sha256")
    assert "Unchanged" in values(enums()["RegionKind"])
    assert "Completing" in values(enums()["Upload.Types.State"])
