"""What is somebody else's looks like what is not there, in code, text and time, by any method."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import grpc
import httpx
import pytest
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.rpc.status_pb2 import Status

from buf.validate import validate_pb2
from sage.compare.v1 import compare_pb2, saved_comparison_pb2
from tests.fixtures.clips import REEL
from tests.fixtures.media import ClipLibrary
from tests.fixtures.owners import Owners
from tests.fuzz.methods import methods, path_of

pytestmark = pytest.mark.xdist_group("stack")

_ID = r"[a-z0-9]{1,40}"
_MISSING = "01k9zv3m5n7p9r1s3t5v7w9x0y"
# Whoever owns nothing has no session of that name either, and no key to link.
_EXEMPT = {"CreateSession", "LinkApiKey"}
_SLOWER_SECONDS = 0.25
_ANY_ID = re.compile(r"\b[0-9a-z]{26}\b")


@dataclass(frozen=True, kw_only=True)
class Naming:
    """A method, and the field by which its request names a resource.

    path: of the field, from the request on. pattern: of its names.
    """

    method: MethodDescriptor
    path: tuple[str, ...]
    pattern: str

    @property
    def shape(self) -> str:
        """`comparisons/*/notes/*`; of several kinds the first."""
        plain = self.pattern.removeprefix("^").removesuffix("$")
        if plain.startswith("(") and plain.endswith(")?"):
            plain = plain[1:-2]
        plain = re.sub(r"\(([a-zA-Z]+)[a-zA-Z|]*\)", r"\1", plain)
        return plain.replace(_ID, "*")


def namings() -> Iterator[Naming]:
    """Every field of every request that takes names of what belongs to a workspace."""
    for method in methods():
        if method.name in _EXEMPT or method.client_streaming:
            continue
        for path, field in fields_of(method.input_type.fields, ()):
            rules = field.GetOptions().Extensions[validate_pb2.field]
            text = rules.repeated.items.string if rules.HasField("repeated") else rules.string
            if f"/{_ID}" in text.pattern.replace("\\", ""):
                yield Naming(method=method, path=path, pattern=text.pattern)


def fields_of(
    fields: Any, above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], FieldDescriptor]]:
    for field in fields:
        path = (*above, field.name)
        if field.cpp_type != FieldDescriptor.CPPTYPE_MESSAGE:
            yield path, field
        elif (
            not field.is_repeated
            and len(path) < 3
            and field.message_type.file.package[:4] == "sage"
        ):
            yield from fields_of(field.message_type.fields, path)


NAMINGS = {f"{each.method.name}-{'.'.join(each.path)}": each for each in namings()}


@pytest.fixture(scope="module")
def theirs(owners: Owners, clip_library: ClipLibrary) -> dict[str, str]:
    """A resource of each shape, all of somebody else's."""
    with httpx.Client(
        base_url=owners.stack.url, headers=owners.headers("theirs"), timeout=60
    ) as web:

        def post(path: str, **fields: Any) -> str:
            answer = web.post(f"/v1/{path}", json=fields)
            assert answer.status_code == 200, answer.text
            return str(answer.json()["name"])

        file = clip_library.get("original.mp4", REEL).read_bytes()
        video = str(web.put("/v1/files/theirs.mp4", content=file).json()["name"])
        task = post("embeddingTasks", video=video)
        while not (embedding := web.get(f"/v1/{task}").json()["embedding"]):
            time.sleep(0.1)
        comparison = post("comparisons", a=video, b=video, displayName="theirs")
        return {
            "videos/*": video,
            "videos/*/proxy": f"{video}/proxy",
            "uploads/*": post("uploads", displayName="theirs", sizeBytes=1),
            "embeddingTasks/*": task,
            "embeddings/*": embedding,
            "comparisons/*": comparison,
            "comparisons/*/shareLinks/*": post(
                f"{comparison}/shareLinks", shareLink={"displayName": "theirs"}
            ),
            "comparisons/*/notes/*": post(f"{comparison}/notes", note={"text": "t", "author": "a"}),
            "apiTokens/*": post("apiTokens", displayName="theirs", scope="SCOPE_READ"),
            "sessions/*": owners.stack.session().name,
        }


