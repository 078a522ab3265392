"""Parts are received only when there is room for them.

gRPC receives the message of a unary call before it calls anybody, so with many callers their parts
would pile up in memory unseen. On the wire a unary call is a stream of one message; served as such,
the handler runs first, waits for room, and then receives the message. Meanwhile HTTP/2 flow control
holds the client back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import grpc
from grpc import aio

from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from services.ingest.uploads.memory import MemoryBudget, Reservation
from services.ingest.uploads.upload import PART_BYTES

_SERVICE = ingest_pb2.DESCRIPTOR.services_by_name["IngestService"].full_name
_METHOD = "UploadPart"

PartRequests = AsyncIterator[ingest_pb2.UploadPartRequest]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part that was received, and the room in memory that it takes until it is stored."""

    upload: str
    number: int
    data: bytes
    crc32c: int | None
    reservation: Reservation


class PartIntake:
    """Receives parts.

    budget: bounds the bytes of parts that are in memory.
    """

    def __init__(self, budget: MemoryBudget) -> None:
        self._budget = budget

    async def receive(self, requests: PartRequests) -> Part:
        """The one part of a call. Raises SageError(OVERLOADED) when there is no room for long."""
        reservation = await self._budget.reserve(PART_BYTES)
        try:
            return await _only(requests, reservation)
        except BaseException:
            reservation.release()
            raise


def serve_parts_as_streams(
    server: aio.Server, servicer: ingest_pb2_grpc.IngestServiceServicer
) -> None:
    """Has UploadPart called with a stream of requests. To be called after the registration."""
    handler = grpc.stream_unary_rpc_method_handler(
        servicer.UploadPart,
        request_deserializer=ingest_pb2.UploadPartRequest.FromString,
        response_serializer=ingest_pb2.UploadPartResponse.SerializeToString,
    )
    register: Any = server.add_registered_method_handlers  # type: ignore[attr-defined]
    register(_SERVICE, {_METHOD: handler})


async def _only(requests: PartRequests, reservation: Reservation) -> Part:
    part = Part(upload="", number=0, data=b"", crc32c=None, reservation=reservation)
    # Read to the end, so that nobody keeps the message, which is a second copy of the bytes.
    async for request in requests:
        part = Part(
            upload=request.upload,
            number=request.part_number,
            data=request.data,
            crc32c=request.crc32c if request.HasField("crc32c") else None,
            reservation=reservation,
        )
        del request
    return part
