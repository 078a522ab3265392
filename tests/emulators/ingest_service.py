"""An ingest service that speaks real gRPC and answers with the technical facts it was given.

It checks no tokens, but remembers those that came (`tokens`) and which views were asked for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
from grpc import aio

from sage.ingest.v1 import ingest_pb2_grpc
from sage.ingest.v1.technical_pb2 import TechnicalFacts
from services.servicekit.errors import not_found, to_status


class EmulatedIngestService(ingest_pb2_grpc.IngestServiceServicer):
    """facts: by the video's name."""

    def __init__(self) -> None:
        self.facts: dict[str, TechnicalFacts] = {}
        self.tokens: list[str] = []
        self.views: list[int] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        server = aio.server()
        ingest_pb2_grpc.add_IngestServiceServicer_to_server(self, server)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            await server.stop(None)

    async def GetTechnicalFacts(self, request: Any, context: Any) -> TechnicalFacts:
        self.tokens.append(dict(context.invocation_metadata()).get("authorization", ""))
        self.views.append(request.view)
        if request.name not in self.facts:
            status = to_status(not_found(request.name))
            details = ("grpc-status-details-bin", status.SerializeToString())
            await context.abort(
                grpc.StatusCode.NOT_FOUND, status.message, trailing_metadata=(details,)
            )
        return self.facts[request.name]
