from __future__ import annotations

import asyncio

import pytest

from services.ingest.library.previews import (
    pack_filmstrip,
    pack_waveform,
    unpack_filmstrip,
    unpack_waveform,
)
from services.ingest.ports import Filmstrip, Waveform
from services.servicekit.errors import SageError
from tests.unit.ingest.library.test_catalogue import made
from tests.unit.ingest.world import WORKSPACE, World


async def test_a_strip_is_made_once_for_its_parameters() -> None:
    world = World()
    replica = world.replica()
    video = await made(replica)

    async def strip(count: int) -> Filmstrip:
        return await replica.previews.filmstrip(WORKSPACE, video.id, count=count, tile_height=0)

    first, again = await asyncio.gather(strip(5), strip(5))
    assert first == again == await strip(5)
    assert world.media.strips_made == 1
    assert (len(first.times), first.tile_height) == (5, 54)
    assert len((await strip(0)).times) == 60
    assert world.media.strips_made == 2


async def test_other_times_are_another_strip() -> None:
    world = World()
    replica = world.replica()
    video = await made(replica)

    async def strip(*times: float) -> list[float]:
        found = await replica.previews.filmstrip(
            WORKSPACE, video.id, count=0, tile_height=0, times=times
        )
        return list(found.times)

    assert await strip(0.5, 1.5) == [0.5, 1.5]
    assert await strip(1.0, 99.0) == [1.0, 2.0]
    assert await strip(1.5, 0.5) == [0.5, 1.5]
    assert world.media.strips_made == 2


async def test_a_stretch_of_the_sound_ends_with_the_video() -> None:
    world = World()
    replica = world.replica()
    video = await made(replica)

    async def step(start: float, end: float) -> float:
        found = await replica.previews.waveform(WORKSPACE, video.id, count=10, start=start, end=end)
        return found.step_seconds

    assert await step(0.0, 0.0) == await step(0.0, 99.0) == pytest.approx(0.2)
    assert world.media.strips_made == 1
    assert await step(1.0, 2.0) == await step(1.0, 0.0) == pytest.approx(0.1)
    assert world.media.strips_made == 2
    assert await step(5.0, 6.0) > 0


async def test_a_strip_goes_with_its_video() -> None:
    world = World()
    replica = world.replica()
    video = await made(replica)
    await replica.previews.waveform(WORKSPACE, video.id, count=3)
    assert len(world.store.objects) == 2
    await replica.catalogue.delete(WORKSPACE, video.id)
    assert world.empty


async def test_without_sound_there_is_no_waveform() -> None:
    replica = World().replica()
    video = await made(replica, b"video mute")
    with pytest.raises(SageError) as caught:
        await replica.previews.waveform(WORKSPACE, video.id, count=3)
    assert caught.value.reason_name == "NO_AUDIO"


def test_filmstrips_are_kept_as_they_are() -> None:
    strip = Filmstrip(jpeg=b"\n\xff\xd8\n\n", tile_width=2, tile_height=4, times=[0.5, 1.25])
    assert unpack_filmstrip(pack_filmstrip(strip)) == strip
    waveform = Waveform(peaks=[0.0, 0.5, 1.0], step_seconds=0.1)
    assert unpack_waveform(pack_waveform(waveform)) == waveform