def request_naming(naming: Naming, name: str) -> Message:
    """A request that is right but for the one name, with others that are not there either."""
    request: Message = GetMessageClass(naming.method.input_type)()
    for other in NAMINGS.values():
        if other.method is naming.method:
            missing = other.shape.replace("*", _MISSING)
            put(request, other.path, name if other is naming else missing)
    fill(request, naming.method)
    return request


def put(message: Any, path: tuple[str, ...], value: Any) -> None:
    *above, last = path
    for part in above:
        message = getattr(message, part)
    if message.DESCRIPTOR.fields_by_name[last].is_repeated:
        getattr(message, last)[:] = [value]
    else:
        setattr(message, last, value)


def fill(request: Any, method: MethodDescriptor) -> None:
    """What else the contract asks of a request."""
    match method.name:
        case "CreateComparison":
            request.display_name = "mine"
        case "ExportComparison":
            request.format = compare_pb2.EXPORT_FORMAT_JSON
        case "MapTimes":
            request.times.append(1.0)
        case "UploadPart":
            request.part_number, request.data = 1, b"x"
        case "CreateNote" | "UpdateNote":
            request.note.text = "mine"
        case "SetMarks":
            request.marks.add(modality=1, kind=2, a_end=1, b_end=1)
        case "UpdateComparison":
            request.comparison.display_name = "mine"
            request.comparison.status = saved_comparison_pb2.SavedComparison.STATUS_APPROVED
            request.update_mask.paths.append("display_name")
        case "UpdateVideo":
            request.video.display_name = "mine"
        case "CarryOverFile":
            request.spec.file_name = "a.srt"
            request.content = b"1\n00:00:01,000 --> 00:00:02,000\nx\n"


@pytest.fixture(scope="module")
def channel(owners: Owners) -> Iterator[grpc.Channel]:
    with owners.stack.channel() as channel:
        yield channel


def told(
    channel: Any, owners: Owners, method: MethodDescriptor, request: Message
) -> tuple[str, float]:
    """Code, text and details of what a stranger is told, and after how many seconds."""
    metadata = (("authorization", owners.headers(f"for {method.name}")["authorization"]),)
    content = request.SerializeToString()
    began = time.monotonic()
    try:
        if method.server_streaming:
            stream = channel.unary_stream(path_of(method))(content, metadata=metadata, timeout=20)
            answer = repr(next(stream, b""))
            stream.cancel()
        else:
            answer = repr(
                channel.unary_unary(path_of(method))(content, metadata=metadata, timeout=20)
            )
        if method.name.startswith("Create"):
            answer = "made"  # with a name and at a time of its own
    except grpc.RpcError as failure:
        error: Any = failure
        trailers: dict[str, Any] = dict(error.trailing_metadata())
        status = Status.FromString(trailers["grpc-status-details-bin"])
        answer = f"{error.code()} {error.details()} {status}"
    return answer, time.monotonic() - began


@pytest.mark.parametrize("name", NAMINGS)
def test_what_is_somebody_elses_looks_like_what_is_not_there(
    name: str, owners: Owners, theirs: dict[str, str], channel: grpc.Channel
) -> None:
    naming = NAMINGS[name]
    others = theirs[naming.shape]
    missing = naming.shape.replace("*", _MISSING)
    about_theirs, about_nothing = [], []
    for _ in range(2):
        about_theirs.append(told(channel, owners, naming.method, request_naming(naming, others)))
        about_nothing.append(told(channel, owners, naming.method, request_naming(naming, missing)))
    (of_theirs, _), (of_nothing, _) = about_theirs[0], about_nothing[0]
    assert _ANY_ID.sub("ID", of_theirs) == _ANY_ID.sub("ID", of_nothing)
    slower = statistics.median(seconds for _, seconds in about_theirs)
    assert slower < statistics.median(seconds for _, seconds in about_nothing) + _SLOWER_SECONDS
