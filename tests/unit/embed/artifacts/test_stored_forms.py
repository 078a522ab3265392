"""What is stored comes back, and damage is noticed."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.embed.artifacts.stored_forms import (
    FRAMES_A_CHUNK,
    SOUND_STEPS_A_CHUNK,
    ArtifactError,
    decode_vectors,
    encode_vectors,
    frame_count_and_duration,
    track_chunks,
)
from services.embed.artifacts.tracks import (
    FrameChunk,
    MediaFacts,
    SoundChunk,
    SoundTrack,
    VectorTrack,
)
from tests.fixtures.frame_tracks import FrameTrack, decode_frame_track, encode_frame_track


def vector_track(count: int, dimension: int, *, fine: bool = False) -> VectorTrack:
    random = np.random.default_rng(4)
    starts = np.arange(0.0, 2.0 * count, 2.0)
    return VectorTrack(
        vectors=random.standard_normal((count, dimension)).astype(np.float32),
        starts=starts,
        ends=starts + 2.0,
        fine=vector_track(4 * count, dimension + 1) if fine else None,
    )


def frame_track(count: int, sound_steps: int = 0, tracks: int = 0) -> FrameTrack:
    """Frames that change a little from one to the next, with uneven times, and any sound.

    tracks: how many sound tracks are described, with levels of their channels.
    """
    random = np.random.default_rng(4)
    steps = random.integers(-2, 3, (count, 16, 16, 3))
    return FrameTrack(
        times=np.cumsum(random.uniform(0.01, 0.1, count)) - 0.01,
        fingerprints=np.clip(100 + np.cumsum(steps, axis=0), 0, 255).astype(np.uint8),
        duration=count * 0.1,
        sound=random.integers(0, 256, (sound_steps, 16), np.uint8),
        further={
            number: random.integers(0, 256, (sound_steps, 16), np.uint8)
            for number in range(1, tracks)
        },
        channels={
            number: random.integers(0, 1 << 16, (sound_steps, number + 1), np.uint16)
            for number in range(tracks)
        },
        facts=MediaFacts(
            picture_end=count * 0.1,
            sound_tracks=tuple(described(number) for number in range(tracks)),
        ),
    )


def described(number: int) -> SoundTrack:
    return SoundTrack(
        number=number + 1,
        language="deu",
        title="Kommentar für alle",
        layout="stereo",
        channels=("FL", "FR"),
        heard=True,
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9), st.integers(1, 40), st.booleans())
def test_vectors_come_back(count: int, dimension: int, fine: bool) -> None:
    track = vector_track(count, dimension, fine=fine)
    back = decode_vectors(encode_vectors(track))
    np.testing.assert_array_equal(back.vectors, track.vectors)
    np.testing.assert_array_equal(back.starts, track.starts)
    np.testing.assert_array_equal(back.ends, track.ends)
    assert (back.fine is not None) == fine
    if back.fine is not None and track.fine is not None:
        assert back.fine.vectors.dtype == np.float32
        np.testing.assert_allclose(back.fine.vectors, track.fine.vectors, rtol=1e-3, atol=1e-6)
        np.testing.assert_array_equal(back.fine.starts, track.fine.starts)


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 3 * FRAMES_A_CHUNK + 1),
    st.integers(1, 3 * SOUND_STEPS_A_CHUNK),
    st.integers(0, 3),
)
def test_frame_tracks_come_back(count: int, sound_steps: int, tracks: int) -> None:
    track = frame_track(count, sound_steps, tracks)
    back = decode_frame_track(encode_frame_track(track))
    np.testing.assert_array_equal(back.times, track.times)
    np.testing.assert_array_equal(back.fingerprints, track.fingerprints)
    np.testing.assert_array_equal(back.sound, track.sound)
    np.testing.assert_equal(back.further, track.further)
    np.testing.assert_equal(back.channels, track.channels)
    assert back.facts == track.facts
    assert back.duration == track.duration


def test_a_frame_track_is_read_chunk_by_chunk() -> None:
    data = encode_frame_track(frame_track(600, 3000))
    assert frame_count_and_duration(data) == (600, 60.0)
    sizes = [
        len(chunk.levels) if isinstance(chunk, SoundChunk) else len(chunk.times)
        for chunk in track_chunks(data)
        if isinstance(chunk, SoundChunk | FrameChunk)
    ]
    assert sizes == [256, 256, 3000, 88]


def test_a_frame_track_from_before_tracks_had_sound_is_read() -> None:
    """Two frames as version 1 stored them."""
    track = frame_track(2)
    flat = track.fingerprints.reshape(2, -1)
    steps = np.stack([flat[0], flat[1] - flat[0]])
    chunk = zlib.compress(track.times.view(np.uint8).reshape(2, 8).T.tobytes() + steps.T.tobytes())
    index = struct.pack("<IIdIII", 2, 1, track.duration, 2, len(chunk), zlib.crc32(chunk))
    stored = b"SAGEFRM\x00" + struct.pack("<II", 1, zlib.crc32(index)) + index + chunk
    back = decode_frame_track(stored)
    np.testing.assert_array_equal(back.times, track.times)
    np.testing.assert_array_equal(back.fingerprints, track.fingerprints)
    assert back.sound.shape == (0, 16)


def test_a_frame_track_from_before_tracks_had_channels_is_read() -> None:
    """Two steps of sound as version 2 stored them."""
    levels = np.array([[5] * 16, [7] * 16], np.uint8)
    chunk = zlib.compress(np.stack([levels[0], levels[1] - levels[0]]).T.tobytes())
    index = struct.pack("<IIdIIII", 0, 1, 0.04, 1, 2, len(chunk), zlib.crc32(chunk))
    stored = b"SAGEFRM\x00" + struct.pack("<II", 2, zlib.crc32(index)) + index + chunk
    back = decode_frame_track(stored)
    np.testing.assert_array_equal(back.sound, levels)
    assert back.facts is None
    assert not back.channels


def test_a_frame_track_is_compressed() -> None:
    assert len(encode_frame_track(frame_track(500))) < 500 * 768 / 2


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1, exclude_max=True))
def test_a_wrong_byte_is_noticed_wherever_it_is(share: float) -> None:
    for stored, decode in (
        (encode_vectors(vector_track(3, 8, fine=True)), decode_vectors),
        (encode_frame_track(frame_track(20, 30, 2)), decode_frame_track),
    ):
        broken = bytearray(stored)
        broken[int(share * len(stored))] ^= 0x10
        with pytest.raises(ArtifactError):
            decode(bytes(broken))


@pytest.mark.parametrize("kept", [0, 5, 20, 60, -1])
def test_a_cut_off_artifact_is_noticed(kept: int) -> None:
    with pytest.raises(ArtifactError):
        decode_vectors(encode_vectors(vector_track(3, 8))[:kept])
    with pytest.raises(ArtifactError):
        decode_frame_track(encode_frame_track(frame_track(20))[:kept])


def test_one_kind_is_not_taken_for_the_other() -> None:
    with pytest.raises(ArtifactError, match="something else"):
        decode_vectors(encode_frame_track(frame_track(20)))


def test_another_version_is_refused() -> None:
    stored = bytearray(encode_vectors(vector_track(1, 4)))
    stored[8] = 9
    with pytest.raises(ArtifactError, match="version 9"):
        decode_vectors(bytes(stored))
