"""The same frames at another rate are the same frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.frames.time_base import frame_ratio, refine_alignment
from services.compare.timeline import FrameTrack, RegionKind
from tests.unit.compare.frames.films import (
    assert_tiles,
    cut,
    film,
    frame_track,
    joined,
    reencoded,
)

_FILM = film(10.0)


def _at(fps: float, count: int = 400) -> FrameTrack:
    """Frames of which only the times matter."""
    frames = np.broadcast_to(_FILM[:1], (count, 16, 16, 3))
    return frame_track(frames, fps)


@pytest.mark.parametrize(
    ("fps_a", "fps_b"),
    [(24, 24000 / 1001), (25, 24), (24, 25), (30, 30000 / 1001), (60, 60000 / 1001)],
)
def test_rates_of_which_one_is_made_of_the_other_by_speed(fps_a: float, fps_b: float) -> None:
    assert frame_ratio(_at(fps_a), _at(fps_b)) == pytest.approx(fps_a / fps_b)


@pytest.mark.parametrize(("fps_a", "fps_b"), [(25, 25), (25, 50), (24, 30), (25, 25.001)])
def test_rates_that_are_equal_or_need_other_frames(fps_a: float, fps_b: float) -> None:
    assert frame_ratio(_at(fps_a), _at(fps_b)) is None


@given(st.floats(10, 120), st.floats(10, 120))
def test_the_ratio_the_other_way_round_is_its_inverse(fps_a: float, fps_b: float) -> None:
    there, back = frame_ratio(_at(fps_a), _at(fps_b)), frame_ratio(_at(fps_b), _at(fps_a))
    if there is not None and back is not None:
        assert there * back == pytest.approx(1)


def test_times_rounded_to_milliseconds_have_a_ratio_all_the_same() -> None:
    exact = _at(24000 / 1001, 1200)
    rounded = replace(exact, times=np.round(exact.times, 3))
    assert frame_ratio(_at(24, 1200), rounded) == pytest.approx(1.001, abs=1e-5)


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_frames_have_no_rate(count: int) -> None:
    assert frame_ratio(_at(25, count), _at(24, count)) is None


def test_uneven_frames_have_no_rate() -> None:
    uneven = replace(_at(25), times=np.cumsum(np.tile([0.01, 0.07], 200)))
    assert frame_ratio(uneven, _at(24)) is None


def test_a_film_at_24_and_at_25_frames_is_one_stretch_at_another_speed() -> None:
    a, b = frame_track(_FILM, 24), frame_track(reencoded(_FILM), 25)
    [region] = refine_alignment(None, a, b).regions
    assert region.kind is RegionKind.RETIMED
    assert region.rate == pytest.approx(25 / 24, abs=1e-3)


def test_a_cut_between_frames_of_different_rates_is_found_to_the_frame() -> None:
    edited = joined(cut(_FILM, 0, 4), cut(_FILM, 6, 10))
    a, b = frame_track(_FILM, 24), frame_track(edited, 25)
    found = refine_alignment(None, a, b)
    assert_tiles(found.regions, a.duration, b.duration)
    [deleted] = [it for it in found.regions if it.kind is RegionKind.DELETED]
    # Seconds of the film are frames here: it was made with 25 of them in a second.
    assert deleted.a_start == pytest.approx(100 / 24, abs=1.5 / 24)
    assert deleted.a_end == pytest.approx(150 / 24, abs=1.5 / 24)
    assert deleted.b_start == pytest.approx(4.0, abs=1.5 / 25)


def test_the_map_of_time_leads_from_end_to_end() -> None:
    a, b = frame_track(_FILM, 24), frame_track(_FILM, 25)
    found = refine_alignment(None, a, b)
    assert found.time_map.to_b(np.array([0.0, a.duration])) == pytest.approx([0.0, b.duration])
