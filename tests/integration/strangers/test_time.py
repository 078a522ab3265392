"""Deadlines that pass, bodies that stop, and the errors of the gateway itself."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import grpc
import pytest
from grpc import aio

from sage.embed.v1 import embed_pb2, embed_pb2_grpc
from sage.ingest.v1 import ingest_pb2
from tests.fixtures.served import reason_of, status_of
from tests.integration.strangers.conftest import (
    IDLE_SECONDS,
    INGEST,
    Entrance,
    get_video,
)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("strangers"),
]


async def test_a_deadline_that_passes_is_told_as_one_to_browsers(entrance: Entrance) -> None:
    message = ingest_pb2.GetVideoRequest(name="videos/slow").SerializeToString()
    answers = await asyncio.gather(
        *(
            entrance.call_as_browser(
                "GetVideo", message, {**entrance.token, "grpc-timeout": f"{20 + wait}m"}
            )
            for wait in range(15)
        )
    )

    assert [answer.headers["grpc-status"] for answer in answers] == ["4"] * 15


async def test_a_deadline_that_passes_is_told_as_one_to_streams(entrance: Entrance) -> None:
    async with entrance.channel() as channel:
        stub = embed_pb2_grpc.EmbedServiceStub(channel)

        async def watch(seconds: float) -> grpc.StatusCode:
            call = stub.WatchEmbeddingTasks(
                embed_pb2.WatchEmbeddingTasksRequest(),
                metadata=entrance.service.metadata(),
                timeout=seconds,
            )
            with pytest.raises(aio.AioRpcError) as ended:
                async for _ in call:
                    pass
            return ended.value.code()

        codes = await asyncio.gather(*(watch(0.2 + each / 100) for each in range(20)))

    assert codes == [grpc.StatusCode.DEADLINE_EXCEEDED] * 20


async def test_a_body_that_stops_arriving_is_given_up(entrance: Entrance) -> None:
    answer = await entrance.talk(
        b"POST /v1/sessions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\n{"
    )

    assert answer.startswith(b"HTTP/1.1 408")
    assert b"DEADLINE_EXCEEDED" in answer


async def test_a_body_that_trickles_is_given_up(entrance: Entrance) -> None:
    host, _, port = entrance.address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /v1/sessions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 999\r\n\r\n")

    async def trickle() -> None:
        while True:
            writer.write(b" ")
            await asyncio.sleep(IDLE_SECONDS / 4)

    trickling = asyncio.create_task(trickle())
    answer = await asyncio.wait_for(reader.readline(), 20)
    trickling.cancel()
    writer.close()

    assert answer.startswith(b"HTTP/1.1 408")


async def test_a_client_of_rest_is_told_when_to_come_back(entrance: Entrance) -> None:
    answer = await entrance.web.get("/v1/videos/busy", headers=entrance.token)

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "3"
    info, retry = answer.json()["details"]
    assert (info["reason"], retry["retryDelay"]) == ("RATE_LIMITED", "2.500s")


async def test_errors_of_the_gateway_are_whole_for_grpc(entrance: Entrance) -> None:
    with pytest.raises(aio.AioRpcError) as refused:
        await get_video(entrance, metadata=())

    status = status_of(refused.value)
    assert reason_of(status) == "UNAUTHENTICATED"
    assert "CreateSession: Jwt is missing" in status.message


async def test_errors_of_the_gateway_are_whole_for_browsers(entrance: Entrance) -> None:
    answer = await entrance.call_as_browser("GetVideo", b"", {})

    assert answer.status_code == 200
    assert answer.headers["grpc-status"] == "16"
    assert "access token" in answer.headers["grpc-message"]
    assert answer.headers["grpc-status-details-bin"]


async def test_a_method_that_is_not_there(entrance: Entrance) -> None:
    async with entrance.channel() as channel:
        with pytest.raises(aio.AioRpcError) as refused:
            await cast("Any", channel).unary_unary(f"{INGEST}/Nothing")(
                b"", metadata=entrance.service.metadata(), timeout=20
            )

    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert reason_of(status_of(refused.value)) == "UNKNOWN_METHOD"
