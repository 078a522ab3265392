"""Parts become a video, or are refused.

Every step can be repeated, so that a replica which died half-way is followed by another one, or by
itself: parts that were joined stay joined, the video's id was fixed when the upload was created,
and the video and the end of the upload are stored in one transaction. A lease keeps two replicas
from doing the same work; correctness does not depend on it. It ends when its time is over or, since
clocks may be set back, when its holder has been seen to be silent for its length.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.library.video import Video, object_key, object_prefix
from services.ingest.media.content_types import found_type
from services.ingest.ports import (
    Clock,
    MediaFacts,
    MediaReader,
    ObjectStore,
    UploadRecords,
    VideoRecords,
)
from services.ingest.uploads.upload import State, Upload
from services.ingest.uploads.uploading import Uploading
from services.ingest.uploads.writing import PartWriter
from services.mediakit.errors import MediaError, MediaReason
from services.servicekit.background import end
from services.servicekit.errors import SageError, not_found, reason_name, reason_of
from services.servicekit.leases import LeaseWatch
from services.servicekit.multipart import StoredPart, StoreUploadGone

log = structlog.get_logger()

_POLL_SECONDS = 0.25
_RENEWALS_PER_LEASE = 3


@dataclass(frozen=True, kw_only=True)
class StreamDigest:
    """SHA-256 of a file computed while it came in, and the ETags of the parts it was stored as."""

    sha256: str
    etags: Mapping[int, str]


class _Refusal(Exception):
    """The file is not what it should be; ends the upload as FAILED."""

    def __init__(self, reason: ErrorReason.ValueType, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class ProxyOffers(Protocol):
    """Copies of videos for browsers that cannot play the original."""

    async def offer(self, video: Video, facts: MediaFacts) -> None:
        """Has one made where it is needed. Raises nothing."""
        ...


class Completing:
    """Completes uploads, each by one task however many callers wait for it.

    owner: names this replica. lease: after how much silence another replica may take over.
    monotonic: seconds, never set back.
    """

    def __init__(
        self,
        *,
        uploads: UploadRecords,
        videos: VideoRecords,
        store: ObjectStore,
        media: MediaReader,
        uploading: Uploading,
        writer: PartWriter,
        proxies: ProxyOffers,
        clock: Clock,
        owner: str,
        lease: timedelta,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._uploads = uploads
        self._videos = videos
        self._store = store
        self._media = media
        self._uploading = uploading
        self._writer = writer
        self._proxies = proxies
        self._clock = clock
        self._owner = owner
        self._lease = lease
        self._monotonic = monotonic
        self._running: dict[str, asyncio.Task[Video]] = {}

    async def complete(
        self, workspace: str, upload_id: str, digest: StreamDigest | None = None
    ) -> Video:
        """The video that the upload becomes; the same one however often it is called.

        The work goes on when the caller goes away. Raises SageError: NOT_FOUND,
        UPLOAD_NOT_ACTIVE, UPLOAD_INCOMPLETE, CHECKSUM_MISMATCH and the reasons of MediaError.
        """
        await self._uploading.get(workspace, upload_id)
        task = self._running.get(upload_id)
        if task is None:
            completing = self._completed(workspace, upload_id, digest)
            task = asyncio.create_task(completing, name=f"complete-{upload_id}")
            self._running[upload_id] = task
            task.add_done_callback(lambda done: self._ended(upload_id, done))
        return await asyncio.shield(task)

    async def stop(self) -> None:
        """Gives up what is under way; the next CompleteUpload goes on with it."""
        await asyncio.gather(*(end(task) for task in list(self._running.values())))

    def _ended(self, upload_id: str, task: asyncio.Task[Video]) -> None:
        del self._running[upload_id]
        if not task.cancelled():
            task.exception()  # every caller may have gone; the upload tells what happened

    async def _completed(
        self, workspace: str, upload_id: str, digest: StreamDigest | None
    ) -> Video:
        leases = LeaseWatch(self._monotonic)
        while True:
            upload = await self._uploading.get(workspace, upload_id)
            if upload.state is State.COMPLETED:
                return await self._video_of(upload)
            if upload.state is State.FAILED:
                raise SageError(reason_of(upload.failure_reason), upload.failure_message)
            # Every renewal moves the end.
            beat = {upload_id: (upload.lease_owner, upload.lease_end)}
            abandoned = upload_id in leases.look(beat, self._lease.total_seconds())
            if upload.leased(self._clock()) and not abandoned:
                await asyncio.sleep(_POLL_SECONDS)
                continue
            if upload.state is State.ACTIVE:
                upload.check_whole(await self._uploading.received(upload))
            claimed = upload.begin(self._owner, self._clock(), self._lease, abandoned=abandoned)
            if not await self._uploads.replace(claimed):
                continue
            async with self._leased(claimed):
                video = await self._attempt(claimed, digest)
            if video is not None:
                return video

    async def _attempt(self, upload: Upload, digest: StreamDigest | None) -> Video | None:
        """One attempt; None when another replica has taken over meanwhile."""
        try:
            video, facts = await self._examined(upload, digest)
        except _Refusal as refusal:
            await self._refuse(upload, refusal)
            return None
        lost = await self._lost_objects(video)
        for key in lost:
            # What was made of it; in time, since once the videos have another nobody knows of it.
            await self._store.remove_under(object_prefix(key))
        completed = upload.succeed(self._owner, self._clock())
        added = await self._uploads.succeed(completed, video, lost=lost)
        if added is None:
            return None
        log.info("video_ready", video=added.name, size_bytes=added.size_bytes)
        if lost:
            log.warning("lost_objects_replaced", video=added.name, lost=lost)
        if added.object_key != video.object_key:
            # The workspace had these bytes already; once is enough.
            completed = await self._uploading.get(upload.workspace, upload.id)
            await self._uploading.remove_leftovers(completed)
        await self._proxies.offer(added, facts)
        return added

    async def _examined(
        self, upload: Upload, digest: StreamDigest | None
    ) -> tuple[Video, MediaFacts]:
        key = object_key(upload.workspace, upload.video_id)
        parts = await self._joined(upload, key)
        if digest is not None and digest.etags == {n: part.etag for n, part in parts.items()}:
            sha256 = digest.sha256
        else:
            sha256 = await self._digest(key)
        if upload.spec.sha256 and upload.spec.sha256 != sha256:
            raise _Refusal(
                reason=ErrorReason.ERROR_REASON_CHECKSUM_MISMATCH,
                message="The file that arrived is not the one that was announced: its SHA-256 is "
                "another one. Upload it again.",
            )
        try:
            facts = await self._media.probe(key, upload.spec.size_bytes)
        except MediaError as error:
            raise _Refusal(reason=reason_of(error.reason), message=error.message) from error
        _check_complete(facts, upload.spec.size_bytes)
        return _video(upload, sha256, facts, self._clock()), facts

    async def _lost_objects(self, video: Video) -> Sequence[str]:
        """The objects with the same bytes that should be in the store and are not.

        One that comes in after this look has been seen by who completed it.
        """
        keys = await self._videos.objects(video.workspace, video.sha256)
        sizes = [await self._store.size(key) for key in keys]
        return [key for key, size in zip(keys, sizes, strict=True) if size != video.size_bytes]

    async def _digest(self, key: str) -> str:
        try:
            return await self._store.sha256(key)
        except KeyError:
            raise _lost() from None

    async def _joined(self, upload: Upload, key: str) -> Mapping[int, StoredPart]:
        """Makes one object of the parts; returns them, or nothing if that had been done before."""
        try:
            parts = await self._writer.durable(upload)
            upload.check_whole(upload.durable_parts({n: p.length for n, p in parts.items()}))
            if upload.store_upload is not None:
                await self._store.join_parts(key, upload.store_upload, parts)
            return parts
        except StoreUploadGone:
            if await self._store.size(key) != upload.spec.size_bytes:
                raise _lost() from None
            return {}

    async def _refuse(self, upload: Upload, refusal: _Refusal) -> None:
        failed = upload.fail(
            self._owner,
            self._clock(),
            reason=reason_name(refusal.reason),
            message=refusal.message,
        )
        if await self._uploads.replace(failed):
            log.info("upload_refused", upload=upload.name, reason=failed.failure_reason)
            await self._uploading.remove_leftovers(failed)

    async def _video_of(self, upload: Upload) -> Video:
        video = await self._videos.get(upload.workspace, upload.video_id)
        if video is None:
            raise not_found(f"videos/{upload.video_id}")
        return video

    @asynccontextmanager
    async def _leased(self, upload: Upload) -> AsyncIterator[None]:
        """Renews the lease during the body, and gives it up at once when the body fails."""
        beating = asyncio.create_task(self._renew(upload), name=f"lease-{upload.id}")
        try:
            yield
        except BaseException:
            beating.cancel()
            try:
                await self._uploads.extend_lease(upload, self._clock())
            except SageError:
                log.warning("lease_stays", upload=upload.name)
            raise
        finally:
            await end(beating)

    async def _renew(self, upload: Upload) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / _RENEWALS_PER_LEASE)
            try:
                kept = await self._uploads.extend_lease(upload, self._clock() + self._lease)
            except SageError:
                continue  # the next renewal may come in time
            if not kept:
                return


def _lost() -> _Refusal:
    return _Refusal(
        reason=ErrorReason.ERROR_REASON_UPLOAD_NOT_ACTIVE,
        message="The store has lost the parts of the upload. Upload the file again.",
    )


def _check_complete(facts: MediaFacts, size: int) -> None:
    if facts.missing_bytes:
        share = size / (size + facts.missing_bytes)
        raise _Refusal(
            reason=reason_of(MediaReason.TRUNCATED),
            message=f"The file is cut off: only {share:.0%} of it could be read, "
            f"{facts.missing_bytes} bytes of its end are missing. Export or upload it again.",
        )


def _video(upload: Upload, sha256: str, facts: MediaFacts, now: datetime) -> Video:
    return Video(
        id=upload.video_id,
        workspace=upload.workspace,
        display_name=upload.spec.display_name,
        size_bytes=upload.spec.size_bytes,
        sha256=sha256,
        object_key=object_key(upload.workspace, upload.video_id),
        content_type=found_type(facts.container, upload.spec.display_name),
        duration=facts.duration,
        width=facts.width,
        height=facts.height,
        frame_rate=facts.frame_rate,
        video_codec=facts.video_codec,
        audio_codec=facts.audio_codec or "",
        has_audio=facts.audio_codec is not None,
        created_at=now,
        updated_at=now,
    )
