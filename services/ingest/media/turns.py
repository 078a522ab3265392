"""Looking into files, with turns between workspaces: many files of one do not hold up another's."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.ingest.library.video import workspace_of
from services.ingest.ports import Filmstrip, MediaFacts, MediaReader, Still, Waveform
from services.mediakit.technical.facts import TechnicalFacts


class FairTurns:
    """Lets `limit` work at once; a slot that becomes free goes to the next workspace in the round.

    Within a workspace, first come, first served. A workspace waits for at most one piece of work of
    each other one, however much those have queued.
    """

    def __init__(self, limit: int) -> None:
        self._free = limit
        # The workspace at the front is served next; one that was served goes to the end.
        self._round: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def turn(self, workspace: str) -> AsyncIterator[None]:
        """Waits for a slot, and holds it during the body."""
        if self._free:
            self._free -= 1
        else:
            await self._granted(workspace)
        try:
            yield
        finally:
            self._pass_on()

    async def _granted(self, workspace: str) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._round.setdefault(workspace, deque()).append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():
                # The slot was granted just before the caller gave up.
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Gives the slot to the next waiter that has not given up, or keeps it free."""
        while self._round:
            workspace = next(iter(self._round))
            waiters = self._round.pop(workspace)
            waiter = waiters.popleft()
            if waiters:
                self._round[workspace] = waiters
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1


class MediaInTurns:
    """A MediaReader over another one.

    limit: how many probes may run at once, how many previews, and how many readings of whole files.
    A probe never waits for the others, since an upload is completed by it, and a strip never for a
    whole file, which takes long.
    """

    def __init__(self, media: MediaReader, *, limit: int) -> None:
        self._media = media
        self._probes = FairTurns(limit)
        self._previews = FairTurns(limit)
        self._whole_files = FairTurns(limit)

    async def probe(self, key: str, size: int) -> MediaFacts:
        async with self._probes.turn(workspace_of(key)):
            return await self._media.probe(key, size)

    async def filmstrip(
        self, key: str, size: int, *, times: Sequence[float], tile_height: int
    ) -> Filmstrip:
        async with self._previews.turn(workspace_of(key)):
            return await self._media.filmstrip(key, size, times=times, tile_height=tile_height)

    async def stills(
        self, key: str, size: int, *, times: Sequence[float], height: int
    ) -> Sequence[Still]:
        async with self._previews.turn(workspace_of(key)):
            return await self._media.stills(key, size, times=times, height=height)

    async def waveform(
        self, key: str, size: int, *, start: float, end: float, count: int
    ) -> Waveform:
        async with self._previews.turn(workspace_of(key)):
            return await self._media.waveform(key, size, start=start, end=end, count=count)

    async def technical(
        self, key: str, size: int, *, duration: float, whole: bool
    ) -> TechnicalFacts:
        turns = self._whole_files if whole else self._previews
        async with turns.turn(workspace_of(key)):
            return await self._media.technical(key, size, duration=duration, whole=whole)
