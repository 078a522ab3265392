"""Servicers that answer as a test of the gateway needs it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sage.compare.v1 import compare_pb2, compare_pb2_grpc
from sage.embed.v1 import embed_pb2, embed_pb2_grpc, session_pb2, session_pb2_grpc
from sage.errors.v1.error_reason_pb2 import ErrorReason
from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from services.servicekit.errors import SageError
from tests.fixtures.served import Served, served


class Videos(ingest_pb2_grpc.IngestServiceServicer):
    """Gives back the names it is asked for; `videos/slow` never comes, `videos/busy` later.

    Of `videos/moving`, every other call meets a service that is about to stop.

    `videos/large` is larger than what the gateway buffers of others.
    """

    def __init__(self) -> None:
        self.seen: dict[str, Any] = {}
        self.asked = 0

    async def GetVideo(self, request: Any, context: Any) -> ingest_pb2.Video:
        self.seen = dict(context.invocation_metadata())
        self.asked += 1
        match request.name:
            case "videos/slow":
                await asyncio.Event().wait()
            case "videos/moving" if self.asked % 2:
                raise SageError(ErrorReason.ERROR_REASON_SHUTTING_DOWN, "Moving.")
            case "videos/large":
                return ingest_pb2.Video(name=request.name, display_name="x" * 3 * 1024 * 1024)
            case "videos/busy":
                raise SageError(ErrorReason.ERROR_REASON_RATE_LIMITED, "Busy.", retry_after=2.5)
        return ingest_pb2.Video(name=request.name)

    async def UpdateVideo(self, request: Any, context: Any) -> ingest_pb2.Video:
        self.asked += 1
        if request.video.name == "videos/moving" and self.asked % 2:
            raise SageError(ErrorReason.ERROR_REASON_SHUTTING_DOWN, "Moving.")
        return ingest_pb2.Video(name=request.video.name)

    async def ListVideos(self, request: Any, context: Any) -> ingest_pb2.ListVideosResponse:
        return ingest_pb2.ListVideosResponse()

    async def CreateUpload(self, request: Any, context: Any) -> ingest_pb2.Upload:
        return ingest_pb2.Upload(name="uploads/new")

    async def UploadPart(self, request: Any, context: Any) -> ingest_pb2.UploadPartResponse:
        return ingest_pb2.UploadPartResponse()


class Tasks(embed_pb2_grpc.EmbedServiceServicer):
    async def WatchEmbeddingTasks(self, request: Any, context: Any) -> AsyncIterator[Any]:
        yield embed_pb2.WatchEmbeddingTasksResponse()
        await asyncio.Event().wait()


class Sessions(session_pb2_grpc.SessionServiceServicer):
    async def CreateSession(self, request: Any, context: Any) -> session_pb2.Session:
        return session_pb2.Session(name="sessions/new")


class Comparisons(compare_pb2_grpc.CompareServiceServicer):
    """Sends one message; a comparison with `videos/broken` then fails."""

    async def CompareVideos(self, request: Any, context: Any) -> AsyncIterator[Any]:
        yield compare_pb2.CompareVideosResponse(header=compare_pb2.ComparisonHeader())
        if request.b == "videos/broken":
            raise SageError(
                ErrorReason.ERROR_REASON_RATE_LIMITED,
                'Broken "in" two.',
                metadata={"limit": "7"},
                retry_after=2.5,
            )

    async def ComputeComparison(self, request: Any, context: Any) -> compare_pb2.Comparison:
        return compare_pb2.Comparison()


@asynccontextmanager
async def made_up_services(folder: Path, videos: Videos, **settings: Any) -> AsyncIterator[Served]:
    """One process that is ingest, embed and compare."""
    async with served(
        folder,
        [
            lambda s: ingest_pb2_grpc.add_IngestServiceServicer_to_server(videos, s),
            lambda s: embed_pb2_grpc.add_EmbedServiceServicer_to_server(Tasks(), s),  # type: ignore[abstract]
            lambda s: session_pb2_grpc.add_SessionServiceServicer_to_server(Sessions(), s),  # type: ignore[abstract]
            lambda s: compare_pb2_grpc.add_CompareServiceServicer_to_server(Comparisons(), s),  # type: ignore[abstract]
        ],
        services=[
            "sage.ingest.v1.IngestService",
            "sage.embed.v1.EmbedService",
            "sage.embed.v1.SessionService",
            "sage.compare.v1.CompareService",
        ],
        public=["/sage.embed.v1.SessionService/CreateSession"],
        **settings,
    ) as service:
        yield service
