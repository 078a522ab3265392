"""Comparisons share a number of bytes, and none takes what is not there."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.memory import MemoryBudget, Reservation
from services.servicekit.errors import SageError


async def reserve(budget: MemoryBudget, known: int, expected: int = 0) -> Reservation:
    """Sizes are of what is loaded; working with it takes twice as much again."""
    return await asyncio.wait_for(budget.reserve(known=known, expected=expected), 10)


async def test_what_can_never_fit_is_refused_at_once() -> None:
    budget = MemoryBudget(150, waiting=1)
    with pytest.raises(SageError) as refused:
        await reserve(budget, 51)
    assert refused.value.reason_name == "COMPARISON_TOO_LARGE"
    assert refused.value.metadata == {"needed_bytes": "153", "limit_bytes": "150"}
    assert budget.taken_bytes == 0


async def test_an_expectation_beyond_the_limit_is_no_reason_to_refuse() -> None:
    budget = MemoryBudget(150, waiting=1)
    room = await reserve(budget, 10, expected=1000)
    assert budget.taken_bytes == 150
    room.charge(20)
    room.settle()
    assert budget.taken_bytes == 60
    room.release()
    assert budget.taken_bytes == 0


async def test_what_is_still_to_come_keeps_its_room() -> None:
    budget = MemoryBudget(300, waiting=1)
    room = await reserve(budget, 10, expected=80)
    room.charge(20)
    room.settle(coming=30)
    assert budget.taken_bytes == 150
    room.charge(30)
    assert budget.taken_bytes == 150
    room.release()
    assert budget.taken_bytes == 0


async def test_others_wait_their_turn() -> None:
    budget = MemoryBudget(150, waiting=2)
    first = await reserve(budget, 30)
    large = asyncio.create_task(reserve(budget, 40))
    small = asyncio.create_task(reserve(budget, 5))
    await asyncio.sleep(0)
    # The small one would fit, but the large one came before it.
    assert not large.done()
    assert not small.done()
    with pytest.raises(SageError) as refused:
        await reserve(budget, 5)
    assert refused.value.reason_name == "OVERLOADED"
    assert refused.value.retry_after
    first.release()
    for room in (await large, await small):
        room.release()
    assert budget.taken_bytes == 0


async def test_one_that_gives_up_waiting_lets_the_next_one_in() -> None:
    budget = MemoryBudget(150, waiting=2)
    first = await reserve(budget, 30)
    large = asyncio.create_task(reserve(budget, 40))
    small = asyncio.create_task(reserve(budget, 20))
    await asyncio.sleep(0)
    large.cancel()
    (await small).release()
    first.release()
    assert budget.taken_bytes == 0


async def test_one_cancelled_in_the_moment_of_its_turn_gives_the_room_back() -> None:
    budget = MemoryBudget(150, waiting=2)
    first = await reserve(budget, 50)
    second = asyncio.create_task(budget.reserve(known=50, expected=0))
    await asyncio.sleep(0)
    first.release()
    second.cancel()
    await asyncio.wait([second])
    assert second.cancelled()
    (await reserve(budget, 50)).release()
    assert budget.taken_bytes == 0


async def test_more_than_was_expected_is_taken_while_there_is_room() -> None:
    budget = MemoryBudget(150, waiting=1)
    other = await reserve(budget, 20)
    room = await reserve(budget, 10)
    room.charge(30)
    with pytest.raises(SageError) as refused:
        room.charge(5)
    assert refused.value.reason_name == "OVERLOADED"
    other.release()
    room.charge(20)
    with pytest.raises(SageError) as refused:
        room.charge(1)
    assert refused.value.reason_name == "COMPARISON_TOO_LARGE"
    room.release()
    room.release()
    assert budget.taken_bytes == 0


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 200), st.integers(0, 60))))
def test_the_limit_holds_whatever_comes(
    comparisons: list[tuple[int, int, int]],
) -> None:
    async def all_at_once() -> None:
        budget = MemoryBudget(150, waiting=len(comparisons))

        async def one(known: int, expected: int, loaded: int) -> None:
            try:
                room = await budget.reserve(known=known, expected=expected)
            except SageError:
                return
            try:
                for size in (loaded // 2, loaded - loaded // 2):
                    room.charge(size)
                    assert budget.taken_bytes <= 150
                    await asyncio.sleep(0)
                room.settle()
            except SageError:
                pass
            finally:
                room.release()

        await asyncio.wait_for(asyncio.gather(*(one(*each) for each in comparisons)), 10)
        assert budget.taken_bytes == 0

    asyncio.run(all_at_once())
