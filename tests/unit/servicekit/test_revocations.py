"""A token whose session has ended: refused, and cut off where it is used."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import pytest

from services.servicekit.errors import SageError
from services.servicekit.identity import Identity, Scope
from services.servicekit.revocations import Revocations

MINE = Identity(workspace="w", session="mine", scope=Scope.USER, token="t")
OTHERS = Identity(workspace="w", session="others", scope=Scope.USER, token="t")
SERVICE = Identity(workspace="w", session="mine", scope=Scope.SERVICE, token="t")


class World:
    """Sessions that ended, whether they can be read, and what time it is."""

    def __init__(self) -> None:
        self.ended: set[str] = set()
        self.away = False
        self.time = 1000.0
        self.revocations = Revocations(self.read, clock=lambda: self.time)

    async def read(self) -> Collection[str]:
        if self.away:
            raise ConnectionError
        return self.ended

    async def answer(self, caller: Identity | None) -> str:
        """What a short call of the caller's comes to."""
        try:
            async with self.revocations.guarding(caller):
                return "OK"
        except SageError as error:
            return error.reason_name


@pytest.fixture
async def world() -> World:
    world = World()
    await world.revocations.refresh()
    return world


async def test_calls_of_an_ended_session_are_refused(world: World) -> None:
    assert await world.answer(MINE) == "OK"
    world.ended.add("mine")
    await world.revocations.refresh()
    assert await world.answer(MINE) == "UNAUTHENTICATED"
    assert [await world.answer(who) for who in (OTHERS, SERVICE, None)] == ["OK"] * 3


async def test_a_call_under_way_ends_with_its_session(world: World) -> None:
    """A stream waits for ever: it must be told."""

    async def stream(caller: Identity) -> None:
        async with world.revocations.guarding(caller):
            await asyncio.Event().wait()

    mine, others = (asyncio.create_task(stream(who)) for who in (MINE, OTHERS))
    await asyncio.sleep(0)
    world.ended.add("mine")
    await world.revocations.refresh()
    with pytest.raises(SageError, match="has ended"):
        await mine
    assert not others.done()
    others.cancel()
    with pytest.raises(asyncio.CancelledError):
        await others


async def test_a_deadline_of_the_call_stays_a_deadline(world: World) -> None:
    with pytest.raises(TimeoutError):
        async with world.revocations.guarding(MINE):
            raise TimeoutError


async def test_an_old_list_holds_for_a_minute_and_no_longer(world: World) -> None:
    world.ended.add("others")
    await world.revocations.refresh()
    world.away = True
    for passed, mine in ((59.0, "OK"), (2.0, "DEPENDENCY_UNAVAILABLE")):
        world.time += passed
        await world.revocations.refresh()
        assert await world.answer(MINE) == mine
        assert await world.answer(OTHERS) == "UNAUTHENTICATED"
    world.away = False
    await world.revocations.refresh()
    assert await world.answer(MINE) == "OK"


async def test_nobody_is_let_in_before_the_list_was_read_once() -> None:
    world = World()
    world.away = True
    await world.revocations.refresh()
    assert await world.answer(MINE) == "DEPENDENCY_UNAVAILABLE"
    assert await world.answer(SERVICE) == "OK"
