from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.library.video import object_key
from services.ingest.media.turns import FairTurns, MediaInTurns
from tests.unit.ingest.fake_media import FakeMedia
from tests.unit.ingest.fake_store import FakeStore
from tests.unit.ingest.fakes import FakeClock


async def order_of_service(asked: str, limit: int) -> str:
    """Who is served in which order when every letter, a workspace, asks in this order."""
    turns, served = FairTurns(limit), []

    async def work(workspace: str) -> None:
        async with turns.turn(workspace):
            served.append(workspace)
            await asyncio.sleep(0)

    await asyncio.gather(*map(work, asked))
    return "".join(served)


async def test_one_workspaces_many_files_do_not_hold_up_anothers() -> None:
    assert await order_of_service("aaaaaabb", 1) == "aababaaa"


@given(asked=st.text("abc", max_size=30), limit=st.integers(1, 3))
@settings(deadline=None)
def test_everybody_is_served_and_nobody_waits_for_two_of_another(asked: str, limit: int) -> None:
    served = asyncio.run(order_of_service(asked, limit))
    assert Counter(served) == Counter(asked)
    for workspace in set(asked):
        first = served.index(workspace)
        others = Counter(served[limit:first]) - Counter()
        assert all(count <= 1 for count in others.values())


async def test_who_gives_up_leaves_the_slot_to_others() -> None:
    turns = FairTurns(1)
    entered = asyncio.Event()

    async def work() -> None:
        async with turns.turn("w"):
            entered.set()

    async with turns.turn("w"):
        waiting = [asyncio.create_task(work()) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.sleep(0)
    # The slot is the second one's now, which gives up before it notices.
    waiting[1].cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]
    with pytest.raises(asyncio.CancelledError):
        await waiting[1]
    await waiting[2]
    assert entered.is_set()


async def test_a_probe_waits_for_no_preview() -> None:
    store = FakeStore(FakeClock())
    key = object_key("w", "v")
    store.objects[key] = b"video"
    media = FakeMedia(store)
    in_turns = MediaInTurns(media, limit=1)
    media.free.clear()
    probing = asyncio.create_task(in_turns.probe(key, 5))
    await media.busy.wait()
    await in_turns.waveform(key, 5, start=0, end=1, count=2)
    await in_turns.filmstrip(key, 5, times=[0.5], tile_height=3)
    media.free.set()
    assert (await probing).width == 320
