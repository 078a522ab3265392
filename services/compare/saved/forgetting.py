"""Comparisons that nobody has changed for long go; deleted ones, and links that expired, are
forgotten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from services.compare.saved.comparison import Micros
from services.servicekit.swept import Swept

log = structlog.get_logger()

_SECOND: Micros = 1_000_000
_DAY: Micros = 24 * 3600 * _SECOND
# Whoever watches comes back sooner, or begins anew.
_REMEMBERED: Micros = 7 * _DAY
_INTERVAL_SECONDS = 3600.0


class Remembered(Protocol):
    """Where what is gone is remembered, for those who watch."""

    async def forget_deleted(self, before: Micros) -> int:
        """Forgets what was gone before then; answers how many."""
        ...


class Kept(Remembered, Protocol):
    """Where comparisons are kept."""

    async def expire(self, before: Micros, now: Micros) -> int:
        """Deletes, at `now`, what nobody has changed since then; answers how many."""
        ...


class Forgetting:
    """Any number of replicas may do it at the same time.

    days: since the last change of a comparison; None for as long as nobody deletes it.
    """

    def __init__(
        self,
        kept: Kept,
        links: Remembered,
        now: Callable[[], Micros],
        swept: Swept,
        *,
        days: float | None,
    ) -> None:
        self._kept = kept
        self._links = links
        self._now = now
        self._swept = swept
        self._days = days

    async def run(self) -> None:
        """Sweeps again and again, until it is cancelled."""
        while True:
            try:
                await self.sweep()
            except Exception as error:
                log.warning("sweep_failed", error=repr(error))
            await asyncio.sleep(_INTERVAL_SECONDS)

    async def sweep(self) -> None:
        """Removes everything that is due now."""
        now = self._now()
        if self._days is not None:
            expired = await self._kept.expire(now - round(self._days * _DAY), now)
            self._swept.add("comparisons", expired)
        forgotten = await self._kept.forget_deleted(now - _REMEMBERED)
        self._swept.add("deleted_comparisons", forgotten)
        links = await self._links.forget_deleted(now - _REMEMBERED)
        self._swept.add("share_links", links)
