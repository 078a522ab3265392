"""A link to a picture opens that picture of that video, for a while, and nothing is left of it
when the video goes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.library.still_links import LinkedStill, superfluous
from services.ingest.library.video import Video
from services.servicekit.errors import SageError
from tests.unit.ingest.fakes import START
from tests.unit.ingest.library.test_catalogue import made
from tests.unit.ingest.world import WORKSPACE, Replica, World

ORIGIN = "https://sage.example"


async def linked(
    replica: Replica, video: Video, *times: float, height: int = 0
) -> Sequence[LinkedStill]:
    links, _ = await replica.still_links.links(
        WORKSPACE, video.id, times=times, height=height, origin=ORIGIN
    )
    return links


def opened(world: World, link: LinkedStill) -> bytes:
    """What the store gives to whoever has the link, as which type."""
    path, _, kind = link.url.removeprefix(f"{ORIGIN}/media/").partition("?type=")
    # Not every store obeys the type that a URL asks for.
    assert kind == world.store.types[path] == "image/jpeg"
    return world.store.objects[path]


moments = st.lists(st.floats(0, 5, allow_nan=False), min_size=1, max_size=6)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 2), moments, st.sampled_from([0, 90, 720])), min_size=1))
def test_a_link_opens_that_video_at_that_moment(
    calls: list[tuple[int, list[float], int]],
) -> None:
    async def run() -> None:
        world = World(stills=10**6)
        replica = world.replica()
        videos = [await made(replica, f"video {number}".encode()) for number in range(3)]
        for which, times, height in calls:
            video = videos[which]
            links = await linked(replica, video, *times, height=height)
            assert len(links) == len(times)
            for time, link in zip(times, links, strict=True):
                moment = round(min(time, video.duration), 3)
                assert opened(world, link) == f"{video.object_key} at {moment}".encode()
                assert (link.time, link.height) == (moment, min(height or 360, video.height))

    asyncio.run(run())


async def test_pictures_are_made_once_for_the_same_times() -> None:
    world = World()
    replica = world.replica()
    video = await made(replica)
    first, again = await asyncio.gather(
        linked(replica, video, 0.5, 1.5), linked(replica, video, 1.5, 0.5)
    )
    assert [link.url for link in first] == [link.url for link in reversed(again)]
    assert world.media.strips_made == 1
    await linked(replica, video, 0.5, 1.5, height=90)
    assert world.media.strips_made == 2


async def test_links_stop_when_those_that_play_a_video_do() -> None:
    world = World()
    replica = world.replica()
    video = await made(replica)
    _, expires = await replica.still_links.links(
        WORKSPACE, video.id, times=[1.0], height=0, origin=ORIGIN
    )
    assert expires - world.clock.now == timedelta(hours=6)


async def test_pictures_go_with_their_video() -> None:
    world = World()
    replica = world.replica()
    video = await made(replica)
    await linked(replica, video, 0.5, 1.5)
    await replica.catalogue.delete(WORKSPACE, video.id)
    assert world.empty


async def test_a_video_that_goes_while_pictures_are_made_leaves_none() -> None:
    world = World()
    replica = world.replica()
    video = await made(replica)
    plain = world.media.stills

    async def removed_meanwhile(*args: object, **options: object) -> object:
        await replica.catalogue.delete(WORKSPACE, video.id)
        return await plain(*args, **options)  # type: ignore[arg-type]

    world.media.stills = removed_meanwhile  # type: ignore[assignment, method-assign]
    with pytest.raises(SageError) as caught:
        await linked(replica, video, 0.5)
    assert caught.value.reason_name == "NOT_FOUND"
    assert world.empty


async def test_a_strangers_video_is_not_there() -> None:
    replica = World().replica()
    video = await made(replica)
    with pytest.raises(SageError) as caught:
        await replica.still_links.links("another", video.id, times=[1.0], height=0, origin=ORIGIN)
    assert caught.value.reason_name == "NOT_FOUND"


@settings(deadline=None, max_examples=40)
@given(st.lists(moments, min_size=1, max_size=12))
def test_a_video_keeps_so_many_pictures_and_those_that_were_just_made(
    calls: list[list[float]],
) -> None:
    async def run() -> None:
        world = World(stills=8)
        replica = world.replica()
        video = await made(replica)
        for times in calls:
            world.clock.pass_by(timedelta(seconds=1))
            for link in await linked(replica, video, *times):
                assert opened(world, link)
            pictures = [key for key in world.store.objects if "/stills-" in key]
            assert sum(not key.endswith("/index") for key in pictures) <= 8
            for key in pictures:  # a set that an index tells of is complete
                assert f"{key.rpartition('/')[0]}/index" in world.store.objects

    asyncio.run(run())


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 5), st.sampled_from(["0", "1", "2", "index"])).map(
            lambda place: f"video/stills-{place[0]}/{place[1]}"
        ),
        st.integers(0, 1000).map(lambda seconds: START + timedelta(seconds=seconds)),
    ),
    st.integers(0, 20),
)
def test_the_sets_that_were_made_first_go(ages: dict[str, datetime], most: int) -> None:
    gone = superfluous(ages, most)
    left = [key for key in ages if not key.startswith(tuple(gone))] if gone else list(ages)
    assert sum(not key.endswith("index") for key in left) <= most
    newest: dict[str, datetime] = {}
    for key, age in ages.items():
        folder = key.rpartition("/")[0] + "/"
        newest[folder] = max(age, newest.get(folder, age))
    kept = [age for folder, age in newest.items() if folder not in gone]
    assert all(newest[folder] <= age for folder in gone for age in kept)
