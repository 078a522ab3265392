"""What a video shows between any two times."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.segments.content import Content, cosine, evenly_spaced, window_distances
from services.compare.segments.distance import unit_rows
from services.compare.timeline import SegmentTrack
from tests.unit.compare.segments.vectors import shots, track

_FILM = track(shots(12))
_CONTENT = Content(_FILM)
_times = st.floats(-5, 30)


def _between(start: float, end: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    found = _CONTENT.between(np.array([start]), np.array([end]))
    return found[0]  # type: ignore[no-any-return]


@given(_times, _times, _times)
def test_two_stretches_one_after_the_other_are_one(x: float, y: float, z: float) -> None:
    start, middle, end = sorted((x, y, z))
    whole = _between(start, middle) + _between(middle, end)
    assert whole == pytest.approx(_between(start, end), abs=1e-4)


def test_a_segment_is_its_vector_for_as_long_as_it_lasts() -> None:
    found = _CONTENT.between(_FILM.starts, _FILM.ends)
    assert found == pytest.approx(2.0 * _CONTENT.vectors, abs=1e-5)


@pytest.mark.parametrize(("start", "end"), [(-4, 0), (24, 30), (7, 7)])
def test_outside_and_for_no_time_there_is_nothing(start: float, end: float) -> None:
    assert not _between(start, end).any()


def test_half_of_one_and_half_of_the_next() -> None:
    mixed = _CONTENT.vectors[3] + _CONTENT.vectors[4]
    assert _between(7, 9) == pytest.approx(mixed, abs=1e-5)


@given(st.floats(0, 20), st.floats(0.1, 4))
def test_a_window_is_no_way_from_what_is_shown_in_it(start: float, seconds: float) -> None:
    shown = unit_rows(_between(start, start + seconds)[None])
    [distance] = window_distances(_CONTENT, np.array([start]), np.array([start + seconds]), shown)
    assert distance == pytest.approx(0.0, abs=1e-5)


def test_a_direction_is_at_right_angles_to_none_and_nothing_is_the_same_as_nothing() -> None:
    zero, one = np.zeros((1, 3)), np.array([[3.0, 0.0, 0.0]])
    assert cosine(one, 5 * one) == pytest.approx(1.0)
    assert cosine(one, -one) == pytest.approx(-1.0)
    assert cosine(zero, one)[0] == 0.0
    assert cosine(zero, zero)[0] == 1.0


def test_tracks_of_one_length_stay_as_they_are() -> None:
    assert evenly_spaced(_FILM, _FILM) == (_FILM, _FILM)


def test_tracks_of_two_lengths_are_brought_onto_one() -> None:
    long = track(shots(6), seconds=4.0)
    a, b = evenly_spaced(_FILM, long)
    assert np.median(a.ends - a.starts) == pytest.approx(np.median(b.ends - b.starts))
    assert (a.duration, b.duration) == (24.0, 24.0)


@given(st.lists(st.floats(0.5, 6), min_size=2, max_size=12))
def test_uneven_segments_tile_the_same_time_afterwards(lengths: list[float]) -> None:
    edges = np.append(0.0, np.cumsum(lengths))
    uneven = SegmentTrack(vectors=shots(len(lengths)), starts=edges[:-1], ends=edges[1:])
    for found in evenly_spaced(uneven, uneven):
        assert found.starts[0] == 0.0
        assert (found.starts[1:] == found.ends[:-1]).all()
        assert found.duration == pytest.approx(edges[-1])
        assert len(found.vectors) == len(found.starts)
