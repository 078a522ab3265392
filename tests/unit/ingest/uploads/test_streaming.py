from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import pytest

from services.ingest.uploads.upload import PART_BYTES
from services.servicekit.errors import SageError
from tests.unit.ingest.world import WORKSPACE, World

DATA = b"video of three parts".ljust(2 * PART_BYTES + 5, b"x")


async def chunks(data: bytes, *, then: Exception | None = None) -> AsyncIterator[bytes]:
    for offset in range(0, len(data), 3_000_000):
        yield data[offset : offset + 3_000_000]
    if then is not None:
        raise then


async def test_a_whole_file_is_digested_on_its_way() -> None:
    world = World()
    replica = world.replica()
    upload = await replica.announce(DATA)
    digest = await replica.streaming.receive(upload, 0, chunks(DATA))
    assert digest is not None
    assert digest.sha256 == hashlib.sha256(DATA).hexdigest()
    video = await replica.completing.complete(WORKSPACE, upload.id, digest)
    assert world.store.digested == 0
    assert world.store.objects == {video.object_key: DATA}
    assert replica.budget.free == 4 * PART_BYTES


async def test_what_came_before_a_break_stays_and_the_stream_goes_on_there() -> None:
    world = World()
    replica = world.replica()
    upload = await replica.announce(DATA)
    with pytest.raises(ConnectionError):
        await replica.streaming.receive(
            upload, 0, chunks(DATA[: PART_BYTES + 99], then=ConnectionError())
        )
    offset = await replica.streaming.start_of(upload, None)
    assert offset == PART_BYTES
    assert await replica.streaming.receive(upload, offset, chunks(DATA[offset:])) is None
    video = await replica.completing.complete(WORKSPACE, upload.id)
    assert video.sha256 == hashlib.sha256(DATA).hexdigest()
    assert replica.budget.free == 4 * PART_BYTES


async def test_a_stream_that_ends_early_says_what_is_missing() -> None:
    replica = World().replica()
    upload = await replica.announce(DATA)
    with pytest.raises(SageError, match="2,3") as caught:
        await replica.streaming.receive(upload, 0, chunks(DATA[: PART_BYTES + 1]))
    assert caught.value.reason_name == "UPLOAD_INCOMPLETE"


async def test_a_client_may_go_on_earlier_than_it_must_but_not_later_or_within_a_part() -> None:
    replica = World().replica()
    upload = await replica.announce(DATA)
    await replica.streaming.receive(upload, 0, chunks(DATA))
    assert await replica.streaming.start_of(upload, PART_BYTES) == PART_BYTES
    assert await replica.streaming.start_of(upload, len(DATA)) == len(DATA)
    for offset in (PART_BYTES + 1, len(DATA) + 1):
        with pytest.raises(SageError) as caught:
            await replica.streaming.start_of(upload, offset)
        assert caught.value.reason_name == "PART_OUT_OF_RANGE"
