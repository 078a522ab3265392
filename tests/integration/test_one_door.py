"""One port for every kind of client: what fails is told to all of them in the same way."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.rpc.code_pb2 import Code
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc import aio

from sage.compare.v1 import compare_pb2
from sage.ingest.v1 import ingest_pb2
from tests.fixtures.gateway import gateway
from tests.fixtures.served import Served
from tests.integration.made_up_services import Videos, made_up_services

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("one-door"),
]

INGEST = "/sage.ingest.v1.IngestService"
COMPARE = "/sage.compare.v1.CompareService"


@dataclass(frozen=True, kw_only=True)
class Door:
    """The gateway, and the service behind it."""

    address: str
    service: Served
    web: httpx.AsyncClient

    def headers(self, call: Call) -> dict[str, str]:
        return dict(self.service.metadata()) if call.signed_in else {}


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of a method of ingest.

    rest: verb and path over REST.
    """

    request: Message
    rest: tuple[str, str]
    method: str = "GetVideo"
    signed_in: bool = True
    timeout_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a client was told. retry: seconds to wait."""

    code: int
    message: str
    reason: str
    retry: float | None = None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    folder: Path = tmp_path_factory.mktemp("door")
    async with (
        made_up_services(folder, Videos()) as service,  # type: ignore[abstract]
        gateway(folder, service) as address,
        httpx.AsyncClient(base_url=f"http://{address}", timeout=30) as web,
    ):
        yield Door(address=address, service=service, web=web)


# --- the ways to call


async def by_grpc(door: Door, call: Call) -> Told:
    async with aio.insecure_channel(door.address) as channel:
        method = channel.unary_unary(
            f"{INGEST}/{call.method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=lambda content: content,
        )
        timeout = call.timeout_ms / 1000 if call.timeout_ms else None
        # The client must not be the one whose patience ends first.
        metadata = [*door.headers(call).items()]
        if timeout:
            metadata.append(("grpc-timeout", f"{call.timeout_ms}m"))
        with pytest.raises(aio.AioRpcError) as failure:
            await method(call.request, metadata=metadata)
    trailers: dict[str, Any] = dict(failure.value.trailing_metadata())  # type: ignore[arg-type]
    return told_by(trailers["grpc-status-details-bin"])


async def by_grpc_web(door: Door, call: Call) -> Told:
    answer = await door.web.post(
        f"{INGEST}/{call.method}",
        content=frame(call.request.SerializeToString()),
        headers={
            "content-type": "application/grpc-web+proto",
            **({"grpc-timeout": f"{call.timeout_ms}m"} if call.timeout_ms else {}),
            **door.headers(call),
        },
    )
    assert answer.status_code == 200
    return told_by(decoded(answer.headers["grpc-status-details-bin"]))


async def by_rest(door: Door, call: Call) -> Told:
    verb, path = call.rest
    body = MessageToDict(call.request)
    answer = await door.web.request(
        verb,
        path,
        json={"data": body["data"]} if "data" in body else None,
        headers={
            **({"grpc-timeout": f"{call.timeout_ms}m"} if call.timeout_ms else {}),
            **door.headers(call),
        },
    )
    told = told_over_rest(answer.json())
    assert answer.status_code == {"MESSAGE_TOO_LARGE": 413}.get(told.reason, STATUS[told.code])
    return told


async def by_connect(door: Door, call: Call) -> Told:
    return await _connect(door, call, "application/proto", call.request.SerializeToString())


async def by_connect_in_json(door: Door, call: Call) -> Told:
    content = json.dumps(MessageToDict(call.request)).encode()
    return await _connect(door, call, "application/json", content)


async def _connect(door: Door, call: Call, kind: str, content: bytes) -> Told:
    answer = await door.web.post(
        f"{INGEST}/{call.method}",
        content=content,
        headers={
            "content-type": kind,
            "connect-protocol-version": "1",
            **({"connect-timeout-ms": str(call.timeout_ms)} if call.timeout_ms else {}),
            **door.headers(call),
        },
    )
    told = told_by_connect(answer.json())
    assert answer.headers["content-type"] == "application/json"
    assert answer.status_code == STATUS[told.code]
    return told


WAYS = [by_grpc, by_grpc_web, by_rest, by_connect, by_connect_in_json]
Way = Callable[[Door, Call], Awaitable[Told]]

# HTTP statuses of codes, which REST and Connect share.
STATUS = {3: 400, 4: 504, 5: 404, 8: 429, 12: 501, 16: 401}


# --- what fails


def get(name: str, **options: Any) -> Call:
    request = ingest_pb2.GetVideoRequest(name=name)
    return Call(request=request, rest=("GET", f"/v1/{name}"), **options)


@pytest.mark.parametrize("way", WAYS)
async def test_without_a_token(door: Door, way: Way) -> None:
    told = await way(door, get("videos/a", signed_in=False))

    assert (told.code, told.reason) == (Code.UNAUTHENTICATED, "UNAUTHENTICATED")
    assert told.message.endswith("access token from CreateSession: Jwt is missing.")


@pytest.mark.parametrize("way", WAYS)
async def test_an_error_of_a_service(door: Door, way: Way) -> None:
    told = await way(door, get("videos/busy"))

    assert told == Told(
        code=Code.RESOURCE_EXHAUSTED, message="Busy.", reason="RATE_LIMITED", retry=2.5
    )


@pytest.mark.parametrize("way", WAYS)
async def test_a_rule_that_is_broken(door: Door, way: Way) -> None:
    told = await way(door, get("videos/NONE"))

    assert (told.code, told.reason) == (Code.INVALID_ARGUMENT, "INVALID_ARGUMENT")
    assert told.message.startswith("name: ")


@pytest.mark.parametrize("way", WAYS)
async def test_a_deadline_that_passes(door: Door, way: Way) -> None:
    told = await way(door, get("videos/slow", timeout_ms=300))

    assert (told.code, told.reason) == (Code.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED")
    assert told.message


# A browser stops sending when the answer comes; httpx takes that for a broken connection.
@pytest.mark.parametrize("way", [way for way in WAYS if way is not by_grpc_web])
async def test_a_message_that_is_too_large(door: Door, way: Way) -> None:
    request = ingest_pb2.UploadPartRequest(
        upload="uploads/a", part_number=1, data=bytes(12 * 1024 * 1024)
    )

    told = await way(
        door, Call(method="UploadPart", request=request, rest=("PUT", "/v1/uploads/a/parts/1"))
    )

    assert (told.code, told.reason) == (Code.INVALID_ARGUMENT, "MESSAGE_TOO_LARGE")
    assert "10 MiB" in told.message


@pytest.mark.parametrize("way", [way for way in WAYS if way is not by_rest])
async def test_a_method_that_does_not_exist(door: Door, way: Way) -> None:
    told = await way(door, get("videos/a", method="GetNothing"))

    assert (told.code, told.reason) == (Code.UNIMPLEMENTED, "UNKNOWN_METHOD")
    assert told.message == "There is no such method."


async def test_a_path_that_does_not_exist(door: Door) -> None:
    headers = dict(door.service.metadata())

    nowhere = await door.web.get("/v1/nothing", headers=headers)
    other_verb = await door.web.put("/v1/videos/a", headers=headers)

    assert told_over_rest(nowhere.json()).reason == "NOT_FOUND"
    assert (other_verb.status_code, other_verb.headers["allow"]) == (405, "GET, PATCH, DELETE")
    assert told_over_rest(other_verb.json()).reason == "UNKNOWN_METHOD"


@pytest.mark.parametrize("path", ["/v1/uploads", f"{INGEST}/CreateUpload"])
async def test_json_that_is_none_or_has_a_field_too_many(door: Door, path: str) -> None:
    headers = {"content-type": "application/json", **dict(door.service.metadata())}
    read = told_over_rest if path.startswith("/v1/") else told_by_connect

    for body, said in [(b'{"displayName": }', ""), (b'{"colour": "red"}', "colour")]:
        answer = await door.web.post(path, content=body, headers=headers)
        told = read(answer.json())
        assert (answer.status_code, told.code, told.reason) == (400, 3, "INVALID_ARGUMENT")
        assert said in told.message


# --- what works


async def test_connect_in_both_its_forms(door: Door) -> None:
    request = ingest_pb2.GetVideoRequest(name="videos/a")
    headers = dict(door.service.metadata())

    binary, text = [
        await door.web.post(
            f"{INGEST}/GetVideo", content=content, headers={"content-type": kind, **headers}
        )
        for kind, content in [
            ("application/proto", request.SerializeToString()),
            ("application/json", b'{"name": "videos/a"}'),
        ]
    ]

    assert binary.headers["content-type"] == "application/proto"
    assert ingest_pb2.Video.FromString(binary.content).name == "videos/a"
    assert text.headers["content-type"] == "application/json"
    assert text.json()["name"] == "videos/a"


async def test_a_part_of_full_size_fits_through_connect(door: Door) -> None:
    request = ingest_pb2.UploadPartRequest(
        upload="uploads/a", part_number=1, data=bytes(10 * 1024 * 1024)
    )

    answer = await door.web.post(
        f"{INGEST}/UploadPart",
        content=request.SerializeToString(),
        headers={"content-type": "application/proto", **dict(door.service.metadata())},
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["proto", "json"])
async def test_a_large_answer_fits_through_connect(door: Door, kind: str) -> None:
    request = ingest_pb2.GetVideoRequest(name="videos/large")
    content = request.SerializeToString() if kind == "proto" else b'{"name": "videos/large"}'

    answer = await door.web.post(
        f"{INGEST}/GetVideo",
        content=content,
        headers={"content-type": f"application/{kind}", **dict(door.service.metadata())},
    )

    assert (answer.status_code, len(answer.content) > 3 * 1024 * 1024) == (200, True)


async def test_compressed_messages_are_refused_by_connect(door: Door) -> None:
    answer = await door.web.post(
        f"{INGEST}/GetVideo",
        content=b"",
        headers={
            "content-type": "application/proto",
            "content-encoding": "gzip",
            **dict(door.service.metadata()),
        },
    )

    assert told_by_connect(answer.json()).message.endswith("messages are not compressed.")


async def compare(door: Door, b: str, **headers: str) -> httpx.Response:
    return await door.web.post(
        "/v1/comparisons:stream",
        json={"a": "videos/a", "b": b},
        headers={**dict(door.service.metadata()), **headers},
    )


BROKEN = Told(
    code=Code.RESOURCE_EXHAUSTED, message='Broken "in" two.', reason="RATE_LIMITED", retry=2.5
)


async def test_a_stream_is_lines(door: Door) -> None:
    whole, broken = await compare(door, "videos/b"), await compare(door, "videos/broken")

    assert whole.headers["content-type"] == "application/x-ndjson"
    assert [list(json.loads(line)) for line in whole.text.splitlines()] == [["header"]]
    first, last = [json.loads(line) for line in broken.text.splitlines()]
    assert list(first) == ["header"]
    assert told_over_rest(last["error"]) == BROKEN
    assert last["error"]["details"][0]["metadata"] == {"limit": "7"}


async def test_a_stream_is_events_for_who_asks_for_them(door: Door) -> None:
    accept = {"accept": "text/event-stream"}

    whole = await compare(door, "videos/b", **accept)
    broken = await compare(door, "videos/broken", **accept)

    assert whole.headers["content-type"] == "text/event-stream"
    (_, message), end = events(whole.text)
    assert list(json.loads(message)) == ["header"]
    assert end == ("end", "{}")
    _, (kind, status) = events(broken.text)
    assert kind == "error"
    assert told_over_rest(json.loads(status)) == BROKEN


async def test_events_of_a_watch_end_with_its_deadline(door: Door) -> None:
    answer = await door.web.get(
        "/v1/embeddingTasks:watch",
        headers={
            "accept": "text/event-stream",
            "grpc-timeout": "500m",
            **dict(door.service.metadata()),
        },
    )

    (kind, _), (last, status) = events(answer.text)
    assert (kind, last) == ("message", "error")
    assert json.loads(status)["code"] == Code.DEADLINE_EXCEEDED


async def test_what_fails_at_once_is_no_stream(door: Door) -> None:
    answer = await compare(door, "videos/NONE", accept="text/event-stream")

    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json")


@pytest.mark.parametrize(
    ("b", "told"), [("videos/b", None), ("videos/broken", BROKEN)], ids=["whole", "broken"]
)
async def test_a_stream_of_connect(door: Door, b: str, told: Told | None) -> None:
    request = compare_pb2.CompareVideosRequest(a="videos/a", b=b)

    answer = await door.web.post(
        f"{COMPARE}/CompareVideos",
        content=frame(request.SerializeToString()),
        headers={"content-type": "application/connect+proto", **dict(door.service.metadata())},
    )

    (kind, first), (end, last) = frames(answer.content)
    assert (kind, end) == (0, 2)
    assert compare_pb2.CompareVideosResponse.FromString(first).HasField("header")
    error = json.loads(last).get("error")
    assert (told_by_connect(error) if error else None) == told


async def test_a_stream_of_connect_without_a_token(door: Door) -> None:
    answer = await door.web.post(
        f"{COMPARE}/CompareVideos",
        content=frame(b""),
        headers={"content-type": "application/connect+proto"},
    )

    ((kind, last),) = frames(answer.content)
    assert (answer.status_code, kind) == (200, 2)
    assert told_by_connect(json.loads(last)["error"]).reason == "UNAUTHENTICATED"


# --- reading


def told_by(packed: bytes) -> Told:
    """What a grpc-status-details-bin says."""
    status = Status.FromString(packed)
    info, retry = ErrorInfo(), RetryInfo()
    has_retry = False
    for detail in status.details:
        detail.Unpack(info)
        has_retry |= detail.Unpack(retry)
    assert info.domain == "sage"
    seconds = retry.retry_delay.ToMilliseconds() / 1000 if has_retry else None
    return Told(code=status.code, message=status.message, reason=info.reason, retry=seconds)


def told_over_rest(status: Any) -> Told:
    details = {each["@type"].rpartition(".")[2]: each for each in status["details"]}
    assert details["ErrorInfo"]["domain"] == "sage"
    retry = details.get("RetryInfo")
    return Told(
        code=status["code"],
        message=status["message"],
        reason=details["ErrorInfo"]["reason"],
        retry=float(retry["retryDelay"].rstrip("s")) if retry else None,
    )


def told_by_connect(error: Any) -> Told:
    status = Status(code=Code.Value(error["code"].upper()), message=error["message"])
    for each in error["details"]:
        type_url = f"type.googleapis.com/{each['type']}"
        status.details.add(type_url=type_url, value=decoded(each["value"]))
    return told_by(status.SerializeToString())


def decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


def frame(message: bytes) -> bytes:
    return b"\0" + struct.pack(">I", len(message)) + message


def frames(body: bytes) -> list[tuple[int, bytes]]:
    """Flags and content of each frame."""
    found = []
    while body:
        flags, length = struct.unpack(">BI", body[:5])
        found.append((flags, body[5 : 5 + length]))
        body = body[5 + length :]
    return found


def events(text: str) -> list[tuple[str, str]]:
    """Kind and data of each event."""
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields.get("event", "message"), fields["data"]))
    return found
