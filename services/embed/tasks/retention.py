"""What nobody needs any more goes: at start, and then again and again.

Kept are the tasks that do or did work which still counts: unfinished ones, and those whose
embedding is there, however old, because they keep the same work from being done (and paid) twice.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

import structlog

from services.embed.clock import SYSTEM, Clocks
from services.embed.tasks.task_state import SECOND, Micros
from services.servicekit.streams import Ending

log = structlog.get_logger()

_DAY: Micros = 24 * 3600 * SECOND
# Rows that go in one transaction; others wait for it.
_BATCH = 500


class OldRows(Protocol):
    """Where rows get old. Every method removes at most `limit` and answers with how many."""

    async def forget_requests(self, before: Micros, limit: int) -> int:
        """Request ids that came before a moment."""
        ...

    async def forget_ended(self, before: Micros, limit: int) -> int:
        """Tasks that ended before a moment and have no embedding."""
        ...


class OldSessions(Protocol):
    """Where sessions get old."""

    async def forget_expired(self, before: Micros, limit: int) -> int:
        """Sessions that expired before a moment; how many."""
        ...


@dataclass(frozen=True, kw_only=True)
class Ages:
    """How long what is over is kept, in days.

    requests: since a request id was used. tasks: since a task ended without an embedding, or with
    one that has been deleted. sessions: since a session expired.
    """

    requests: float
    tasks: float
    sessions: float


class Retention:
    """Any number of replicas may sweep at the same time."""

    def __init__(
        self, tasks: OldRows, sessions: OldSessions, ages: Ages, clocks: Clocks = SYSTEM
    ) -> None:
        self._tasks = tasks
        self._sessions = sessions
        self._ages = ages
        self._clocks = clocks

    async def run(self, every: float, ending: Ending) -> None:
        """Sweeps every so many seconds until the end begins, and ends between two transactions."""
        over = asyncio.ensure_future(ending.wait())
        try:
            while not over.done():
                try:
                    await self.sweep()
                except Exception as error:  # the next sweep may go better
                    log.warning("sweep_failed", error=repr(error))
                await asyncio.wait([over], timeout=every)
        finally:
            over.cancel()

    async def sweep(self) -> None:
        """Removes everything that is due now."""
        now = self._clocks.now()
        sweeps = {
            "requests": (self._tasks.forget_requests, self._ages.requests),
            "tasks": (self._tasks.forget_ended, self._ages.tasks),
            "sessions": (self._sessions.forget_expired, self._ages.sessions),
        }
        for what, (forget, days) in sweeps.items():
            before = now - round(days * _DAY)
            total = 0
            while (count := await forget(before, _BATCH)) > 0:
                total += count
            if total:
                log.info("swept", what=what, count=total)
