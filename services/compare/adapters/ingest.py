"""Files of videos, as the ingest service knows them."""

from __future__ import annotations

from grpc import aio

from sage.ingest.v1 import ingest_pb2_grpc
from sage.ingest.v1.technical_pb2 import (
    GetTechnicalFactsRequest,
    TechnicalFacts,
    TechnicalFactsView,
)
from services.servicekit import calls
from services.servicekit.channels import caller_metadata

SERVICE = "sage.ingest.v1.IngestService"
RETRIED = ((SERVICE, "GetTechnicalFacts"),)
# Reading a long film with many sound tracks takes minutes.
_TIMEOUT_SECONDS = 900.0


class IngestServiceFiles:
    """Asks with the caller's own token, so that the caller sees nobody else's files."""

    def __init__(self, channel: aio.Channel) -> None:
        self._ingest = ingest_pb2_grpc.IngestServiceStub(channel)

    async def facts(self, video: str, view: TechnicalFactsView.ValueType) -> TechnicalFacts:
        try:
            return await self._ingest.GetTechnicalFacts(
                GetTechnicalFactsRequest(name=video, view=view),
                metadata=caller_metadata(),
                timeout=calls.time_remaining(_TIMEOUT_SECONDS),
            )
        except aio.AioRpcError as error:
            raise calls.from_rpc_error(error) from error
