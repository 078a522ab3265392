from __future__ import annotations

import pytest

from services.ingest.library.catalogue import Source
from services.ingest.library.video import Video, VideoState
from services.servicekit.errors import SageError
from tests.unit.ingest.fakes import Died
from tests.unit.ingest.world import WORKSPACE, Replica, World


async def made(replica: Replica, data: bytes = b"video") -> Video:
    upload = await replica.sent(data)
    return await replica.completing.complete(WORKSPACE, upload.id)


async def test_renaming_changes_the_etag_and_obeys_it() -> None:
    replica = World().replica()
    video = await made(replica)
    renamed = await replica.catalogue.rename(WORKSPACE, video.id, "b.mp4", video.etag)
    assert (renamed.display_name, renamed.etag != video.etag) == ("b.mp4", True)
    with pytest.raises(SageError) as caught:
        await replica.catalogue.rename(WORKSPACE, video.id, "c.mp4", video.etag)
    assert caught.value.reason_name == "ETAG_MISMATCH"


async def test_a_url_is_made_for_the_origin_of_the_caller() -> None:
    world = World()
    replica = world.replica()
    video = await made(replica)
    playable = await replica.catalogue.playback_url(
        WORKSPACE, video.id, "https://sage.example", Source.ORIGINAL
    )
    assert playable.url == f"https://sage.example/media/{video.object_key}?type=video/mp4"
    assert (playable.expires_at - world.clock.now).total_seconds() == 6 * 3600


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_removal_that_was_cut_short_is_finished_by_the_sweep(after: bool) -> None:
    for dies_at in range(2, 6):
        world = World()
        video = await made(world.replica())
        with pytest.raises(Died):
            await world.replica("a", dies_at=dies_at, after=after).catalogue.delete(
                WORKSPACE, video.id
            )
        known = world.records.videos.get(video.id)
        assert known is None or known.state is VideoState.DELETING or dies_at == 2
        if known is not None and known.state is VideoState.DELETING:
            with pytest.raises(SageError) as caught:
                await world.replica().catalogue.ready(WORKSPACE, video.id)
            assert caught.value.reason_name == "VIDEO_NOT_READY"
            await world.replica("b").sweeping.sweep()
            assert world.empty
            assert not world.records.videos


async def test_a_stranger_finds_nothing() -> None:
    replica = World().replica()
    video = await made(replica)
    for attempt in (
        replica.catalogue.get("other", video.id),
        replica.catalogue.rename("other", video.id, "mine", ""),
        replica.catalogue.delete("other", video.id),
        replica.catalogue.playback_url("other", video.id, None, Source.PROXY),
        replica.previews.filmstrip("other", video.id, count=1, tile_height=2),
        replica.previews.waveform("other", video.id, count=1),
    ):
        with pytest.raises(SageError) as caught:
            await attempt
        assert caught.value.reason_name == "NOT_FOUND"
