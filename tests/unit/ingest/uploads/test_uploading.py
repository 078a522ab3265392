from __future__ import annotations

import asyncio

import google_crc32c
import pytest

from services.ingest.uploads.memory import MemoryBudget
from services.ingest.uploads.upload import PART_BYTES, FileSpec, State
from services.servicekit.errors import SageError
from tests.unit.ingest.fakes import Died
from tests.unit.ingest.world import WORKSPACE, World

DATA = b"video of two parts".ljust(PART_BYTES + 5, b"x")


async def test_the_same_request_id_gives_the_same_upload() -> None:
    world = World()
    replica = world.replica()
    first = await replica.announce(DATA, request_id="r")
    assert await replica.announce(DATA, request_id="r") == first
    assert await replica.announce(DATA) != await replica.announce(DATA)
    with pytest.raises(SageError) as caught:
        await replica.announce(DATA + b"!", request_id="r")
    assert caught.value.reason_name == "REQUEST_ID_REUSED"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_crash_while_creating_is_mended_by_repeating_the_call(after: bool) -> None:
    for dies_at in range(1, 4):
        world = World()
        with pytest.raises(Died):
            await world.replica("a", dies_at=dies_at, after=after).announce(DATA, request_id="r")
        replica = world.replica("b")
        upload = await replica.announce(DATA, request_id="r")
        await replica.send(upload, DATA)
        assert len(world.records.uploads) == 1


async def test_two_callers_at_once_open_one_upload() -> None:
    world = World()
    one, two = await asyncio.gather(
        world.replica("a").announce(DATA, request_id="r"),
        world.replica("b").announce(DATA, request_id="r"),
    )
    assert one.store_upload == two.store_upload
    assert len(world.store.open) == 1


async def test_a_damaged_part_is_refused_and_its_room_is_given_back() -> None:
    replica = World().replica()
    upload = await replica.announce(b"video")
    budget = MemoryBudget(100, patience=60)
    for data, crc32c, reason in (
        (b"vide0", google_crc32c.value(b"video"), "CHECKSUM_MISMATCH"),
        (b"vid", None, "PART_OUT_OF_RANGE"),
    ):
        reservation = await budget.reserve(100)
        with pytest.raises(SageError) as caught:
            await replica.uploading.put_part(WORKSPACE, upload.id, 1, data, crc32c, reservation)
        assert caught.value.reason_name == reason
        assert budget.free == 100
    reservation = await budget.reserve(100)
    crc32c = google_crc32c.value(b"video")
    await replica.uploading.put_part(WORKSPACE, upload.id, 1, b"video", crc32c, reservation)
    assert await replica.uploading.received(upload) == [1]
    await asyncio.sleep(0)
    assert budget.free == 100


async def test_what_has_been_received_is_what_the_store_has() -> None:
    replica = World().replica()
    upload = await replica.announce(DATA)
    assert await replica.uploading.received(upload) == []
    await replica.uploading.put_part(WORKSPACE, upload.id, 2, DATA[PART_BYTES:], None)
    assert await replica.uploading.received(upload) == [2]


async def test_giving_up_removes_the_parts() -> None:
    world = World()
    replica = world.replica()
    upload = await replica.sent(DATA)
    for _ in range(2):
        aborted = await replica.uploading.abort(WORKSPACE, upload.id)
        assert (aborted.state, aborted.leftovers) == (State.ABORTED, False)
    assert world.empty
    with pytest.raises(SageError) as caught:
        await replica.send(upload, DATA)
    assert caught.value.reason_name == "UPLOAD_NOT_ACTIVE"


async def test_a_stranger_finds_nothing() -> None:
    replica = World().replica()
    upload = await replica.announce(DATA)
    for attempt in (
        replica.uploading.get("other", upload.id),
        replica.uploading.abort("other", upload.id),
        replica.uploading.put_part("other", upload.id, 1, b"", None),
        replica.completing.complete("other", upload.id),
    ):
        with pytest.raises(SageError) as caught:
            await attempt
        assert caught.value.reason_name == "NOT_FOUND"


async def test_the_client_only_hints_at_a_type_and_never_chooses_another_one() -> None:
    world = World()
    types: list[str] = []
    open_upload = world.store.open_upload

    async def remember(key: str, content_type: str) -> str:
        types.append(content_type)
        return await open_upload(key, content_type)

    world.store.open_upload = remember  # type: ignore[method-assign]
    for name, hint in (("a.mov", ""), ("a.html", "text/html"), ("a", "video/webm")):
        spec = FileSpec(display_name=name, size_bytes=5, content_type=hint)
        await world.replica().uploading.create(WORKSPACE, spec, "")
    assert types == ["video/mp4", "application/octet-stream", "video/webm"]


async def test_a_workspace_is_told_what_room_it_has() -> None:
    replica = World().replica()
    used, limit = await replica.uploading.room(WORKSPACE)
    assert (used, limit > 0) == (0, True)
    await replica.announce(DATA)
    assert await replica.uploading.room(WORKSPACE) == (len(DATA), limit)
    assert await replica.uploading.room("somebody else") == (0, limit)
