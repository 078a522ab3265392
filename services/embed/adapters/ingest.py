"""Videos, as the ingest service knows them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from grpc import StatusCode, aio

from sage.errors.v1.error_reason_pb2 import ErrorReason
from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from services.embed.api.convert import video_from_proto
from services.embed.tasks.task_state import VideoFacts
from services.servicekit import calls
from services.servicekit.channels import caller_metadata
from services.servicekit.errors import SageError

_TIMEOUT_SECONDS = 10.0
# Large videos have many objects.
_DELETE_SECONDS = 60.0
_PAGE = 100
_POLL_SECONDS = 0.25
_UNFINISHED = (ingest_pb2.Upload.STATE_ACTIVE, ingest_pb2.Upload.STATE_COMPLETING)
RETRIED = (
    ("sage.ingest.v1.IngestService", "GetVideo"),
    ("sage.ingest.v1.VideoSourceService", "GetVideoSource"),
)

Metadata = tuple[tuple[str, str], ...]


class Videos:
    """Reads videos for callers, with their own tokens, and for workers, with a service's.

    service_token: signs a token for a workspace.
    """

    def __init__(self, channel: aio.Channel, service_token: Callable[[str], str]) -> None:
        self._ingest = ingest_pb2_grpc.IngestServiceStub(channel)
        self._sources = ingest_pb2_grpc.VideoSourceServiceStub(channel)
        self._service_token = service_token

    async def get(self, name: str) -> VideoFacts:
        """A READY video of the caller's workspace.

        Raises AioRpcError (NOT_FOUND for somebody else's) and SageError(VIDEO_NOT_READY).
        """
        video = await self._ingest.GetVideo(
            ingest_pb2.GetVideoRequest(name=name),
            metadata=caller_metadata(),
            timeout=calls.time_remaining(_TIMEOUT_SECONDS),
        )
        if video.state != ingest_pb2.Video.STATE_READY:
            raise SageError(
                ErrorReason.ERROR_REASON_VIDEO_NOT_READY,
                f"{name} is not ready to be embedded.",
                metadata={"name": name},
            )
        return video_from_proto(video)

    async def any(self, workspace: str) -> bool:
        """Whether the workspace has a video, or an upload that may become one. Raises SageError."""
        metadata = self._as_service(workspace)
        try:
            videos = await self._videos(metadata, page_size=1)
            uploads = await self._unfinished(metadata, page_size=1)
        except aio.AioRpcError as error:
            raise calls.from_rpc_error(error) from error
        return bool(videos or uploads.uploads)

    async def delete_all(self, workspace: str) -> None:
        """Removes every video of the workspace, and every upload that may become one.

        An upload that is being completed cannot be given up: what comes of it is waited for, and
        removed. All within the time that the call under way has left. Raises SageError when it did
        not come to the end; the next call goes on from there.
        """
        metadata = self._as_service(workspace)
        try:
            # In this order: what was an upload at the first look is a video at the second.
            while not await self._abort_uploads(metadata):
                await asyncio.sleep(_POLL_SECONDS)
            while videos := await self._videos(metadata, page_size=_PAGE):
                for video in videos:
                    await self._delete(video.name, metadata)
        except aio.AioRpcError as error:
            found = calls.from_rpc_error(error)
            raise SageError(
                found.reason,
                f"Not all of the workspace's videos could be removed: {found.message} "
                "Delete the session again to go on.",
                metadata=found.metadata,
                retry_after=found.retry_after,
            ) from error

    async def _videos(self, metadata: Metadata, *, page_size: int) -> Sequence[ingest_pb2.Video]:
        answer = await self._ingest.ListVideos(
            ingest_pb2.ListVideosRequest(page_size=page_size),
            metadata=metadata,
            timeout=calls.time_remaining(_TIMEOUT_SECONDS),
        )
        return answer.videos

    async def _unfinished(
        self, metadata: Metadata, *, page_size: int, page_token: str = ""
    ) -> ingest_pb2.ListUploadsResponse:
        return await self._ingest.ListUploads(
            ingest_pb2.ListUploadsRequest(
                page_size=page_size, page_token=page_token, states=_UNFINISHED
            ),
            metadata=metadata,
            timeout=calls.time_remaining(_TIMEOUT_SECONDS),
        )

    async def _abort_uploads(self, metadata: Metadata) -> bool:
        """Gives up every upload that can be; answers whether none is left."""
        token, none_left = "", True
        while True:
            page = await self._unfinished(metadata, page_size=_PAGE, page_token=token)
            for upload in page.uploads:
                none_left &= await self._abort(upload.name, metadata)
            token = page.next_page_token
            if not token:
                return none_left

    async def _abort(self, name: str, metadata: Metadata) -> bool:
        """Answers whether the upload is over; False while it is being completed."""
        try:
            await self._ingest.AbortUpload(
                ingest_pb2.AbortUploadRequest(name=name),
                metadata=metadata,
                timeout=calls.time_remaining(_DELETE_SECONDS),
            )
        except aio.AioRpcError as error:
            if calls.from_rpc_error(error).reason == ErrorReason.ERROR_REASON_UPLOAD_NOT_ACTIVE:
                return False
            if error.code() is not StatusCode.NOT_FOUND:
                raise
        return True

    async def _delete(self, name: str, metadata: Metadata) -> None:
        try:
            await self._ingest.DeleteVideo(
                ingest_pb2.DeleteVideoRequest(name=name),
                metadata=metadata,
                timeout=calls.time_remaining(_DELETE_SECONDS),
            )
        except aio.AioRpcError as error:
            if error.code() is not StatusCode.NOT_FOUND:
                raise

    async def object_key(self, workspace: str, name: str) -> str:
        """Where the video's bytes lie. Raises SageError."""
        try:
            source = await self._sources.GetVideoSource(
                ingest_pb2.GetVideoSourceRequest(name=name),
                metadata=self._as_service(workspace),
                timeout=_TIMEOUT_SECONDS,
            )
        except aio.AioRpcError as error:
            raise calls.from_rpc_error(error) from error
        return source.object_key

    def _as_service(self, workspace: str) -> Metadata:
        return (("authorization", f"Bearer {self._service_token(workspace)}"),)
