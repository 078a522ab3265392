"""Equal files share one object, whatever comes, goes and fails at the same time."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.adapters.database import UploadTable, VideoTable
from services.ingest.adapters.tables import metadata
from services.ingest.library.video import Video
from services.ingest.uploads.quota import Quota
from services.servicekit.database import create_engine
from services.servicekit.errors import SageError
from services.servicekit.listing.requests import ListRequest
from tests.unit.ingest.fakes import Died
from tests.unit.ingest.world import LEASE, WORKSPACE, Replica, World

CONTENTS = (b"video a", b"video bb", b"a text")
QUOTA = Quota(bytes=40, open_uploads=4)

# An upload of a content, or the removal of the video that is at this place in the list.
Step = tuple[str, int]
STEPS = st.one_of(
    st.tuples(st.just("upload"), st.integers(0, len(CONTENTS) - 1)),
    st.tuples(st.just("announce"), st.integers(0, len(CONTENTS) - 1)),
    st.tuples(st.just("delete"), st.integers(0, 5)),
)


@asynccontextmanager
async def world_on_a_database() -> AsyncIterator[World]:
    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite+aiosqlite:///{folder}/db")
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        try:
            yield World(UploadTable(engine), VideoTable(engine), QUOTA)
        finally:
            await engine.dispose()


async def ready_videos(replica: Replica) -> Sequence[Video]:
    page = await replica.catalogue.page(WORKSPACE, ListRequest(page_size=100), sha256="")
    return page.items


async def take(replica: Replica, step: Step, videos: Sequence[Video]) -> None:
    kind, number = step
    if kind == "announce":
        await replica.announce(CONTENTS[number])
    elif kind == "upload":
        upload = await replica.sent(CONTENTS[number])
        await replica.completing.complete(WORKSPACE, upload.id)
    elif videos:
        await replica.catalogue.delete(WORKSPACE, videos[number % len(videos)].id)


async def check_laws(world: World, replica: Replica) -> None:
    keys: dict[str, str] = {}
    for video in await ready_videos(replica):
        content = world.store.objects[video.object_key]
        assert hashlib.sha256(content).hexdigest() == video.sha256
        assert keys.setdefault(video.sha256, video.object_key) == video.object_key
    lying = [*world.store.objects.values()]
    lying += [part for parts in world.store.open.values() for part in parts.values()]
    assert sum(map(len, lying)) <= QUOTA.bytes
    assert len(world.store.objects) == len(keys)


async def lived_through(batches: list[list[Step]]) -> None:
    async with world_on_a_database() as world:
        replicas = [world.replica("a"), world.replica("b")]
        for batch in batches:
            videos = await ready_videos(replicas[0])
            outcomes = await asyncio.gather(
                *(take(replicas[n % 2], step, videos) for n, step in enumerate(batch)),
                return_exceptions=True,
            )
            unexpected = [it for it in outcomes if isinstance(it, BaseException)]
            reasons = [it.reason_name if isinstance(it, SageError) else it for it in unexpected]
            assert set(reasons) <= {"QUOTA_EXCEEDED", "NOT_A_VIDEO", "NOT_FOUND"}
            await check_laws(world, replicas[0])
        for video in await ready_videos(replicas[0]):
            await replicas[0].catalogue.delete(WORKSPACE, video.id)
        page = await replicas[0].uploading.page(WORKSPACE, ListRequest(page_size=100), states=())
        for upload in page.items:
            if upload.state == "ACTIVE":
                await replicas[1].uploading.abort(WORKSPACE, upload.id)
        assert world.empty


@pytest.mark.slow("runs many histories of uploads")
@given(batches=st.lists(st.lists(STEPS, min_size=1, max_size=5), max_size=5))
@settings(deadline=None, max_examples=20)
def test_every_video_has_its_bytes_once_and_the_quota_holds(batches: list[list[Step]]) -> None:
    asyncio.run(lived_through(batches))


async def test_removing_one_of_two_equal_videos_leaves_the_other_playable() -> None:
    world = World()
    replica = world.replica()
    first, second = [
        await replica.completing.complete(WORKSPACE, (await replica.sent(b"video")).id)
        for _ in range(2)
    ]
    assert first.id != second.id
    await replica.previews.waveform(WORKSPACE, first.id, count=3)
    await replica.previews.waveform(WORKSPACE, second.id, count=3)
    assert world.media.strips_made == 1
    await replica.catalogue.delete(WORKSPACE, first.id)
    assert world.store.objects[second.object_key] == b"video"
    await replica.catalogue.delete(WORKSPACE, second.id)
    assert world.empty


async def completed(replica: Replica) -> Video:
    return await replica.completing.complete(WORKSPACE, (await replica.sent(b"video")).id)


@pytest.mark.parametrize("left", [None, b"vid"], ids=["lost", "cut off"])
async def test_bytes_that_the_store_lost_are_not_shared_but_given_back(left: bytes | None) -> None:
    async with world_on_a_database() as world:
        replica = world.replica()
        first, second = await completed(replica), await completed(replica)
        await replica.previews.waveform(WORKSPACE, first.id, count=3)
        del world.store.objects[first.object_key]
        if left is not None:
            world.store.objects[first.object_key] = left
        assert await replica.catalogue.intact([first, second]) == []

        third = await completed(replica)
        assert world.store.objects == {third.object_key: b"video"}
        mended = await ready_videos(replica)
        assert {video.id for video in mended} == {first.id, second.id, third.id}
        assert {video.object_key for video in mended} == {third.object_key}
        assert await replica.catalogue.intact(mended) == mended
        for video in mended:
            assert (video.etag == third.etag) is (video.id == third.id)
            await replica.catalogue.delete(WORKSPACE, video.id)
        assert world.empty


async def test_of_equal_files_that_come_in_together_one_gives_back_what_the_store_lost() -> None:
    async with world_on_a_database() as world:
        replicas = world.replica("a"), world.replica("b")
        first = await completed(replicas[0])
        world.store.objects.clear()
        await asyncio.gather(*(completed(replicas[number % 2]) for number in range(4)))
        assert len(await ready_videos(replicas[0])) == 5
        await check_laws(world, replicas[0])
        assert first.object_key not in world.store.objects


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_wherever_a_replica_dies_what_the_store_lost_is_given_back(after: bool) -> None:
    for dies_at in range(1, 30):
        world = World()
        first = await completed(world.replica())
        await world.replica().previews.waveform(WORKSPACE, first.id, count=3)
        del world.store.objects[first.object_key]
        upload = await world.replica().sent(b"video")
        mortal = world.replica("mortal", dies_at=dies_at, after=after)
        try:
            await mortal.completing.complete(WORKSPACE, upload.id)
            finished = True
        except Died:
            finished = False
        world.clock.pass_by(2 * LEASE)
        second = await world.replica("next").completing.complete(WORKSPACE, upload.id)
        await world.replica("next").sweeping.sweep()
        assert world.store.objects == {second.object_key: b"video"}
        assert world.records.videos[first.id].object_key == second.object_key
        if finished:
            return
    raise AssertionError("it never came to its end")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_wherever_a_replica_dies_the_bytes_a_replica_dies_the_bytes_are_there_once(
    after: bool,
) -> None:
    for dies_at in range(1, 30):
        world = World()
        first = await world.replica().completing.complete(
            WORKSPACE, (await world.replica().sent(b"video")).id
        )
        upload = await world.replica().sent(b"video")
        mortal = world.replica("mortal", dies_at=dies_at, after=after)
        try:
            await mortal.completing.complete(WORKSPACE, upload.id)
            finished = True
        except Died:
            finished = False
        world.clock.pass_by(2 * LEASE)
        second = await world.replica("next").completing.complete(WORKSPACE, upload.id)
        await world.replica("next").sweeping.sweep()
        assert world.store.objects == {first.object_key: b"video"}
        assert second.object_key == first.object_key
        if finished:
            return
    raise AssertionError("it never came to its end")
