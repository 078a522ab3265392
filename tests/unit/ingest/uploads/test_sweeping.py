from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from services.ingest.uploads.upload import PART_BYTES, State
from services.servicekit.errors import SageError
from tests.unit.ingest.world import LIFETIME, REMEMBERED, UNUSED, WORKSPACE, World


async def test_an_upload_that_nobody_completes_expires() -> None:
    world = World()
    replica = world.replica()
    upload = await replica.sent(b"video")
    world.clock.pass_by(LIFETIME - timedelta(seconds=1))
    await replica.sweeping.sweep()
    assert world.records.uploads[upload.id].state is State.ACTIVE
    world.clock.pass_by(timedelta(seconds=1))
    await replica.sweeping.sweep()
    assert world.records.uploads[upload.id].state is State.ABORTED
    assert world.empty


async def test_an_upload_that_nothing_was_sent_for_expires_sooner() -> None:
    world = World()
    replica = world.replica()
    unused, used = await replica.announce(b"video"), await replica.sent(b"video")
    assert used.expires_at - world.clock.now == UNUSED
    world.clock.pass_by(UNUSED)
    await replica.sweeping.sweep()
    assert world.records.uploads[unused.id].state is State.ABORTED
    assert world.records.uploads[used.id].state is State.ACTIVE
    assert world.records.uploads[used.id].expires_at == used.created_at + LIFETIME


async def test_a_stream_that_brought_a_part_is_kept_as_long_as_any_other_upload() -> None:
    world = World()
    replica = world.replica()
    upload = await replica.announce(bytes(PART_BYTES + 1))

    async def one_part() -> AsyncIterator[bytes]:
        yield bytes(PART_BYTES)

    with pytest.raises(SageError, match="1 of 2 parts are missing"):
        await replica.streaming.receive(upload, 0, one_part())
    world.clock.pass_by(UNUSED)
    await replica.sweeping.sweep()
    assert world.records.uploads[upload.id].state is State.ACTIVE


async def test_what_is_being_completed_does_not_expire() -> None:
    world = World()
    replica = world.replica()
    upload = await replica.sent(b"video")
    world.clock.pass_by(LIFETIME)
    world.media.free.clear()
    completing = asyncio.create_task(replica.completing.complete(WORKSPACE, upload.id))
    await world.media.busy.wait()
    await world.replica("b").sweeping.sweep()
    world.media.free.set()
    video = await completing
    assert world.store.objects == {video.object_key: b"video"}


async def test_parts_without_a_record_go_once_no_upload_can_be_so_old() -> None:
    world = World()
    await world.store.open_upload("workspaces/w/videos/lost/original", "")
    await world.store.open_upload("elsewhere", "")
    await world.replica().sweeping.sweep()
    assert len(world.store.open) == 2
    world.clock.pass_by(LIFETIME + timedelta(days=2))
    await world.replica().sweeping.sweep()
    assert [key for key, _ in world.store.open] == ["elsewhere"]


async def test_old_records_are_forgotten_and_their_videos_are_not() -> None:
    world = World()
    replica = world.replica()
    upload = await replica.sent(b"video")
    await replica.completing.complete(WORKSPACE, upload.id)
    world.clock.pass_by(timedelta(days=31))
    await replica.sweeping.sweep()
    assert not world.records.uploads
    assert len(world.records.videos) == len(world.store.objects) == 1


@pytest.mark.parametrize("end", ["completed", "refused", "aborted", "expired"])
async def test_a_request_is_remembered_for_as_long_as_is_set_and_no_longer(end: str) -> None:
    world = World()
    replica = world.replica()
    data = b"a text" if end == "refused" else b"video"
    first = await replica.announce(data, request_id="r")
    await replica.send(first, data)
    if end == "aborted":
        await replica.uploading.abort(WORKSPACE, first.id)
    elif end == "expired":
        world.clock.pass_by(LIFETIME)
    else:
        with suppress(SageError):
            await replica.completing.complete(WORKSPACE, first.id)
    await replica.sweeping.sweep()
    world.clock.pass_by(REMEMBERED)
    await replica.sweeping.sweep()
    assert (await replica.announce(data, request_id="r")).id == first.id
    world.clock.pass_by(timedelta(seconds=1))
    await replica.sweeping.sweep()
    assert not world.records.uploads
    assert (await replica.announce(data, request_id="r")).id != first.id


async def test_a_failed_sweep_is_not_the_last_one() -> None:
    world = World()
    second = asyncio.Event()
    attempts = 0

    async def failing(prefix: str, before: datetime) -> list[tuple[str, str]]:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise RuntimeError("an answer that nobody expected")
        second.set()
        return []

    world.store.abandoned_uploads = failing  # type: ignore[method-assign]
    running = asyncio.create_task(world.replica().sweeping.run(timedelta(0)))
    await second.wait()
    running.cancel()
