"""Which frame is shown when, and how far two frames are apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.frames.fingerprints import (
    Frames,
    cell_differences,
    frame_distances,
    mean_difference,
)
from tests.unit.compare.frames.films import film, frame_track, joined, reencoded

_FILM = Frames(frame_track(film(8.0)))


def _every(frames: Frames) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(len(frames))


@given(st.floats(-1, 9))
def test_the_nearest_frame_is_nearest(time: float) -> None:
    [index] = _FILM.nearest(np.array([time]))
    apart = np.abs(_FILM.times - time)
    # Rounded to milliseconds, two frames may be as near: the earlier one is taken then.
    assert apart[index] <= apart.min() + 0.002


def test_half_way_between_two_frames_the_earlier_one_is_taken() -> None:
    assert _FILM.nearest(np.array([0.0199, 0.02, 0.0205, 0.022])).tolist() == [0, 0, 0, 1]


@given(st.floats(0, 8), st.floats(0, 8))
def test_frames_between_two_times_are_those_that_begin_there(start: float, end: float) -> None:
    found = set(_FILM.between(start, end).tolist())
    surely = (_FILM.times >= start) & (_FILM.times < end - 0.002)
    perhaps = (_FILM.times >= start - 0.0021) & (_FILM.times < end)
    assert set(np.flatnonzero(surely)) <= found <= set(np.flatnonzero(perhaps))


def test_every_frame_is_shown_until_the_next_one_and_the_last_until_the_end() -> None:
    track = replace(_FILM.track, times=_FILM.times[:3] ** 2, duration=0.5)
    uneven = replace(track, fingerprints=track.fingerprints[:3])
    assert Frames(uneven).shown == pytest.approx([0.0016, 0.0048, 0.4936])
    # A file whose end is before its last frame shows it for a moment all the same.
    assert Frames(replace(uneven, duration=0.0)).shown[-1] == 1e-4


@pytest.mark.parametrize(("count", "step"), [(1, 0.04), (2, 0.04), (100, 0.04)])
def test_the_usual_step(count: int, step: float) -> None:
    assert Frames(frame_track(film(4.0)[:count])).step == pytest.approx(step)


def test_a_single_picture_steps_as_long_as_it_is_shown() -> None:
    still = replace(frame_track(film(1.0)[:1]), duration=7.0)
    assert Frames(still).step == 7.0


def test_pooled_fingerprints_are_means_of_four_cells() -> None:
    cells = _FILM.track.fingerprints[5].astype(float).reshape(8, 2, 8, 2, 3).mean(axis=(1, 3))
    assert np.abs(_FILM.pooled[5].reshape(8, 8, 3) - cells).max() <= 0.5


def test_cuts_are_where_scenes_change() -> None:
    scenes = [film(1.0, seed)[:20] for seed in range(4)]
    assert Frames(frame_track(joined(*scenes))).cuts.tolist() == [20, 40, 60]


def test_neither_a_pan_nor_a_fade_nor_noise_is_a_cut() -> None:
    one, other = film(1.0, 1)[0].astype(float), film(1.0, 2)[0].astype(float)
    share = np.linspace(0, 1, 50)[:, None, None, None]
    fade = np.round((1 - share) * one + share * other).astype(np.uint8)
    for calm in (film(1.4), fade, reencoded(np.repeat(fade[:1], 50, axis=0), 3.0)):
        assert len(Frames(frame_track(calm)).cuts) == 0


def test_two_frames_are_too_few_for_a_cut() -> None:
    assert len(Frames(frame_track(joined(film(1.0, 1)[:1], film(1.0, 2)[:1]))).cuts) == 0


@given(st.integers(0, 255), st.integers(0, 255))
def test_a_difference_is_in_levels_and_has_no_direction(left: int, right: int) -> None:
    one, other = np.full((1, 768), left, np.uint8), np.full((1, 768), right, np.uint8)
    assert mean_difference(one, other)[0] == mean_difference(other, one)[0] == abs(left - right)


def test_distances_are_those_of_the_pairs_in_any_order() -> None:
    other = Frames(frame_track(reencoded(film(8.0))))
    order = np.random.default_rng(3).permutation(len(_FILM))
    along = frame_distances(_FILM, other, _every(_FILM), _every(_FILM))
    assert frame_distances(_FILM, other, order, order) == pytest.approx(along[order])
    assert 0.5 < along.mean() < 2


def test_cells_that_are_equal_differ_by_nothing_and_a_full_range_change_counts_as_one() -> None:
    black, white = film(1.0)[:1] * 0, film(1.0)[:1] * 0
    white[0, 3, 5, 0] = 255
    one, other = Frames(frame_track(black)), Frames(frame_track(white))
    index = np.array([0])
    cells = cell_differences(one, other, index, index).reshape(16, 16)
    assert cells[3, 5] == pytest.approx(1.0)
    assert cells.sum() == pytest.approx(1.0)
    assert not cell_differences(one, one, index, index).any()


def test_a_change_of_hue_counts_for_more_than_one_of_brightness() -> None:
    grey = film(1.0)[:1] * 0 + 100
    brighter, tinted = grey.copy(), grey.copy()
    brighter[..., 0] += 20
    tinted[..., 1] += 20
    base, index = Frames(frame_track(grey)), np.array([0])
    by_luma = cell_differences(base, Frames(frame_track(brighter)), index, index)
    by_chroma = cell_differences(base, Frames(frame_track(tinted)), index, index)
    assert by_chroma.mean() == pytest.approx(1.5 * by_luma.mean())


@pytest.mark.parametrize("slack", [0.0, 0.01, 0.03, 0.2])
def test_what_a_grade_leaves_uncertain_is_no_difference(slack: float) -> None:
    graded = Frames(replace(frame_track(reencoded(film(0.4), 6.0)), colour_slack=slack))
    plain = Frames(frame_track(film(0.4)))
    index = _every(plain)
    exact = cell_differences(plain, Frames(frame_track(graded.track.fingerprints)), index, index)
    assert cell_differences(plain, graded, index, index) == pytest.approx(
        np.maximum(exact - slack, 0), abs=1e-6
    )


def test_what_moves_may_have_been_in_between() -> None:
    moving = film(1.0)
    later = Frames(replace(frame_track(moving[1:]), motion_slack=1.0))
    plain = Frames(frame_track(moving[:-1]))
    index = np.arange(20)
    strict = cell_differences(plain, Frames(frame_track(moving[1:])), index, index)
    assert strict.max() > 0
    assert cell_differences(plain, later, index, index).max() < strict.max() / 2
