"""Scores at quarter segments are those of the mixes that B would show there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.segments.corridor import Corridor
from services.compare.segments.distance import unit_rows
from services.compare.segments.score_grid import PARTS, fit_rows
from services.compare.segments.tuning import TUNED
from services.compare.timeline import Float32
from tests.unit.compare.segments.vectors import shots

_LIMIT = 0.2


def _everywhere(rows_a: int, rows_b: int) -> Corridor:
    return Corridor(low=np.zeros(rows_b, np.int64), high=np.full(rows_b, rows_a, np.int64))


def _fits(a: Float32, b: Float32, corridor: Corridor | None = None) -> list[Float32]:
    corridor = corridor or _everywhere(len(a), len(b))
    return [fit.copy() for fit in fit_rows(a, b, corridor, _LIMIT)]


def _shifted(vectors: Float32, share: float) -> Float32:
    """What segments show that begin so much of a segment later."""
    return unit_rows((1 - share) * vectors[:-1] + share * vectors[1:])


def test_a_video_fits_itself_best_where_it_is() -> None:
    a = shots(12)
    for row, fit in enumerate(_fits(a, a)):
        assert fit.argmax() == row * PARTS
        assert fit.max() == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_video_that_begins_later_fits_as_much_later(part: int) -> None:
    a = np.concatenate([shots(3, seed) for seed in range(8)])[::3]
    for row, fit in enumerate(_fits(a, _shifted(a, part / PARTS))):
        assert fit.argmax() == row * PARTS + part
        assert fit.max() > 0.9


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 99))
def test_fits_are_bounded(rows_a: int, rows_b: int, seed: int) -> None:
    for fit in _fits(shots(rows_a, seed), shots(rows_b, seed + 1)):
        assert fit.shape == (PARTS * rows_a,)
        assert (fit <= 1).all()
        assert (fit >= np.float32(TUNED.worst_fit)).all()


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_corridor_shows_a_part_of_the_same_grid(data: st.DataObject) -> None:
    rows_a, rows_b = data.draw(st.integers(2, 12)), data.draw(st.integers(1, 12))
    a, b = shots(rows_a), shots(rows_b, seed=5)
    cells = st.lists(st.integers(0, rows_a - 1), min_size=rows_b, max_size=rows_b).map(sorted)
    low, high = data.draw(cells), data.draw(cells)
    corridor = Corridor(low=np.minimum(low, high), high=np.maximum(low, high) + 1)
    whole = _fits(a, b)
    for row, fit in enumerate(_fits(a, b, corridor)):
        begin, end = corridor.low[row] * PARTS, corridor.high[row] * PARTS
        assert fit == pytest.approx(whole[row][begin:end], abs=1e-5)


def test_blocks_do_not_show() -> None:
    a, b = shots(40), shots(200, seed=3)
    rows = _fits(a, b)
    alone = _fits(a, b[63:67])
    # Whole positions need no neighbour, so they are the same where a block begins.
    for row, fit in zip(rows[63:67], alone, strict=True):
        assert fit[::PARTS] == pytest.approx(row[::PARTS], abs=1e-5)


def test_a_distance_at_the_limit_is_worth_nothing() -> None:
    one = np.array([[1.0, 0.0]], np.float32)
    other = np.array([[1 - _LIMIT, np.sqrt(1 - (1 - _LIMIT) ** 2)]], np.float32)
    assert _fits(one, other)[0][0] == pytest.approx(0.0, abs=1e-5)
