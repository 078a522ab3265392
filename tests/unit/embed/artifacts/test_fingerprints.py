"""Fingerprints are the mean colours of the cells, whatever the size, format and rotation."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.embed.artifacts.fingerprints import Fingerprinter
from services.mediakit.container import open_media
from services.mediakit.decoding import Decoded, decode
from tests.fixtures.clips import REEL, cut
from tests.fixtures.media import ClipLibrary


def planar(luma: NDArray[np.uint8], *, cb: int = 128, cr: int = 128) -> av.VideoFrame:
    """A full-range 4:2:0 picture with plain chroma."""
    height, width = luma.shape
    half = (height // 2, width // 2)
    stacked = np.concatenate(
        [luma.reshape(-1), np.full(half, cb, np.uint8).ravel(), np.full(half, cr, np.uint8).ravel()]
    )
    frame = av.VideoFrame.from_ndarray(stacked.reshape(height * 3 // 2, width), "yuv420p")
    frame.color_range = ColorRange.JPEG
    return frame


def fingerprints_of(path: Path) -> NDArray[np.uint8]:
    fingerprinter = Fingerprinter()
    with open_media(path) as media:
        pictures = decode(media, Decoded(), sound=False)
        return np.stack([fingerprinter.of(f) for _, f in pictures if isinstance(f, av.VideoFrame)])


@settings(max_examples=25, deadline=None)
@given(
    height=st.integers(16, 200).map(lambda n: 2 * n),
    width=st.integers(16, 200).map(lambda n: 2 * n),
    seed=st.integers(0, 99),
)
def test_cells_hold_the_mean_of_their_pixels(height: int, width: int, seed: int) -> None:
    # Smooth, since the cells of tall pictures have edges rounded to whole rows.
    down, across = np.linspace(0, 2, height)[:, None], np.linspace(0, 3, width)[None]
    luma = (128 + 80 * np.sin(down + seed) * np.cos(across)).astype(np.uint8)
    made = Fingerprinter().of(planar(luma, cb=60, cr=200))
    divisible = np.repeat(np.repeat(luma, 16, axis=0), 16, axis=1)
    expected = divisible.reshape(16, height, 16, width).mean(axis=(1, 3))
    np.testing.assert_allclose(made[..., 0], expected, atol=2)
    assert np.all(made[..., 1] == 60)
    assert np.all(made[..., 2] == 200)


@pytest.mark.parametrize("height", [2160, 4320])
def test_very_large_pictures_do_not_overflow(height: int) -> None:
    white = np.full((height, 64), 255, np.uint8)
    assert np.all(Fingerprinter().of(planar(white))[..., 0] == 255)


def test_limited_range_is_stretched() -> None:
    frame = planar(np.full((64, 64), 235, np.uint8))
    frame.color_range = ColorRange.MPEG
    assert np.all(Fingerprinter().of(frame) == (255, 128, 128))


def test_other_pixel_formats_come_out_the_same(clip_library: ClipLibrary) -> None:
    pieces = cut(REEL, 0, 1)
    usual = fingerprints_of(clip_library.get("usual.mp4", pieces, crf=10))
    ten_bit = fingerprints_of(
        clip_library.get("ten_bit.mp4", pieces, crf=10, pixel_format="yuv420p10le")
    )
    difference = np.abs(usual.astype(int) - ten_bit)
    assert difference.mean() < 1
    assert np.quantile(difference, 0.99) <= 6


def test_fields_of_interlaced_pictures_are_averaged_together(clip_library: ClipLibrary) -> None:
    pieces = cut(REEL, 0, 1)
    progressive = fingerprints_of(clip_library.get("whole.mp4", pieces, crf=10))
    interlaced = fingerprints_of(
        clip_library.get(
            "fields.mp4", pieces, crf=10, codec_options={"x264-params": "tff=1:interlaced=1"}
        )
    )
    difference = np.abs(progressive.astype(int) - interlaced)
    assert difference.mean() < 1
    assert difference.max() <= 12


def test_a_rotated_video_has_the_fingerprints_that_viewers_see(clip_library: ClipLibrary) -> None:
    pieces = cut(REEL, 0, 1)
    upright = fingerprints_of(clip_library.get("upright.mp4", pieces))
    rotated = fingerprints_of(clip_library.get("rotated.mp4", pieces, rotation=90))
    np.testing.assert_array_equal(rotated, np.rot90(upright, axes=(1, 2)))


def test_sizes_and_codings_of_one_video_agree(clip_library: ClipLibrary) -> None:
    pieces = cut(REEL, 0, 4)
    large = fingerprints_of(clip_library.get("large_4s.mp4", pieces, size=(640, 360), crf=18))
    small = fingerprints_of(clip_library.get("small_4s.mp4", pieces, crf=28))
    assert len(large) == len(small) == 100
    assert np.abs(large.astype(int) - small).mean() < 1.5
