"""What is too old, or was only half removed, goes: at start, and then again and again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from services.ingest.library.catalogue import Catalogue
from services.ingest.library.expiry import Expiry
from services.ingest.library.video import ALL_VIDEOS
from services.ingest.ports import Clock, ObjectStore, UploadRecords, VideoRecords
from services.ingest.uploads.uploading import Uploading
from services.servicekit.errors import SageError
from services.servicekit.swept import Swept

log = structlog.get_logger()

_BATCH = 100
# A multipart upload in the store is this much older than any upload can get before it is taken for
# one whose record was never written.
_GRACE = timedelta(days=1)


class Sweeping:
    """Any number of replicas may sweep at the same time.

    lifetime: how long an upload may stay unfinished. remembered: for how long the record of one
    that is over answers late repetitions of its calls, request ids included.
    """

    def __init__(
        self,
        *,
        uploads: UploadRecords,
        videos: VideoRecords,
        store: ObjectStore,
        uploading: Uploading,
        catalogue: Catalogue,
        expiry: Expiry,
        swept: Swept,
        clock: Clock,
        lifetime: timedelta,
        remembered: timedelta,
    ) -> None:
        self._uploads = uploads
        self._videos = videos
        self._store = store
        self._uploading = uploading
        self._catalogue = catalogue
        self._expiry = expiry
        self._swept = swept
        self._clock = clock
        self._lifetime = lifetime
        self._remembered = remembered

    async def run(self, every: timedelta) -> None:
        """Sweeps until it is cancelled."""
        while True:
            try:
                await self.sweep()
            except SageError as error:
                log.warning("sweep_failed", reason=error.reason_name)
            except Exception:  # the next sweep may go better; without one, waste piles up
                log.exception("sweep_failed")
            await asyncio.sleep(every.total_seconds())

    async def sweep(self) -> None:
        """Removes everything that is due now."""
        now = self._clock()
        expired = 0
        for upload in await self._uploads.expired(now, _BATCH):
            if await self._uploads.replace(upload.abort(now)):
                expired += 1
        self._swept.add("uploads", expired)
        self._swept.add("videos", await self._expiry.sweep(_BATCH))
        for upload in await self._uploads.with_leftovers(_BATCH):
            await self._uploading.remove_leftovers(upload)
        for video in await self._videos.deleting(_BATCH):
            await self._catalogue.remove(video)
        oldest = now - self._lifetime - _GRACE
        for key, store_upload in await self._store.abandoned_uploads(ALL_VIDEOS, oldest):
            await self._store.abort_upload(key, store_upload)
        await self._uploads.forget(now - self._remembered)
