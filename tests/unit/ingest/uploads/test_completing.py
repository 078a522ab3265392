from __future__ import annotations

import asyncio
import hashlib
import itertools
from datetime import timedelta

import pytest

from services.ingest.uploads import completing
from services.ingest.uploads.completing import StreamDigest
from services.ingest.uploads.upload import State, Upload
from services.servicekit.errors import SageError
from tests.unit.ingest.fakes import Died
from tests.unit.ingest.world import LEASE, WORKSPACE, Replica, World

VIDEO = b"video " + b"x" * 50
# More than any attempt to complete an upload takes.
_MOST_CALLS = 25


async def test_parts_become_one_video_whoever_asks_how_often() -> None:
    world = World()
    replica, other = world.replica("a"), world.replica("b")
    upload = await replica.sent(VIDEO)
    asked = [it.completing.complete(WORKSPACE, upload.id) for it in (replica, replica, other)]
    videos = await asyncio.gather(*asked)
    assert len(set(videos)) == 1
    assert videos[0].sha256 == hashlib.sha256(VIDEO).hexdigest()
    assert world.store.objects == {videos[0].object_key: VIDEO}
    assert await other.completing.complete(WORKSPACE, upload.id) == videos[0]


@pytest.mark.parametrize(
    ("data", "sha256", "reason"),
    [
        (b"a letter", "", "NOT_A_VIDEO"),
        (b"cut off", "", "TRUNCATED"),
        (VIDEO, "0" * 64, "CHECKSUM_MISMATCH"),
    ],
)
async def test_a_refused_file_leaves_the_reason_and_nothing_else(
    data: bytes, sha256: str, reason: str
) -> None:
    world = World()
    replica = world.replica()
    upload = await replica.sent(data, sha256=sha256)
    for _ in range(2):
        with pytest.raises(SageError) as caught:
            await replica.completing.complete(WORKSPACE, upload.id)
        assert caught.value.reason_name == reason
    kept = world.records.uploads[upload.id]
    assert (kept.state, kept.failure_reason, kept.leftovers) == (State.FAILED, reason, False)
    assert world.empty
    assert not world.records.videos


async def test_an_object_that_the_store_lost_is_refused_for_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    replica = world.replica()
    upload = await replica.sent(VIDEO)

    async def lost(key: str) -> str:
        raise KeyError(key)

    monkeypatch.setattr(world.store, "sha256", lost)
    with pytest.raises(SageError, match="Upload the file again") as caught:
        await replica.completing.complete(WORKSPACE, upload.id)
    assert caught.value.reason_name == "UPLOAD_NOT_ACTIVE"
    assert world.records.uploads[upload.id].state is State.FAILED


async def outcome(replica: Replica, upload: Upload) -> str:
    """The digest of the video, the reason of the refusal, or `died`."""
    try:
        return (await replica.completing.complete(WORKSPACE, upload.id)).sha256
    except SageError as error:
        return error.reason_name
    except Died:
        return "died"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("data", "expected"),
    [(VIDEO, hashlib.sha256(VIDEO).hexdigest()), (b"a letter", "NOT_A_VIDEO")],
    ids=["video", "refused"],
)
async def test_wherever_a_replica_dies_the_next_one_goes_on(
    data: bytes, expected: str, after: bool
) -> None:
    deaths = 0
    for dies_at in range(1, _MOST_CALLS):
        world = World()
        upload = await world.replica().sent(data)
        first = await outcome(world.replica("a", dies_at=dies_at, after=after), upload)
        assert first in {"died", expected}
        deaths += first == "died"
        world.clock.pass_by(LEASE * 2)
        assert await outcome(world.replica("b"), upload) == expected
        await world.replica("b").sweeping.sweep()
        assert len(world.store.objects) == len(world.records.videos) == int(data == VIDEO)
        assert not world.store.open
    assert 5 < deaths < _MOST_CALLS - 1


async def test_a_clock_that_was_set_back_keeps_no_upload_from_being_completed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    upload = await world.replica().sent(VIDEO)
    # Late enough for the upload to be leased.
    assert await outcome(world.replica("a", dies_at=6), upload) == "died"
    assert world.records.uploads[upload.id].state is State.COMPLETING
    world.clock.jump(-timedelta(days=1))
    looks = itertools.count()
    # Time passes from look to look.
    step = LEASE.total_seconds() / 3
    monkeypatch.setattr(world.clock, "monotonic", lambda: next(looks) * step)
    monkeypatch.setattr(completing, "_POLL_SECONDS", 0.0)
    assert await outcome(world.replica("b"), upload) == hashlib.sha256(VIDEO).hexdigest()
    assert next(looks) >= 4


async def test_an_incomplete_upload_stays_active() -> None:
    world = World()
    replica = world.replica()
    upload = await replica.announce(VIDEO)
    with pytest.raises(SageError) as caught:
        await replica.completing.complete(WORKSPACE, upload.id)
    assert caught.value.reason_name == "UPLOAD_INCOMPLETE"
    assert world.records.uploads[upload.id].state is State.ACTIVE


async def test_the_digest_of_a_stream_is_believed_while_its_parts_are_the_stored_ones() -> None:
    world = World()
    replica = world.replica()
    digest = hashlib.sha256(VIDEO).hexdigest()
    upload = await replica.sent(VIDEO)
    etags = {1: hashlib.md5(VIDEO).hexdigest()}
    await replica.completing.complete(
        WORKSPACE, upload.id, StreamDigest(sha256=digest, etags=etags)
    )
    assert world.store.digested == 0

    overwritten = await replica.sent(VIDEO)
    video = await replica.completing.complete(
        WORKSPACE, overwritten.id, StreamDigest(sha256="0" * 64, etags={1: "another"})
    )
    assert world.store.digested == 1
    assert video.sha256 == digest


async def test_lost_parts_end_the_upload() -> None:
    world = World()
    replica = world.replica()
    upload = await replica.sent(VIDEO)
    world.store.open.clear()
    with pytest.raises(SageError, match="lost the parts") as caught:
        await replica.completing.complete(WORKSPACE, upload.id)
    assert caught.value.reason_name == "UPLOAD_NOT_ACTIVE"


async def test_the_work_goes_on_when_the_caller_goes_away() -> None:
    world = World()
    replica = world.replica()
    upload = await replica.sent(VIDEO)
    world.media.free.clear()
    impatient = asyncio.create_task(replica.completing.complete(WORKSPACE, upload.id))
    await world.media.busy.wait()
    impatient.cancel()
    world.media.free.set()
    await replica.completing.complete(WORKSPACE, upload.id)
    assert world.store.digested == 1


async def test_a_service_that_stops_gives_its_lease_back() -> None:
    world = World()
    replica = world.replica("a")
    upload = await replica.sent(VIDEO)
    world.media.free.clear()
    waiting = asyncio.create_task(replica.completing.complete(WORKSPACE, upload.id))
    await world.media.busy.wait()
    await replica.completing.stop()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    world.media.free.set()
    # No time passes.
    await world.replica("b").completing.complete(WORKSPACE, upload.id)
