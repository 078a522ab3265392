"""UploadPart over a real socket: the message is not received before there is room for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from grpc import aio

from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from services.ingest.api.part_intake import PartIntake, PartRequests, serve_parts_as_streams
from services.ingest.uploads.memory import MemoryBudget
from services.ingest.uploads.upload import PART_BYTES
from services.servicekit.errors import SageError


class OnlyParts(ingest_pb2_grpc.IngestServiceServicer):
    """Takes parts and keeps them in memory until it is told to let go."""

    def __init__(self, budget: MemoryBudget) -> None:
        self._intake = PartIntake(budget)
        self.received = 0
        self.let_go = asyncio.Event()

    async def UploadPart(  # type: ignore[override]
        self, request: PartRequests, context: Any
    ) -> ingest_pb2.UploadPartResponse:
        part = await self._intake.receive(request)
        self.received += 1
        await self.let_go.wait()
        part.reservation.release()
        return ingest_pb2.UploadPartResponse(
            part_number=part.number, size_bytes=len(part.data) + (part.crc32c or 0)
        )


async def only(*requests: ingest_pb2.UploadPartRequest) -> AsyncIterator[Any]:
    for request in requests:
        yield request


async def test_only_as_many_parts_are_received_as_there_is_room_for() -> None:
    budget = MemoryBudget(2 * PART_BYTES, patience=60)
    parts = OnlyParts(budget)  # type: ignore[abstract]
    server = aio.server(options=[("grpc.max_receive_message_length", 2 * PART_BYTES)])
    ingest_pb2_grpc.add_IngestServiceServicer_to_server(parts, server)
    serve_parts_as_streams(server, parts)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = ingest_pb2_grpc.IngestServiceStub(channel)
        request = ingest_pb2.UploadPartRequest(part_number=3, data=bytes(PART_BYTES), crc32c=1)
        calls = [stub.UploadPart(request) for _ in range(8)]
        while parts.received < 2 or budget.free:
            await asyncio.sleep(0)
        # Those that wait do not hold up other calls of the same connection.
        with pytest.raises(aio.AioRpcError, match="UNIMPLEMENTED"):
            await stub.GetUpload(ingest_pb2.GetUploadRequest(), timeout=30)
        assert parts.received == 2
        parts.let_go.set()
        answers = await asyncio.gather(*calls)
    assert {answer.part_number for answer in answers} == {3}
    assert {answer.size_bytes for answer in answers} == {PART_BYTES + 1}
    assert budget.free == 2 * PART_BYTES
    await server.stop(None)


async def test_a_call_that_breaks_off_gives_its_room_back() -> None:
    budget = MemoryBudget(PART_BYTES, patience=60)

    async def broken() -> AsyncIterator[Any]:
        raise ConnectionError
        yield

    with pytest.raises(ConnectionError):
        await PartIntake(budget).receive(broken())
    assert budget.free == PART_BYTES


async def test_without_room_for_long_the_caller_comes_back_later() -> None:
    budget = MemoryBudget(PART_BYTES, patience=0)
    held = await budget.reserve(PART_BYTES)
    with pytest.raises(SageError) as caught:
        await PartIntake(budget).receive(only())
    assert caught.value.reason_name == "OVERLOADED"
    held.release()
