"""Where B's picture lies in A's, and how both come onto one grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.looks.framing import SIDE, Axis, Framing, area_means, brought, smoothing
from services.compare.timeline import UInt8

_EDGES = np.linspace(0.0, 1.0, SIDE + 1)
_axes = st.builds(Axis, scale=st.floats(0.4, 2.0), offset=st.floats(-0.5, 0.5))
_PLAIN = np.eye(SIDE)


def _pictures(seed: int = 0) -> UInt8:
    """Two pictures with soft edges."""
    soft = np.random.default_rng(seed).normal(0, 8, (2, SIDE, SIDE, 3)).cumsum(1).cumsum(2)
    pictures: UInt8 = np.clip(128 + soft, 0, 255).astype(np.uint8)
    return pictures


@given(_axes, st.floats(0, 1))
def test_there_and_back(axis: Axis, place: float) -> None:
    assert axis.to_a(axis.to_b(place)) == pytest.approx(place)


@given(st.floats(0.4, 1.0), st.floats(0, 1), st.floats(0, 1))
def test_a_stretch_of_the_grid_lies_in_b(scale: float, one: float, other: float) -> None:
    start, end = sorted((one, other))
    low, high = Axis(scale=scale, offset=(1 - scale) / 2).in_b(start, end)
    assert 0.0 <= low <= high <= 1.0


def test_the_plain_framing_changes_nothing() -> None:
    plain, pictures = Framing(), _pictures()
    assert plain.is_plain
    assert (plain.of_a(pictures) == pictures).all()
    assert (plain.of_b(pictures) == pictures).all()
    assert plain.shared.all()


def test_a_mirrored_picture_is_turned_round() -> None:
    mirrored, pictures = Framing(mirrored=True), _pictures()
    assert (mirrored.of_b(pictures) == pictures[:, :, ::-1]).all()
    assert (mirrored.of_a(pictures) == pictures).all()


@given(_axes)
def test_levels_stay_as_they_are_whatever_the_framing(axis: Axis) -> None:
    framing = Framing(horizontal=axis, vertical=axis)
    grey = np.full((1, SIDE, SIDE, 3), 90, np.uint8)
    shared = framing.shared
    assert (framing.of_a(grey)[0][shared] == 90).all()
    assert (framing.of_b(grey)[0][shared] == 90).all()


@pytest.mark.parametrize("shown", [12, 8])
def test_a_crop_is_found_in_the_whole(shown: int) -> None:
    # B shows the middle cells of A, enlarged to all of its picture.
    first = (SIDE - shown) // 2
    axis = Axis(scale=shown / SIDE, offset=first / SIDE)
    whole = _pictures()
    edges_in_a = axis.to_a(_EDGES)
    crop = brought(whole, area_means(edges_in_a), area_means(edges_in_a))
    framing = Framing(horizontal=axis, vertical=axis)
    of_a, of_b = framing.of_a(whole)[:, framing.shared], framing.of_b(crop)[:, framing.shared]
    assert framing.shared.sum() == shown**2
    assert np.abs(of_a.astype(int) - of_b.astype(int)).mean() < 3


def test_bars_lie_outside() -> None:
    # B shows A's picture at three quarters of its height, between black bars.
    bars = Axis(scale=4 / 3, offset=-1 / 6)
    assert bars.outside.tolist() == [True] * 2 + [False] * 12 + [True] * 2
    assert not Axis().outside.any()


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12, unique=True).map(sorted))
def test_means_over_stretches_keep_the_sum(inner: list[float]) -> None:
    edges = np.array([0.0, *inner, 1.0])
    cells = np.random.default_rng(3).uniform(0, 255, SIDE)
    means = area_means(edges) @ cells
    assert (means * np.diff(edges)).sum() == pytest.approx(cells.mean(), rel=1e-6)


def test_means_over_the_cells_are_the_cells() -> None:
    assert area_means(_EDGES) == pytest.approx(_PLAIN, abs=1e-9)


@given(st.lists(st.booleans(), min_size=SIDE, max_size=SIDE))
def test_smoothing_takes_from_what_both_have_and_keeps_levels(seen: list[bool]) -> None:
    weights = smoothing(np.array(seen))
    assert weights.sum(axis=1) == pytest.approx(np.ones(SIDE))
    for cell, known in enumerate(seen):
        if not known:
            others = np.delete(weights[:, cell], cell)
            assert not others.any()
