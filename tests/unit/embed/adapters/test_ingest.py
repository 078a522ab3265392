"""What embed asks of ingest, over a real connection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from google.protobuf.empty_pb2 import Empty
from grpc import StatusCode, aio

from sage.errors.v1.error_reason_pb2 import ErrorReason
from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from services.embed.adapters import ingest as adapter
from services.embed.adapters.ingest import Videos
from services.servicekit.errors import SageError, to_status

Context = aio.ServicerContext[Any, Any]


class Ingest(ingest_pb2_grpc.IngestServiceServicer):
    """Keeps names of videos and uploads.

    patience: how many it removes before it goes away. completing: uploads that cannot be given up,
    and how often that is tried until they are videos.
    """

    def __init__(self) -> None:
        self.videos = [f"videos/v{number}" for number in range(5)]
        self.uploads = [f"uploads/u{number}" for number in range(5)]
        self.completing: dict[str, int] = {}
        self.patience = 100

    async def ListVideos(
        self, request: ingest_pb2.ListVideosRequest, context: Context
    ) -> ingest_pb2.ListVideosResponse:
        names = self.videos[:2]
        return ingest_pb2.ListVideosResponse(videos=[ingest_pb2.Video(name=name) for name in names])

    async def DeleteVideo(self, request: ingest_pb2.DeleteVideoRequest, context: Context) -> Empty:
        await self._lose_patience(context)
        self.videos.remove(request.name)
        if request.name == "videos/v3":
            # Somebody else removed it first.
            await context.abort(StatusCode.NOT_FOUND, "gone")
        return Empty()

    async def ListUploads(
        self, request: ingest_pb2.ListUploadsRequest, context: Context
    ) -> ingest_pb2.ListUploadsResponse:
        assert set(request.states) == {
            ingest_pb2.Upload.STATE_ACTIVE,
            ingest_pb2.Upload.STATE_COMPLETING,
        }
        later = [name for name in self.uploads if name > request.page_token]
        page = [ingest_pb2.Upload(name=name) for name in later[:2]]
        token = page[-1].name if len(later) > 2 else ""
        return ingest_pb2.ListUploadsResponse(uploads=page, next_page_token=token)

    async def AbortUpload(
        self, request: ingest_pb2.AbortUploadRequest, context: Context
    ) -> ingest_pb2.Upload:
        await self._lose_patience(context)
        left = self.completing.get(request.name)
        if left:
            self.completing[request.name] -= 1
            refusal = SageError(ErrorReason.ERROR_REASON_UPLOAD_NOT_ACTIVE, "It is COMPLETING.")
            await context.abort(
                StatusCode.FAILED_PRECONDITION,
                refusal.message,
                (("grpc-status-details-bin", to_status(refusal).SerializeToString()),),
            )
        self.uploads.remove(request.name)
        if left == 0:
            self.videos.append(request.name.replace("uploads", "videos"))
            await context.abort(StatusCode.NOT_FOUND, "it is a video")
        return ingest_pb2.Upload(name=request.name)

    async def _lose_patience(self, context: Context) -> None:
        if not self.patience:
            await context.abort(StatusCode.UNAVAILABLE, "away")
        self.patience -= 1


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


async def test_all_videos_of_a_workspace_are_removed_and_all_uploads_given_up(
    ingest: Ingest, videos: Videos
) -> None:
    await videos.delete_all("w1")
    assert (ingest.videos, ingest.uploads) == ([], [])


async def test_an_upload_that_is_being_completed_is_removed_as_the_video_that_it_becomes(
    ingest: Ingest, videos: Videos, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "_POLL_SECONDS", 0.0)
    ingest.completing = {"uploads/u1": 3, "uploads/u4": 1}
    await videos.delete_all("w1")
    assert (ingest.videos, ingest.uploads) == ([], [])


@pytest.mark.parametrize("patience", [2, 7])
async def test_a_removal_that_stops_half_way_says_so_and_goes_on_later(
    ingest: Ingest, videos: Videos, patience: int
) -> None:
    ingest.patience = patience
    with pytest.raises(SageError, match="Not all of the workspace's videos") as caught:
        await videos.delete_all("w1")
    assert caught.value.reason_name == "DEPENDENCY_UNAVAILABLE"
    assert len(ingest.videos + ingest.uploads) == 10 - patience
    ingest.patience = 100
    await videos.delete_all("w1")
    assert (ingest.videos, ingest.uploads) == ([], [])


async def test_a_workspace_holds_data_as_long_as_something_may_become_a_video(
    ingest: Ingest, videos: Videos
) -> None:
    assert await videos.any("w1")
    ingest.videos.clear()
    assert await videos.any("w1")
    ingest.uploads.clear()
    assert not await videos.any("w1")
