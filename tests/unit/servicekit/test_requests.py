"""What a service does with calls that are not as they should be, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from grpc import aio

from sage.embed.v1 import embed_pb2, embed_pb2_grpc, session_pb2, session_pb2_grpc
from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from services.servicekit import interceptor
from tests.fixtures.served import Served, detail, reason_of, served, status_of

INGEST = "/sage.ingest.v1.IngestService"
SESSIONS = "sage.embed.v1.SessionService"


class Videos(ingest_pb2_grpc.IngestServiceServicer):
    async def GetVideo(self, request: Any, context: Any) -> ingest_pb2.Video:
        if request.name == "videos/slow":
            await asyncio.Event().wait()
        return ingest_pb2.Video(name=request.name)

    async def UploadVideo(self, requests: Any, context: Any) -> ingest_pb2.Video:
        return ingest_pb2.Video(name=f"videos/{len([each async for each in requests])}")


class Tasks(embed_pb2_grpc.EmbedServiceServicer):
    async def WatchEmbeddingTasks(self, request: Any, context: Any) -> AsyncIterator[Any]:
        yield embed_pb2.WatchEmbeddingTasksResponse()
        await asyncio.Event().wait()


class Sessions(session_pb2_grpc.SessionServiceServicer):
    async def CreateSession(self, request: Any, context: Any) -> session_pb2.Session:
        return session_pb2.Session(name="sessions/new")

    async def GetSession(self, request: Any, context: Any) -> session_pb2.Session:
        return session_pb2.Session(name=request.name)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(
        tmp_path,
        [
            lambda s: ingest_pb2_grpc.add_IngestServiceServicer_to_server(Videos(), s),  # type: ignore[abstract]
            lambda s: embed_pb2_grpc.add_EmbedServiceServicer_to_server(Tasks(), s),  # type: ignore[abstract]
            lambda s: session_pb2_grpc.add_SessionServiceServicer_to_server(Sessions(), s),  # type: ignore[abstract]
        ],
        services=["sage.ingest.v1.IngestService"],
        public=[f"/{SESSIONS}/CreateSession"],
        max_workspace_streams=2,
        session_calls_per_second=0.001,
        session_calls_burst=5,
        sessions_per_minute=0.001,
        sessions_burst=3,
    ) as running:
        yield running


async def refusal(call: Any) -> aio.AioRpcError:
    with pytest.raises(aio.AioRpcError) as caught:
        await asyncio.wait_for(call, 10)
    return caught.value


def raw(service: Served, method: str, messages: list[bytes]) -> Any:
    """Sends bytes as they are, however many messages the method asks for."""

    async def each() -> AsyncIterator[bytes]:
        for message in messages:
            yield message

    call: Any = cast("Any", service.channel).stream_unary(f"{INGEST}/{method}")
    return call(each(), metadata=service.metadata(), timeout=10)


@pytest.mark.parametrize("method", ["GetVideo", "UploadVideo"])
@pytest.mark.parametrize("message", [b"\xff\xff\xff", b"\x0a\x02\xff\xfe", b"\x0a\x7fshort"])
async def test_bytes_that_are_no_message_are_an_invalid_argument(
    service: Served, method: str, message: bytes
) -> None:
    status = status_of(await refusal(raw(service, method, [message])))

    assert status.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert reason_of(status) == "INVALID_ARGUMENT"
    assert "are not a message of this method" in status.message


async def test_a_unary_call_without_a_message_is_answered(service: Served) -> None:
    status = status_of(await refusal(raw(service, "GetVideo", [])))

    assert status.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
    assert "without a message" in status.message


async def test_a_stream_may_be_empty(service: Served) -> None:
    answer = ingest_pb2.Video.FromString(await raw(service, "UploadVideo", []))

    assert answer.name == "videos/0"


async def test_a_message_that_does_not_arrive_is_not_waited_for(
    service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interceptor, "_MESSAGE_SECONDS", 0.05)
    call = cast("Any", service.channel).stream_unary(f"{INGEST}/GetVideo")
    under_way = call(metadata=service.metadata())

    status = status_of(await refusal(under_way))

    assert reason_of(status) == "DEADLINE_EXCEEDED"
    assert "waited 0.05 s for a message" in status.message


async def test_compressed_messages_are_not_taken(service: Served) -> None:
    stub = ingest_pb2_grpc.IngestServiceStub(service.channel)
    request = ingest_pb2.GetVideoRequest(name="videos/" + "a" * 40)

    refused = await refusal(
        stub.GetVideo(
            request, metadata=service.metadata(), compression=grpc.Compression.Gzip, timeout=10
        )
    )

    assert refused.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_the_gateways_word_on_the_deadline_counts(service: Served) -> None:
    stub = ingest_pb2_grpc.IngestServiceStub(service.channel)
    metadata = (*service.metadata(), ("x-sage-timeout-ms", "20"))

    refused = await refusal(
        stub.GetVideo(ingest_pb2.GetVideoRequest(name="videos/slow"), metadata=metadata)
    )

    assert refused.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert reason_of(status_of(refused)) == "DEADLINE_EXCEEDED"


async def test_one_workspace_cannot_have_every_stream(service: Served) -> None:
    stub = embed_pb2_grpc.EmbedServiceStub(service.channel)

    def watch(workspace: str) -> Any:
        return stub.WatchEmbeddingTasks(
            embed_pb2.WatchEmbeddingTasksRequest(), metadata=service.metadata(workspace, workspace)
        )

    held = [watch("w1"), watch("w1")]
    for each in held:
        await each.read()
    status = status_of(await refusal(watch("w1").read()))
    assert reason_of(status) == "TOO_MANY_CALLS"
    assert detail(status, ErrorInfo).metadata["limit"] == "2"
    other = watch("w2")
    assert await other.read() == embed_pb2.WatchEmbeddingTasksResponse()
    for each in [*held, other]:
        each.cancel()


async def test_a_session_that_asks_too_often_is_told_when_to_come_back(service: Served) -> None:
    stub = session_pb2_grpc.SessionServiceStub(service.channel)

    def ask(session: str) -> Any:
        request = session_pb2.GetSessionRequest(name="sessions/current")
        return stub.GetSession(request, metadata=service.metadata("w1", session))

    for _ in range(5):
        await ask("busy")
    status = status_of(await refusal(ask("busy")))
    assert status.code == grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]
    assert reason_of(status) == "RATE_LIMITED"
    assert detail(status, ErrorInfo).metadata["burst"] == "5"
    assert detail(status, RetryInfo).retry_delay.ToSeconds() > 1
    assert (await ask("quiet")).name == "sessions/current"


async def test_sessions_are_limited_by_the_clients_address(service: Served) -> None:
    stub = session_pb2_grpc.SessionServiceStub(service.channel)

    def create(address: str | None) -> Any:
        metadata = () if address is None else (("x-sage-client", address),)
        return stub.CreateSession(session_pb2.CreateSessionRequest(), metadata=metadata)

    for _ in range(3):
        await create("192.0.2.1")
    status = status_of(await refusal(create("192.0.2.1")))
    assert reason_of(status) == "RATE_LIMITED"
    assert "calls from your address" in status.message
    await create("192.0.2.2")
    await create(None)


async def test_a_request_id_that_no_log_can_hold_is_replaced(service: Served) -> None:
    stub = ingest_pb2_grpc.IngestServiceStub(service.channel)
    metadata = (*service.metadata(), ("x-request-id", 'a"b c'))

    refused: Any = await refusal(
        stub.DeleteVideo(ingest_pb2.DeleteVideoRequest(), metadata=metadata)
    )

    assert 'a"b' not in dict(refused.trailing_metadata())["x-request-id"]
