"""What embed asks of ingest, over a real connection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from google.protobuf.empty_pb2 import Empty
from grpc import StatusCode, aio

from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from services.embed.adapters.ingest import Videos
from services.servicekit.errors import SageError

Context = aio.ServicerContext[Any, Any]


class Ingest(ingest_pb2_grpc.IngestServiceServicer):
    """Keeps names of videos. patience: how many it removes before it goes away."""

    def __init__(self) -> None:
        self.videos = [f"videos/v{number}" for number in range(5)]
        self.patience = 100

    async def ListVideos(
        self, request: ingest_pb2.ListVideosRequest, context: Context
    ) -> ingest_pb2.ListVideosResponse:
        names = self.videos[:2]
        return ingest_pb2.ListVideosResponse(videos=[ingest_pb2.Video(name=name) for name in names])

    async def DeleteVideo(self, request: ingest_pb2.DeleteVideoRequest, context: Context) -> Empty:
        if not self.patience:
            await context.abort(StatusCode.UNAVAILABLE, "away")
        self.patience -= 1
        self.videos.remove(request.name)
        if request.name == "videos/v3":
            # Somebody else removed it first.
            await context.abort(StatusCode.NOT_FOUND, "gone")
        return Empty()


@pytest.fixture
def ingest() -> Ingest:
    return Ingest()  # type: ignore[abstract]


@pytest.fixture
async def videos(ingest: Ingest) -> AsyncIterator[Videos]:
    server = aio.server()
    ingest_pb2_grpc.add_IngestServiceServicer_to_server(ingest, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Videos(channel, lambda workspace: f"token of {workspace}")
    await server.stop(None)


async def test_all_videos_of_a_workspace_are_removed(ingest: Ingest, videos: Videos) -> None:
    await videos.delete_all("w1")
    assert ingest.videos == []


async def test_a_removal_that_stops_half_way_says_so_and_goes_on_later(
    ingest: Ingest, videos: Videos
) -> None:
    ingest.patience = 2
    with pytest.raises(SageError, match="Not all of the workspace's videos") as caught:
        await videos.delete_all("w1")
    assert caught.value.reason_name == "DEPENDENCY_UNAVAILABLE"
    assert len(ingest.videos) == 3
    ingest.patience = 100
    await videos.delete_all("w1")
    assert ingest.videos == []
