"""Where in A moments of B are looked for: everywhere, or near what is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.frames import search_ranges
from services.compare.frames.fingerprints import Frames
from services.compare.frames.search_ranges import SearchRanges, find_ranges
from services.compare.frames.tuning import TUNED
from services.compare.timeline import Float64
from tests.unit.compare.frames.films import cut, film, frame_track, joined, reencoded

_LONG = film(60.0)
_A = Frames(frame_track(_LONG))
_NONE: Float64 = np.zeros((0, 2))


def _covers(ranges: SearchRanges, time_a: float, time_b: float) -> bool:
    [index] = _A.nearest(np.array([time_a]))
    return any(low <= index < high for low, high in ranges.within(_A, time_b, time_b))


_anchors = st.lists(st.tuples(st.floats(0, 60), st.floats(0, 60)), min_size=1, max_size=8).map(
    lambda found: np.array(sorted(found, key=lambda pair: pair[1]))
)


@given(_anchors, st.floats(0, 60), st.floats(0, 5))
def test_ranges_are_ordered_apart_and_inside_the_video(
    anchors: Float64, start: float, seconds: float
) -> None:
    found = SearchRanges(anchors, TUNED).within(_A, start, start + seconds)
    assert all(0 <= low < high <= len(_A) for low, high in found)
    assert all(one[1] < other[0] for one, other in pairwise(found))


@given(_anchors)
def test_each_anchor_is_looked_at_where_it_is(anchors: Float64) -> None:
    ranges = SearchRanges(anchors, TUNED)
    for time_a, time_b in anchors:
        assert _covers(ranges, min(time_a, 59.9), time_b)


def test_a_hole_is_searched_from_both_of_its_ends() -> None:
    ranges = SearchRanges(np.array([[5.0, 5.0], [45.0, 35.0]]), TUNED)
    assert _covers(ranges, 20.0, 20.0)
    assert _covers(ranges, 30.0, 20.0)
    assert not _covers(ranges, 55.0, 20.0)


def test_a_short_pair_is_searched_everywhere() -> None:
    ranges = find_ranges(_A, _A, _NONE, 100, tuning=TUNED)
    assert ranges.within(_A, 0.0, 60.0) == [(0, len(_A))]


@pytest.fixture
def _long_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs of a minute count as long ones."""
    monkeypatch.setattr(search_ranges, "ALL_PAIRS", 1000)


@pytest.mark.usefixtures("_long_pairs")
def test_scene_changes_lead_through_a_cut_in_a_long_pair() -> None:
    b = Frames(frame_track(reencoded(joined(cut(_LONG, 0, 20), cut(_LONG, 35, 60)))))
    ranges = find_ranges(_A, b, _NONE, len(b), tuning=TUNED)
    for time_b in (2.0, 10.0, 18.0):
        assert _covers(ranges, time_b, time_b)
    for time_b in (22.0, 30.0, 43.0):
        assert _covers(ranges, time_b + 15, time_b)
    searched = sum(high - low for low, high in ranges.within(_A, 30.0, 30.0))
    assert searched < len(_A) / 2


@pytest.mark.usefixtures("_long_pairs")
def test_vectors_lead_where_there_is_no_scene_change() -> None:
    still = Frames(frame_track(np.repeat(_LONG[:1], 1500, axis=0)))
    ranges = find_ranges(still, still, np.array([[40.0, 10.0]]), len(still), tuning=TUNED)
    [(low, high)] = ranges.within(still, 10.0, 10.0)
    assert low <= 1000 < high


@pytest.mark.usefixtures("_long_pairs")
def test_where_nothing_is_known_the_beginning_is_where_to_start() -> None:
    b = Frames(frame_track(film(60.0, seed=9)))
    assert find_ranges(_A, b, _NONE, len(b), tuning=TUNED).within(_A, 0.0, 1.0)
