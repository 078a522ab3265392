"""The gateway before made-up services, and every kind of client's way to call through it."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
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

from sage.ingest.v1 import ingest_pb2
from tests.fixtures.gateway import gateway
from tests.fixtures.served import Served
from tests.integration.made_up_services import Videos, made_up_services

INGEST = "/sage.ingest.v1.IngestService"
COMPARE = "/sage.compare.v1.CompareService"


@dataclass(frozen=True, kw_only=True)
class Door:
    """The gateway, and the service behind it."""

    address: str
    service: Served
    web: httpx.AsyncClient
    videos: Videos

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


@asynccontextmanager
async def opened(folder: Path, **settings: Any) -> AsyncIterator[Door]:
    """A gateway before made-up services. settings: of the gateway."""
    videos = Videos()  # type: ignore[abstract]
    async with (
        made_up_services(folder, videos) as service,
        gateway(folder, service, **settings) as address,
        httpx.AsyncClient(base_url=f"http://{address}", timeout=30) as web,
    ):
        yield Door(address=address, service=service, web=web, videos=videos)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    async with opened(tmp_path_factory.mktemp("door")) as door:
        yield door


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
STATUS = {3: 400, 4: 504, 5: 404, 8: 429, 12: 501, 14: 503, 16: 401}


def get(name: str, **options: Any) -> Call:
    request = ingest_pb2.GetVideoRequest(name=name)
    return Call(request=request, rest=("GET", f"/v1/{name}"), **options)


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
