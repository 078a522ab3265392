"""What the service knows is what its messages say."""

from __future__ import annotations

import numpy as np
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from hypothesis import given
from hypothesis import strategies as st

from sage.embed.v1 import embed_pb2
from sage.ingest.v1 import ingest_pb2
from services.embed.api import convert
from services.embed.artifacts.delivery import Facts, Frames, Sound, TrackLevels
from services.embed.artifacts.embeddings import TrackFacts
from services.embed.artifacts.tracks import MediaFacts, SoundTrack
from services.embed.ports import Availability, EngineSpec, TrackSpec
from services.embed.tasks.task_state import SECOND, Failure, Modality, State
from services.servicekit.durations import duration, seconds
from tests.fixtures.embeddings import make_embedding
from tests.fixtures.tasks import make_task, make_video


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_value_of_the_contract(state: State) -> None:
    value = convert.state_to_proto(state)
    assert value != embed_pb2.EmbeddingTask.STATE_UNSPECIFIED
    assert convert.states_from_proto([value]) == [state]


def test_an_unspecified_state_filters_nothing() -> None:
    assert convert.states_from_proto([embed_pb2.EmbeddingTask.STATE_UNSPECIFIED]) == []


@given(st.lists(st.sampled_from(Modality)))
def test_modalities_come_back_in_their_order(modalities: list[Modality]) -> None:
    values = [convert.modality_to_proto(modality) for modality in modalities]
    assert convert.modalities_from_proto(values) == tuple(modalities)


@given(st.integers(-62_135_596_800 * SECOND, 253_402_300_799 * SECOND))
def test_moments_keep_their_microseconds(micros: int) -> None:
    assert convert.timestamp(micros).ToMicroseconds() == micros


def test_of_a_video_is_kept_what_ingest_tells() -> None:
    facts = make_video()
    told = ingest_pb2.Video(
        name=facts.name,
        display_name=facts.display_name,
        sha256=facts.sha256,
        size_bytes=facts.size_bytes,
        duration=duration(facts.duration),
        width=facts.width,
        height=facts.height,
        has_audio=facts.has_audio,
        content_type=facts.content_type,
    )
    assert convert.video_from_proto(told) == facts


def test_a_task_that_waits_has_neither_times_nor_an_error() -> None:
    message = convert.task_to_proto(make_task(modalities=(Modality.AUDIO,)))
    assert message.state == embed_pb2.EmbeddingTask.STATE_QUEUED
    assert list(message.modalities) == [embed_pb2.MODALITY_AUDIO]
    assert (message.video, message.video_display_name) == ("videos/v1", "film.mp4")
    assert seconds(message.segment_duration) == 2.0
    for unknown in ("eta", "error", "start_time", "end_time"):
        assert not message.HasField(unknown)


def test_a_task_that_failed_says_why_as_an_error_of_the_contract() -> None:
    failure = Failure(
        reason="NO_AUDIO", message="The video has no sound.", metadata={"name": "videos/v1"}
    )
    message = convert.task_to_proto(
        make_task(state=State.FAILED, failure=failure, started_at=SECOND, ended_at=3 * SECOND)
    )
    info = ErrorInfo()
    assert message.error.details[0].Unpack(info)
    assert (info.domain, info.reason, dict(info.metadata)) == ("sage", "NO_AUDIO", failure.metadata)
    assert message.error.message == failure.message
    assert (message.start_time.seconds, message.end_time.seconds) == (1, 3)


def test_a_failure_of_another_release_is_told_as_internal() -> None:
    status = convert.failure_to_status(Failure(reason="OF_TOMORROW", message="It failed."))
    info = ErrorInfo()
    assert status.details[0].Unpack(info)
    assert info.reason == "INTERNAL"


def test_what_is_left_of_a_task_is_told_when_somebody_knows() -> None:
    assert seconds(convert.task_to_proto(make_task(eta=12.5)).eta) == 12.5


@pytest.mark.parametrize("key", ["", "workspaces/w1/frame-tracks/ab"])
def test_an_embedding_says_which_tracks_it_has(key: str) -> None:
    message = convert.embedding_to_proto(
        make_embedding(
            id="e1",
            tracks=(
                TrackFacts(
                    modality=Modality.VISUAL, segment_count=5, dimension=8, has_fine_samples=True
                ),
            ),
            vectors_prefix="workspaces/w1/embeddings/e1/1/",
            frame_track_key=key,
            detail_track_key=key,
        )
    )
    assert message.name == "embeddings/e1"
    assert message.has_frame_track == message.has_detail_track == bool(key)
    assert message.tracks[0] == embed_pb2.Embedding.Track(
        modality=embed_pb2.MODALITY_VISUAL, segment_count=5, dimension=8, has_fine_samples=True
    )
    # Where artifacts lie is nobody's business.
    assert "workspaces" not in str(message)


def test_frames_are_sent_as_they_are_kept() -> None:
    fingerprints = np.arange(2 * 768, dtype=np.uint32).astype(np.uint8).reshape(2, 16, 16, 3)
    message = convert.frame_batch_to_proto(
        Frames(first=7, times=np.array([0.1, 0.2]), fingerprints=fingerprints, duration=3.0)
    )
    assert message.first_frame == 7
    assert list(message.time_seconds) == [0.1, 0.2]
    assert message.fingerprints == fingerprints.tobytes()
    assert message.duration_seconds == 3.0


def test_levels_of_bands_have_one_byte_and_those_of_channels_two_with_the_low_one_first() -> None:
    bands = convert.frame_batch_to_proto(
        TrackLevels(track=1, levels=np.array([[1, 2]], np.uint8), duration=3.0)
    )
    channels = convert.frame_batch_to_proto(
        TrackLevels(track=2, levels=np.array([[1, 0x0203]], ">u2"), duration=3.0)
    )
    assert (bands.track_levels.track, bands.track_levels.bands) == (1, b"\1\2")
    assert (channels.track_levels.track, channels.track_levels.channels) == (2, b"\1\0\3\2")


def test_the_main_sound_is_a_batch_of_its_own() -> None:
    message = convert.frame_batch_to_proto(
        Sound(first=50, levels=np.full((2, 16), 9, np.uint8), duration=3.0)
    )
    assert (message.first_sound_step, message.sound_levels) == (50, bytes([9]) * 32)
    assert not message.HasField("track_levels")


def test_facts_name_the_sound_tracks() -> None:
    track = SoundTrack(
        number=1, language="deu", title="Ton", layout="stereo", channels=("FL", "FR"), heard=True
    )
    message = convert.frame_batch_to_proto(
        Facts(facts=MediaFacts(picture_end=2.5, sound_tracks=(track,)), duration=3.0)
    )
    assert message.picture_end_seconds == 2.5
    [told] = message.sound_tracks
    assert (told.number, told.language, told.title, told.layout, list(told.channels)) == (
        1,
        "deu",
        "Ton",
        "stereo",
        ["FL", "FR"],
    )


@pytest.mark.parametrize("most", [None, 14_400.0])
def test_an_engine_without_a_longest_video_says_none(most: float | None) -> None:
    spec = EngineSpec(
        name="local",
        display_name="Local",
        model="model-1",
        tracks=(TrackSpec(modality=Modality.VISUAL, dimension=8),),
        min_segment=0.5,
        max_segment=10.0,
        max_duration=most,
    )
    message = convert.engine_to_proto(spec, Availability(available=False, reason="No memory."))
    assert message.HasField("max_duration") == (most is not None)
    assert (message.available, message.unavailable_reason) == (False, "No memory.")
    assert not message.needs_api_key
    assert seconds(message.min_segment_duration) == 0.5
