from __future__ import annotations

import asyncio

import pytest

from services.ingest.uploads.memory import MemoryBudget
from services.servicekit.errors import SageError


async def test_who_comes_later_waits_until_there_is_room() -> None:
    budget = MemoryBudget(10, patience=60)
    first = await budget.reserve(6)
    waiting = asyncio.create_task(budget.reserve(6))
    await asyncio.sleep(0)
    assert not waiting.done()
    first.release()
    (await waiting).release()
    assert budget.free == 10


async def test_a_small_one_does_not_overtake_a_large_one() -> None:
    budget = MemoryBudget(10, patience=60)
    first = await budget.reserve(6)
    large = asyncio.create_task(budget.reserve(8))
    small = asyncio.create_task(budget.reserve(1))
    await asyncio.sleep(0)
    assert not small.done()
    first.release()
    (await large).release()
    (await small).release()
    assert budget.free == 10


async def test_who_waits_too_long_is_told_to_come_back() -> None:
    budget = MemoryBudget(10, patience=0)
    held = await budget.reserve(10)
    with pytest.raises(SageError) as caught:
        await budget.reserve(1)
    assert caught.value.reason_name == "OVERLOADED"
    assert caught.value.retry_after is not None
    held.release()
    assert budget.free == 10


async def test_who_gives_up_leaves_its_place() -> None:
    budget = MemoryBudget(10, patience=60)
    held = await budget.reserve(10)
    impatient = asyncio.create_task(budget.reserve(10))
    patient = asyncio.create_task(budget.reserve(3))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    held.release()
    (await patient).release()
    assert budget.free == 10


async def test_admitted_and_cancelled_at_once_gives_the_room_back() -> None:
    budget = MemoryBudget(10, patience=60)
    held = await budget.reserve(10)
    waiting = asyncio.create_task(budget.reserve(10))
    await asyncio.sleep(0)
    held.release()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert budget.free == 10


async def test_releasing_twice_counts_once() -> None:
    budget = MemoryBudget(10, patience=60)
    reservation = await budget.reserve(4)
    reservation.release()
    reservation.release()
    assert budget.free == 10
