from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.ingest.library.previews import even_grid
from services.ingest.media import filmstrip
from services.ingest.media.filmstrip import make_filmstrip
from services.ingest.media.pictures import tile_size
from services.ingest.ports import Filmstrip
from tests.fixtures import clips


def tiles(strip: Filmstrip) -> list[NDArray[np.uint8]]:
    with av.open(io.BytesIO(strip.jpeg), "r") as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert picture.shape == (strip.tile_height, strip.tile_width * len(strip.times), 3)
    return np.split(picture, len(strip.times), axis=1)


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(np.abs(one.astype(float) - other.astype(float)).mean())


def strip_of(path: Path, count: int, height: int = 36) -> Filmstrip:
    with path.open("rb") as file:
        return make_filmstrip(file, times=even_grid(6.0, count), tile_height=height)


def test_each_tile_is_the_picture_of_its_time(clip: Path) -> None:
    strip = strip_of(clip, 6)
    assert strip.times == pytest.approx([0.5, 1.5, 2.5, 3.5, 4.5, 5.5], abs=0.04)
    shown = tiles(strip)
    rabbits, men = shown[:4], shown[4:]
    assert difference(men[0], men[1]) < difference(rabbits[3], men[0]) / 2


def test_long_videos_show_their_key_frames(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = tiles(strip_of(clip, 2))
    monkeypatch.setattr(filmstrip, "_MOST_DECODED_PIXELS", 0)
    strip = strip_of(clip, 4)
    assert len(strip.times) == 4
    assert strip.times == sorted(strip.times)
    assert strip.times[0] == 0.0
    assert all(time <= due for time, due in zip(strip.times, [0.75, 2.25, 3.75, 5.25], strict=True))
    assert difference(tiles(strip)[0], exact[0]) < 60


def test_any_times_can_be_asked_for(clip: Path) -> None:
    """What comes of times that lie apart is what decoding all of the video gives."""
    every = strip_of(clip, 150)
    wanted = [0.06, 0.1, 3.02, 5.98]
    with clip.open("rb") as file:
        strip = make_filmstrip(file, times=wanted, tile_height=36)
    assert strip.times == pytest.approx([0.04, 0.08, 3.0, 5.96], abs=0.001)
    # Compression to JPEG depends on the neighbours a little.
    for time, tile in zip(strip.times, tiles(strip), strict=True):
        same = tiles(every)[round(time * clips.RATE)]
        assert difference(tile[:, : same.shape[1]], same) < 4


def test_what_takes_too_long_ends_in_key_frames(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filmstrip, "_PATIENCE", 0)
    assert len(strip_of(clip, 5).times) == 5


def test_a_turned_video_is_shown_upright(tmp_path: Path) -> None:
    pieces = clips.REEL[1:2]
    upright = clips.write(tmp_path / "upright.mp4", pieces)
    turned = clips.write(tmp_path / "turned.mp4", pieces, rotation=90)
    wide, high = strip_of(upright, 1), strip_of(turned, 1)
    assert (wide.tile_width, wide.tile_height) == (64, 36)
    assert (high.tile_width, high.tile_height) == (20, 36)


@given(
    width=st.integers(1, 8192),
    height=st.integers(1, 8192),
    asked=st.integers(1, 180),
    count=st.integers(1, 240),
)
@settings(deadline=None)
def test_a_strip_is_never_too_wide(width: int, height: int, asked: int, count: int) -> None:
    tile_width, tile_height = tile_size(width, height, asked, count)
    assert tile_width * count <= 32_000
    assert tile_width % 2 == tile_height % 2 == 0
    assert 2 <= tile_height <= max(asked, 2)
