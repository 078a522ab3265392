"""What nobody needs any more goes, or was only half removed: at start, and then again and again.

Kept are the tasks that do or did work which still counts: unfinished ones, and those whose
embedding is there, however old, because they keep the same work from being done (and paid) twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import structlog

from services.embed.clock import SYSTEM, Clocks
from services.embed.tasks.task_state import SECOND, Micros
from services.servicekit.streams import Ending
from services.servicekit.swept import Swept

log = structlog.get_logger()

_DAY: Micros = 24 * 3600 * SECOND
# Rows that go in one transaction; others wait for it.
_BATCH = 500

# Removes at most so many; answers with how many there were.
Sweep = Callable[[int], Awaitable[int]]


class OldRows(Protocol):
    """Where rows get old. Every method removes at most `limit` and answers with how many."""

    async def forget_requests(self, before: Micros, limit: int) -> int:
        """Request ids that came before a moment."""
        ...

    async def forget_ended(self, before: Micros, limit: int) -> int:
        """Tasks that ended before a moment and have no embedding."""
        ...


class Removals(Protocol):
    """Where embeddings are removed step by step."""

    async def finish_begun(self, limit: int) -> int:
        """Finishes removals that were cut short, at most `limit`; how many."""
        ...

    async def expire(self, before: Micros, limit: int) -> int:
        """Removes embeddings that were made before a moment, at most `limit`; how many."""
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
    one that has been deleted. sessions: since a session expired. embeddings: since one was made;
    None for as long as nobody deletes it.
    """

    requests: float
    tasks: float
    sessions: float
    embeddings: float | None = None


class Retention:
    """Any number of replicas may sweep at the same time."""

    def __init__(
        self,
        tasks: OldRows,
        sessions: OldSessions,
        removals: Removals,
        ages: Ages,
        swept: Swept,
        clocks: Clocks = SYSTEM,
    ) -> None:
        self._swept = swept
        self._tasks = tasks
        self._sessions = sessions
        self._removals = removals
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

        def older_than(days: float, forget: Callable[[Micros, int], Awaitable[int]]) -> Sweep:
            return partial(forget, now - round(days * _DAY))

        sweeps: dict[str, Sweep] = {
            "requests": older_than(self._ages.requests, self._tasks.forget_requests),
            "tasks": older_than(self._ages.tasks, self._tasks.forget_ended),
            "sessions": older_than(self._ages.sessions, self._sessions.forget_expired),
            # Last, since they are those that need the store.
            "removals": self._removals.finish_begun,
        }
        if self._ages.embeddings is not None:
            sweeps["embeddings"] = older_than(self._ages.embeddings, self._removals.expire)
        for what, sweep in sweeps.items():
            total = 0
            while (count := await sweep(_BATCH)) > 0:
                total += count
            self._swept.add(what, total)
