"""Comparisons go in time, whatever the database is up to."""

from __future__ import annotations

import asyncio

import pytest

from services.compare.saved import forgetting
from services.compare.saved.comparison import Micros
from services.compare.saved.forgetting import Forgetting
from services.servicekit.background import end
from services.servicekit.swept import Swept

DAY: Micros = 24 * 3600 * 1_000_000
NOW = 100 * DAY


class Kept:
    """Fails once, then notes what it is asked to forget."""

    def __init__(self) -> None:
        self.failures = 1
        self.asked = asyncio.Queue[Micros]()
        self.expired: list[tuple[Micros, Micros]] = []

    async def forget_deleted(self, before: Micros) -> int:
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        self.asked.put_nowait(before)
        return 1

    async def expire(self, before: Micros, now: Micros) -> int:
        self.expired.append((before, now))
        return 2


class Links:
    """Notes what it is asked to forget."""

    def __init__(self) -> None:
        self.asked: list[Micros] = []

    async def forget_deleted(self, before: Micros) -> int:
        self.asked.append(before)
        return 3


async def test_what_was_deleted_a_week_ago_is_forgotten_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forgetting, "_INTERVAL_SECONDS", 0.0)
    kept = Kept()
    forgets = asyncio.create_task(Forgetting(kept, Links(), lambda: NOW, Swept(), days=None).run())
    assert [await kept.asked.get() for _ in range(2)] == [NOW - 7 * DAY] * 2
    await end(forgets)
    assert kept.expired == []


async def test_comparisons_expire_only_where_there_is_a_time_for_them() -> None:
    kept, links, swept = Kept(), Links(), Swept()
    kept.failures = 0
    await Forgetting(kept, links, lambda: NOW, swept, days=30.5).sweep()
    assert kept.expired == [(NOW - 61 * DAY // 2, NOW)]
    assert links.asked == [NOW - 7 * DAY]
    assert swept.counts() == {
        ("comparisons",): 2,
        ("deleted_comparisons",): 1,
        ("share_links",): 3,
    }
