"""Videos go when they are as old as they may get, with all that is theirs."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from tests.unit.ingest.fakes import Died
from tests.unit.ingest.world import WORKSPACE, Replica, World

AGE = timedelta(days=30)


async def uploaded(replica: Replica, data: bytes) -> str:
    upload = await replica.sent(data)
    video = await replica.completing.complete(WORKSPACE, upload.id)
    return video.id


async def test_without_an_age_nothing_goes() -> None:
    world = World()
    replica = world.replica()
    video = await uploaded(replica, b"video")
    world.clock.pass_by(timedelta(days=10_000))
    await replica.sweeping.sweep()
    assert set(world.records.videos) == {video}


async def test_a_video_goes_when_it_is_old_enough_and_its_bytes_with_the_last_of_them() -> None:
    world = World(age=AGE)
    replica = world.replica()
    old = await uploaded(replica, b"video")
    world.clock.pass_by(timedelta(days=20))
    young = await uploaded(replica, b"video")
    await replica.sweeping.sweep()
    assert set(world.records.videos) == {old, young}

    world.clock.pass_by(timedelta(days=10, seconds=1))
    await replica.sweeping.sweep()
    assert set(world.records.videos) == {young}
    assert not world.empty
    assert replica.swept.counts()[("videos",)] == 1

    world.clock.pass_by(timedelta(days=20))
    await replica.sweeping.sweep()
    assert world.records.videos == {}
    assert world.empty


@pytest.mark.parametrize("after", [False, True])
async def test_a_replica_that_dies_while_a_video_goes_leaves_nothing_behind(after: bool) -> None:
    for step in range(1, 8):
        world = World(age=AGE)
        await uploaded(world.replica(), b"video")
        world.clock.pass_by(AGE + timedelta(seconds=1))
        with suppress(Died):
            await world.replica("b", dies_at=step, after=after).sweeping.sweep()
        await world.replica("c").sweeping.sweep()
        assert world.records.videos == {}
        assert world.empty
