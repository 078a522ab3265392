"""Videos, as the ingest service knows them."""

from __future__ import annotations

from collections.abc import Callable

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
RETRIED = (
    ("sage.ingest.v1.IngestService", "GetVideo"),
    ("sage.ingest.v1.VideoSourceService", "GetVideoSource"),
)


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
        """Whether the workspace has a video. Raises SageError."""
        try:
            found = await self._ingest.ListVideos(
                ingest_pb2.ListVideosRequest(page_size=1),
                metadata=self._as_service(workspace),
                timeout=calls.time_remaining(_TIMEOUT_SECONDS),
            )
        except aio.AioRpcError as error:
            raise calls.from_rpc_error(error) from error
        return bool(found.videos)

    async def delete_all(self, workspace: str) -> None:
        """Removes every video of the workspace, within the time that the call under way has left.

        Raises SageError when it did not come to the end; the next call goes on from there.
        """
        metadata = self._as_service(workspace)
        try:
            while True:
                page = await self._ingest.ListVideos(
                    ingest_pb2.ListVideosRequest(page_size=_PAGE),
                    metadata=metadata,
                    timeout=calls.time_remaining(_TIMEOUT_SECONDS),
                )
                if not page.videos:
                    return
                for video in page.videos:
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

    async def _delete(self, name: str, metadata: tuple[tuple[str, str], ...]) -> None:
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

    def _as_service(self, workspace: str) -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Bearer {self._service_token(workspace)}"),)
