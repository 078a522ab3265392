"""Deleted comparisons are remembered for those who watch, and forgotten after a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from services.compare.saved.comparison import Micros

log = structlog.get_logger()

_SECOND: Micros = 1_000_000
# Whoever watches comes back sooner, or begins anew.
_REMEMBERED: Micros = 7 * 24 * 3600 * _SECOND
_INTERVAL_SECONDS = 3600.0


class Deleted(Protocol):
    """Where deleted comparisons are remembered."""

    async def forget_deleted(self, before: Micros) -> int:
        """Forgets what was deleted before then; answers how many."""
        ...


async def keep_forgetting(deleted: Deleted, now: Callable[[], Micros]) -> None:
    """Forgets old ones, again and again, until it is cancelled."""
    while True:
        try:
            forgotten = await deleted.forget_deleted(now() - _REMEMBERED)
            if forgotten:
                log.info("deleted_comparisons_forgotten", count=forgotten)
        except Exception as error:
            log.warning("forgetting_failed", error=repr(error))
        await asyncio.sleep(_INTERVAL_SECONDS)
