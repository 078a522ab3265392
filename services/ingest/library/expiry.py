"""Videos that are kept for so long and no longer, where whoever runs SAGE wants it so."""

from __future__ import annotations

from datetime import timedelta

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.library.catalogue import Catalogue
from services.ingest.ports import Clock, VideoRecords
from services.servicekit.errors import SageError, reason_name

_NOT_FOUND = reason_name(ErrorReason.ERROR_REASON_NOT_FOUND)


class Expiry:
    """Removes videos of all workspaces as their owners would.

    age: since their upload; None for as long as nobody deletes them.
    """

    def __init__(
        self, videos: VideoRecords, catalogue: Catalogue, clock: Clock, *, age: timedelta | None
    ) -> None:
        self._videos = videos
        self._catalogue = catalogue
        self._clock = clock
        self._age = age

    async def sweep(self, limit: int) -> int:
        """Removes at most `limit` that are due, the oldest first; how many.

        Raises SageError(DEPENDENCY_UNAVAILABLE): what was begun, another sweep finishes.
        """
        if self._age is None:
            return 0
        removed = 0
        for video in await self._videos.created_before(self._clock() - self._age, limit):
            try:
                await self._catalogue.delete(video.workspace, video.id)
            except SageError as error:
                if error.reason_name != _NOT_FOUND:
                    raise
                # Somebody else was faster.
                continue
            removed += 1
        return removed
