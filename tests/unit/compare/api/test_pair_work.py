"""Both sides of a pair are loaded at once, and neither outlives the failure of the other."""

from __future__ import annotations

import asyncio

import pytest

from services.compare.api.pair_work import both


async def test_both_are_under_way_at_once() -> None:
    first, second = asyncio.Event(), asyncio.Event()

    async def load(own: asyncio.Event, other: asyncio.Event, what: str) -> str:
        own.set()
        await other.wait()
        return what

    assert await both(load(first, second, "a"), load(second, first, "b")) == ("a", "b")


@pytest.mark.parametrize("failing", ["a", "b"])
async def test_when_one_fails_the_other_goes_on_no_longer(failing: str) -> None:
    ended: list[str] = []

    async def load(side: str) -> str:
        if side == failing:
            raise KeyError(side)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(side)
        return side

    with pytest.raises(KeyError, match=failing):
        await both(load("a"), load("b"))
    assert ended == [side for side in "ab" if side != failing]


async def test_whoever_gives_up_leaves_nothing_under_way() -> None:
    loading, ended = asyncio.Event(), []

    async def load(side: str) -> str:
        loading.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(side)
        return side

    call = asyncio.create_task(both(load("a"), load("b")))
    await loading.wait()
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert sorted(ended) == ["a", "b"]
