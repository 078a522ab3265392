"""An ingest service that speaks real gRPC and answers with the technical facts it was given.

It checks no tokens, but remembers those that came (`tokens`) and which views were asked for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import numpy as np
from grpc import aio

from sage.ingest.v1 import ingest_pb2_grpc
from sage.ingest.v1.ingest_pb2 import Still, Stills, Video
from sage.ingest.v1.technical_pb2 import TechnicalFacts
from services.ingest.media.pictures import jpeg_of
from services.servicekit.errors import not_found, to_status

# A black square.
BLACK = jpeg_of(np.zeros((16, 16, 3), np.uint8))


class EmulatedIngestService(ingest_pb2_grpc.IngestServiceServicer):
    """facts, display_names: by the video's name. stills: which times were asked for, of which."""

    def __init__(self) -> None:
        self.facts: dict[str, TechnicalFacts] = {}
        self.display_names: dict[str, str] = {}
        self.stills: list[tuple[str, list[float]]] = []
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

    async def GetVideo(self, request: Any, context: Any) -> Video:
        await _require(request.name in self.display_names, request.name, context)
        return Video(name=request.name, display_name=self.display_names[request.name])

    async def GetStills(self, request: Any, context: Any) -> Stills:
        await _require(request.name in self.display_names, request.name, context)
        self.stills.append((request.name, list(request.times)))
        stills = (Still(time=time, jpeg=BLACK, width=16, height=16) for time in request.times)
        return Stills(stills=stills)

    async def GetTechnicalFacts(self, request: Any, context: Any) -> TechnicalFacts:
        self.tokens.append(dict(context.invocation_metadata()).get("authorization", ""))
        self.views.append(request.view)
        await _require(request.name in self.facts, request.name, context)
        return self.facts[request.name]


async def _require(known: bool, name: str, context: Any) -> None:
    """Ends the call with NOT_FOUND for what is not known."""
    if known:
        return
    status = to_status(not_found(name))
    details = ("grpc-status-details-bin", status.SerializeToString())
    await context.abort(grpc.StatusCode.NOT_FOUND, status.message, trailing_metadata=(details,))
