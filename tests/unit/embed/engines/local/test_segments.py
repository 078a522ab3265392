"""Segments and steps tile a video, whatever its length."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.embed.engines.local.segments import STEPS_A_SEGMENT, SegmentGrid

_grids = st.floats(0.5, 10.0).map(SegmentGrid)
_ends = st.floats(0.02, 4000.0)


@given(_grids, _ends)
def test_segments_tile_the_video_from_zero_to_its_end(grid: SegmentGrid, end: float) -> None:
    starts, ends = grid.segments(end)
    assert starts[0] == 0
    assert ends[-1] == end
    assert (starts[1:] == ends[:-1]).all()
    assert (ends > starts).all()


@given(_grids, _ends)
def test_only_the_last_segment_is_shorter_and_none_is_longer_than_rounding_makes_it(
    grid: SegmentGrid, end: float
) -> None:
    starts, ends = grid.segments(end)
    lengths = ends - starts
    assert lengths[:-1] == pytest.approx(grid.duration)
    assert lengths[-1] <= grid.duration + 0.0101


@given(_grids, _ends)
def test_every_segment_begins_with_a_step(grid: SegmentGrid, end: float) -> None:
    starts, _ = grid.segments(end)
    steps, _ = grid.steps(end)
    assert steps[::STEPS_A_SEGMENT][: len(starts)] == pytest.approx(starts)


def test_a_rest_of_a_few_milliseconds_makes_no_segment() -> None:
    grid = SegmentGrid(2.0)
    assert grid.segments(6.004)[0].tolist() == [0.0, 2.0, 4.0]
    assert grid.segments(6.004)[1].tolist() == [2.0, 4.0, 6.004]
    assert grid.segments(6.1)[0].tolist() == [0.0, 2.0, 4.0, 6.0]


def test_the_shortest_video_has_one_segment() -> None:
    starts, ends = SegmentGrid(2.0).segments(0.001)
    assert (starts.tolist(), ends.tolist()) == ([0.0], [0.001])


@given(_grids, st.floats(0, 100), st.floats(0.001, 5))
def test_a_picture_is_sampled_exactly_when_a_step_has_its_middle_in_it(
    grid: SegmentGrid, start: float, length: float
) -> None:
    middles = (np.arange(0, (start + length) / grid.step + 2) + 0.5) * grid.step
    inside = ((middles >= start) & (middles < start + length)).any()
    assert grid.samples_between(start, start + length) == inside


def test_a_picture_whose_end_nobody_knows_is_sampled() -> None:
    assert SegmentGrid(2.0).samples_between(0.3, math.inf)


@pytest.mark.parametrize("length", [0.0, -1.0, math.nan])
def test_segments_have_a_length(length: float) -> None:
    with pytest.raises(ValueError, match="must have a length"):
        SegmentGrid(length)
