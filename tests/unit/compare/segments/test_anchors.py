"""Anchors pair what is surely the same, in the order of both videos."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.segments.anchors import anchor_times, find_anchors, mutual_neighbours
from services.compare.timeline import Float32
from tests.unit.compare.segments.vectors import coded_again, shots, track

_FILM = shots(90)


def _nearest(a: Float32, b: Float32) -> tuple[list[int], list[int]]:
    i, j = mutual_neighbours(a, b)
    return i.tolist(), j.tolist()


def test_every_segment_is_its_own_neighbour() -> None:
    every = list(range(len(_FILM)))
    assert _nearest(_FILM, _FILM) == (every, every)


def test_neighbours_are_found_in_any_order() -> None:
    order = np.random.default_rng(2).permutation(90)
    i, j = mutual_neighbours(_FILM, _FILM[order])
    assert order[j].tolist() == i.tolist() == list(range(90))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 40), st.integers(1, 40))
def test_nobody_has_two_neighbours_and_both_sides_agree(seed: int, n: int, m: int) -> None:
    a, b = shots(n, seed), shots(m, seed + 1)
    i, j = _nearest(a, b)
    assert len(set(i)) == len(i) == len(set(j))
    assert sorted(zip(*_nearest(b, a), strict=True)) == sorted(zip(j, i, strict=True))


def test_what_all_segments_share_does_not_make_them_alike() -> None:
    # A letterbox, or a studio: the same in every picture.
    common = 5 * np.ones((1, 64), np.float32)
    i, j = mutual_neighbours(_FILM + common, coded_again(_FILM) + common)
    assert np.mean(i == j) > 0.9


def test_a_chain_follows_a_cut() -> None:
    b = coded_again(np.concatenate([_FILM[:30], _FILM[48:]]))
    chain, _ = find_anchors(_FILM, b)
    expected = np.where(chain.j < 30, chain.j, chain.j + 18)
    assert (chain.i == expected).all()
    assert len(chain.i) > 0.9 * len(b)


@pytest.mark.parametrize("order", [[2, 0, 1], [1, 0, 2], [2, 1, 0]])
def test_a_chain_only_ever_runs_forward(order: list[int]) -> None:
    parts = [_FILM[:30], _FILM[30:60], _FILM[60:]]
    chain, _ = find_anchors(_FILM, coded_again(np.concatenate([parts[it] for it in order])))
    assert (np.diff(chain.i) > 0).all()
    assert (np.diff(chain.j) > 0).all()
    assert len(chain.i) >= 25


def test_unrelated_videos_have_next_to_no_anchors() -> None:
    chain, scale = find_anchors(_FILM, shots(90, seed=77))
    assert len(chain.i) < 5
    assert scale.limit < scale.unrelated


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
def test_the_scale_is_that_of_the_pair(noise: float) -> None:
    _, scale = find_anchors(_FILM, coded_again(_FILM, noise))
    along = 1 - np.vecdot(_FILM, coded_again(_FILM, noise))
    assert scale.same == pytest.approx(np.quantile(along, 0.35), abs=0.01)
    assert scale.same <= scale.limit <= 0.4 * scale.unrelated


@given(st.floats(0.5, 10))
def test_times_are_the_middles_of_segments(seconds: float) -> None:
    times = anchor_times(track(_FILM[:9], seconds), track(_FILM[:9], seconds))
    assert times == pytest.approx(np.repeat((np.arange(9) + 0.5) * seconds, 2).reshape(9, 2))


def test_a_video_without_segments_has_no_anchors() -> None:
    assert anchor_times(track(_FILM[:0]), track(_FILM)).shape == (0, 2)
