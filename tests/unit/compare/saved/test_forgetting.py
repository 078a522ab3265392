"""Deleted comparisons are forgotten in time, whatever the database is up to."""

from __future__ import annotations

import asyncio

import pytest

from services.compare.saved import forgetting
from services.compare.saved.comparison import Micros
from services.servicekit.background import end

DAY: Micros = 24 * 3600 * 1_000_000
NOW = 100 * DAY


class Deleted:
    """Fails once, then notes what it is asked to forget."""

    def __init__(self) -> None:
        self.failures = 1
        self.asked = asyncio.Queue[Micros]()

    async def forget_deleted(self, before: Micros) -> int:
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        self.asked.put_nowait(before)
        return 1


async def test_what_was_deleted_a_week_ago_is_forgotten_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forgetting, "_INTERVAL_SECONDS", 0.0)
    deleted = Deleted()
    forgets = asyncio.create_task(forgetting.keep_forgetting(deleted, lambda: NOW))
    assert [await deleted.asked.get() for _ in range(2)] == [NOW - 7 * DAY] * 2
    await end(forgets)
