"""Detail pictures, and the form in which they are stored."""

from __future__ import annotations

import numpy as np
import pytest
from av.video.frame import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from services.embed.artifacts.detail_pictures import DetailScaler, detail_shape
from services.embed.artifacts.detail_track import (
    PICTURES_A_CHUNK,
    DetailTrackEncoder,
    check_detail_track,
    detail_chunks,
    is_sampled,
)
from services.embed.artifacts.stored_forms import ArtifactError
from services.embed.artifacts.tracks import UInt8
from tests.fixtures.detail_tracks import encode_detail_track

FPS = 25
STILL = np.random.default_rng(1).integers(0, 255, (32, 64)).astype(np.uint8)


def sampled(pictures: list[UInt8], duration: float) -> list[float]:
    """The times at which a video of these pictures, 25 a second, is sampled."""
    stored = encode_detail_track(((n / FPS, p) for n, p in enumerate(pictures)), duration)
    return [time for chunk in detail_chunks(stored, ()) for time in chunk.times.tolist()]


def moving(count: int) -> list[UInt8]:
    random = np.random.default_rng(2)
    return [random.integers(0, 255, (32, 64)).astype(np.uint8) for _ in range(count)]


def test_what_stands_still_is_kept_every_half_second() -> None:
    assert sampled([STILL] * 75, 3.0) == [0.0, 0.48, 1.0, 1.48, 2.0, 2.48]


def test_what_moves_is_kept_every_second() -> None:
    assert sampled(moving(75), 3.0) == [0.0, 1.0, 2.0]


def test_a_picture_that_stays_is_kept_once() -> None:
    stored = encode_detail_track([(0.0, STILL), (7.3, 255 - STILL)], 9.0)
    (chunk,) = detail_chunks(stored, ())
    assert chunk.times.tolist() == [0.0, 7.3]


def test_a_video_between_two_moments_has_none() -> None:
    stored = encode_detail_track([(0.1, STILL)], 0.4)
    assert list(detail_chunks(stored, ())) == []


@given(start=st.integers(0, 10_000), length=st.integers(1, 300))
def test_of_pictures_that_follow_one_another_one_shows_each_moment(start: int, length: int) -> None:
    """In milliseconds, and counted beside it with whole numbers."""
    moments = range(0, start + length, 500)
    shown = any(start <= moment for moment in moments)
    assert is_sampled(start / 1000, (start + length) / 1000) == shown


@given(width=st.integers(16, 8000), height=st.integers(16, 8000))
def test_pictures_have_whole_blocks_and_about_as_many_pixels(width: int, height: int) -> None:
    rows, columns = detail_shape(width, height)
    assert rows % 8 == columns % 8 == 0
    assert (columns, rows) == detail_shape(height, width)
    if 1 / 3 < width / height < 3:
        assert 0.9 < rows * columns / (320 * 184) < 1.1
        assert columns / rows == pytest.approx(width / height, rel=0.05)


@given(width=st.integers(100, 4000), factor=st.sampled_from([2, 3, 4]))
def test_two_sizes_of_one_video_have_one_shape(width: int, factor: int) -> None:
    height = width * 9 // 16
    assert detail_shape(width, height) == detail_shape(width * factor, height * factor)


@pytest.mark.parametrize(("form", "white", "black"), [("yuv420p", 235, 16), ("yuvj420p", 255, 0)])
def test_luma_is_of_full_range(form: str, white: int, black: int) -> None:
    frame = VideoFrame(640, 360, form)
    for plane, value in zip(frame.planes, (white, 128, 128), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    half = np.frombuffer(memoryview(frame.planes[0]), np.uint8).copy()
    half.reshape(360, -1)[180:] = black
    frame.planes[0].update(half.tobytes())
    picture = DetailScaler().of(frame)
    assert picture.shape == (184, 320)
    assert (picture[:90] == 255).all()
    assert (picture[94:] == 0).all()


def long_track() -> bytes:
    pictures = [(0.5 * n, np.full((32, 64), n % 250, np.uint8)) for n in range(200)]
    return encode_detail_track(pictures, 100.0)


def test_only_the_chunks_of_a_span_are_read() -> None:
    stored = long_track()
    starts = [chunk.times[0] for chunk in detail_chunks(stored, ())]
    assert starts == [16.0 * n for n in range(7)]
    assert PICTURES_A_CHUNK == 32
    found = [chunk.times[0] for chunk in detail_chunks(stored, [(20.0, 33.0), (90.0, 99.0)])]
    assert found == [16.0, 32.0, 80.0, 96.0]
    # What was on the screen before the next chunk begins may be in the one before.
    assert [chunk.times[0] for chunk in detail_chunks(stored, [(15.9, 15.95)])] == [0.0]


def test_memory_does_not_grow_with_the_video() -> None:
    given: list[int] = []
    encoder = DetailTrackEncoder(lambda chunk: given.append(len(chunk)))
    for number in range(100):
        encoder.show(0.5 * number, STILL)
    assert len(given) == 3


@pytest.mark.parametrize("place", [3, 9, 25, 60, -5])
def test_damage_is_noticed(place: int) -> None:
    stored = bytearray(long_track())
    check_detail_track(bytes(stored))
    stored[place] ^= 0x40
    with pytest.raises(ArtifactError):
        check_detail_track(bytes(stored))


@pytest.mark.parametrize("kept", [0, 10, 30, 200, -1])
def test_what_is_cut_off_is_noticed(kept: int) -> None:
    with pytest.raises(ArtifactError):
        check_detail_track(long_track()[:kept])
