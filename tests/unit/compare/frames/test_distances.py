"""The distances of segments are what their vectors say, within what the frames know."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.frames.distances import (
    mean_over,
    measured_distances,
    scored_region,
    unchanged_distances,
    wholly_same,
    with_changes,
)
from services.compare.timeline import Float64, Region, RegionKind, SegmentTrack


def _track(count: int, seed: int = 1) -> SegmentTrack:
    edges = np.arange(0.0, 2.0 * count + 1, 2.0, dtype=np.float64)
    vectors = np.random.default_rng(seed).standard_normal((count, 8)).astype(np.float32)
    return SegmentTrack(vectors=vectors, starts=edges[:-1], ends=edges[1:])


def _region(
    kind: RegionKind, start: float, end: float, shift: float = 0.0, score: float = 0.0
) -> Region:
    b_start, b_end = start + shift, end + shift
    return Region(kind=kind, a_start=start, a_end=end, b_start=b_start, b_end=b_end, score=score)


def _same(start: float, end: float, shift: float = 0.0) -> Region:
    return _region(RegionKind.UNCHANGED, start, end, shift)


_TEN = _track(10)
_UNSEEN: Float64 = np.full(10, np.nan)


def test_a_video_is_no_way_from_itself() -> None:
    distances, partners = measured_distances(_TEN, _TEN, [_same(0, 20)], _UNSEEN, everywhere=False)
    assert distances == pytest.approx(np.zeros(10), abs=1e-6)
    assert partners == pytest.approx(_TEN.starts)


def test_what_the_other_video_does_not_have_has_no_partner() -> None:
    deleted = Region(kind=RegionKind.DELETED, a_start=8, a_end=20, b_start=8, b_end=8)
    distances, partners = measured_distances(
        _TEN, _track(4), [_same(0, 8), deleted], _UNSEEN, everywhere=False
    )
    assert np.isnan(distances[4:]).all()
    assert np.isnan(partners[4:]).all()
    assert np.isfinite(distances[:4]).all()


def test_frames_that_are_the_same_bound_the_distance_where_samples_fall_apart() -> None:
    other, seen = _track(10, seed=2), np.full(10, 0.05)
    off_grid = [_same(0, 18, shift=0.7)]
    distances, _ = measured_distances(_TEN, other, off_grid, seen, everywhere=False)
    assert (distances[:9] <= 0.05).all()


def test_where_samples_fall_together_vectors_are_believed_unless_told_otherwise() -> None:
    other, seen = _track(10, seed=2), np.full(10, 0.05)
    on_grid = [_same(0, 20)]
    by_vectors, _ = measured_distances(_TEN, other, on_grid, seen, everywhere=False)
    assert (by_vectors > 0.05).all()
    by_frames, _ = measured_distances(_TEN, other, on_grid, seen, everywhere=True)
    assert (by_frames <= 0.05).all()


@given(st.floats(0, 20), st.floats(0, 20))
def test_the_mean_is_weighted_by_how_long_each_segment_is_in_the_stretch(
    one: float, other: float
) -> None:
    start, end = sorted((one, other))
    levels = np.arange(10) / 10.0
    mean = mean_over(_TEN, levels, start, end)
    if end - start < 1e-3:
        return
    moments = np.linspace(start, end, 4001)[:-1] + (end - start) / 8000
    assert mean == pytest.approx(levels[(moments // 2).astype(int).clip(0, 9)].mean(), abs=2e-3)


def test_segments_without_a_partner_do_not_count() -> None:
    levels = np.array([0.2, np.nan, 0.4, *[np.nan] * 7])
    assert mean_over(_TEN, levels, 0, 6) == pytest.approx(0.3)
    assert mean_over(_TEN, levels, 2, 4) is None
    assert mean_over(_TEN, levels, 5, 5) is None


def test_a_region_is_scored_by_its_segments_and_a_change_never_below_what_frames_saw() -> None:
    levels = np.full(10, 0.25)
    assert scored_region(_same(0, 8), _TEN, levels).score == pytest.approx(0.25)
    logo = _region(RegionKind.REPLACED, 4, 8, score=0.6)
    assert scored_region(logo, _TEN, levels).score == pytest.approx(0.6)
    scene = _region(RegionKind.REPLACED, 4, 8, score=0.1)
    assert scored_region(scene, _TEN, levels).score == pytest.approx(0.25)


@pytest.mark.parametrize("kind", [RegionKind.INSERTED, RegionKind.DELETED])
def test_what_one_video_has_alone_is_not_scored(kind: RegionKind) -> None:
    alone = _region(kind, 4, 8)
    assert scored_region(alone, _TEN, np.full(10, 0.25)) is alone


def test_a_change_raises_its_segments_by_the_share_that_it_takes() -> None:
    logo = _region(RegionKind.REPLACED, 3, 8, score=0.6)
    raised = with_changes([_same(0, 3), logo, _same(8, 20)], _TEN, np.full(10, 0.1))
    assert raised == pytest.approx([0.1, 0.3, 0.6, 0.6, *[0.1] * 6])


@given(st.floats(0, 1))
def test_no_change_makes_a_segment_nearer(score: float) -> None:
    before = np.random.default_rng(4).uniform(0, 1, 10)
    logo = _region(RegionKind.REPLACED, 3, 8, score=score)
    assert (with_changes([logo], _TEN, before) >= before).all()


def test_only_segments_that_lie_wholly_in_the_same_content_tell_what_noise_is() -> None:
    regions = [_same(0, 5), _region(RegionKind.REPLACED, 5, 12), _same(12, 20)]
    same = wholly_same(regions, _TEN.starts, _TEN.ends)
    assert same.tolist() == [True] * 2 + [False] * 4 + [True] * 4
    levels = np.arange(10.0)
    levels[9] = np.nan
    assert unchanged_distances(regions, _TEN, levels).tolist() == [0, 1, 6, 7, 8]
