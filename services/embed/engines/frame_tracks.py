"""Frame tracks and detail tracks for engines that do not see the frames themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from services.embed.engines.local.failures import WORKER_ERRORS, classify
from services.embed.engines.local.source import S3Source
from services.embed.engines.local.worker import LocalWorkers
from services.embed.ports import Run, StoredTracks
from services.mediakit.errors import MediaError
from services.servicekit.settings import StoreSettings

log = structlog.get_logger()


def stored_video(run: Run, store: StoreSettings) -> S3Source:
    """The video of an attempt, for a worker process to read."""
    return S3Source(
        endpoint=store.s3_endpoint,
        region=store.s3_region,
        bucket=store.s3_bucket,
        key=run.object_key,
        size=run.task.video.size_bytes,
    )


class FrameTracks:
    """Makes both tracks in worker processes."""

    def __init__(self, store: StoreSettings, workers: LocalWorkers) -> None:
        self._store = store
        self._workers = workers
        self._slots = asyncio.Semaphore(workers.slots)

    async def make(
        self, run: Run, progressed: Callable[[float, float], Awaitable[None]]
    ) -> StoredTracks | None:
        """None when there are both already, or the pictures cannot be decoded here.

        Raises TransientFailure.
        """
        try:
            async with self._slots:
                # Asked only now: another task of the same video may have made it meanwhile.
                if await run.has_frame_track():
                    return None
                return await self._workers.track_frames(
                    stored_video(run, self._store), on_progress=progressed
                )
        except MediaError as error:
            # The vendor may see more in the file than we do; its vectors count all the same.
            log.warning("no_frame_track", reason=error.reason.value)
            return None
        except WORKER_ERRORS as error:
            raise classify(error) from error
