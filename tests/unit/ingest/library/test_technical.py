from __future__ import annotations

import asyncio

from sage.ingest.v1.technical_pb2 import TECHNICAL_FACTS_VIEW_BASIC, TECHNICAL_FACTS_VIEW_FULL
from services.ingest.api.technical import facts_message
from services.mediakit.technical.facts import TechnicalFacts
from tests.unit.ingest.library.test_catalogue import made
from tests.unit.ingest.world import WORKSPACE, Replica, World


async def facts(replica: Replica, video_id: str, *, whole: bool) -> TechnicalFacts:
    _, found = await replica.technical.facts(WORKSPACE, video_id, whole=whole)
    return found


async def test_each_view_is_read_once() -> None:
    world = World()
    replica = world.replica()
    video = await made(replica)
    first, again = await asyncio.gather(*(facts(replica, video.id, whole=False) for _ in "12"))
    assert first == again == await facts(world.replica(), video.id, whole=False)
    assert world.media.files_read == 1
    assert (await facts(replica, video.id, whole=True)).whole_read
    assert world.media.files_read == 2


async def test_facts_go_with_their_video() -> None:
    world = World()
    replica = world.replica()
    video = await made(replica)
    await facts(replica, video.id, whole=True)
    await replica.catalogue.delete(WORKSPACE, video.id)
    assert world.empty


async def test_a_message_names_the_video_and_how_much_was_read() -> None:
    replica = World().replica()
    video = await made(replica)
    message = facts_message(video, await facts(replica, video.id, whole=False))
    assert (message.video, message.sha256) == (video.name, video.sha256)
    assert message.view == TECHNICAL_FACTS_VIEW_BASIC
    assert not message.sounds[0].HasField("loudness")
    message = facts_message(video, await facts(replica, video.id, whole=True))
    assert message.view == TECHNICAL_FACTS_VIEW_FULL
    assert message.sounds[0].loudness.integrated == -23.0
    assert not message.sounds[0].loudness.HasField("range")
    assert [cue.text for cue in message.subtitles[0].cues] == ["Hello"]
    assert message.picture.timing.constant
    assert message.picture.mastering_display.most_luminance == 1000.0
