"""The best way through the grid: on, ahead over what was deleted, and past what is new."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.segments.corridor import Corridor
from services.compare.segments.grid_path import Positions, best_path
from services.compare.segments.score_grid import PARTS, fit_rows
from services.compare.timeline import Float32
from tests.unit.compare.segments.vectors import coded_again, shots

_FILM, _OTHER = shots(60), shots(60, seed=31)


def _path(a: Float32, b: Float32) -> Positions:
    corridor = Corridor(low=np.zeros(len(b), np.int64), high=np.full(len(b), len(a), np.int64))
    return best_path(fit_rows(a, b, corridor, 0.2), corridor, len(a))


def _segments(path: Positions) -> list[int]:
    """Whole segments of A, -1 for what is new."""
    return [position // PARTS if position >= 0 else -1 for position in path.tolist()]


def test_a_video_goes_on_in_itself() -> None:
    assert _segments(_path(_FILM, coded_again(_FILM))) == list(range(60))


@pytest.mark.parametrize(("start", "end"), [(0, 9), (21, 27), (12, 45), (51, 60)])
def test_what_was_deleted_is_jumped_over(start: int, end: int) -> None:
    b = np.concatenate([_FILM[:start], _FILM[end:]])
    assert _segments(_path(_FILM, coded_again(b))) == [*range(start), *range(end, 60)]


@pytest.mark.parametrize("at", [0, 21, 60])
def test_what_is_new_has_no_position_and_the_rest_goes_on(at: int) -> None:
    b = np.concatenate([_FILM[:at], _OTHER[:12], _FILM[at:]])
    expected = [*range(at), *[-1] * 12, *range(at, 60)]
    assert _segments(_path(_FILM, coded_again(b))) == expected


def test_what_was_replaced_goes_on_behind_it() -> None:
    b = np.concatenate([_FILM[:21], _OTHER[:12], _FILM[33:]])
    assert _segments(_path(_FILM, coded_again(b))) == [*range(21), *[-1] * 12, *range(33, 60)]


def test_unrelated_content_has_no_positions() -> None:
    assert (_path(_FILM, _OTHER) == -1).all()


def test_double_speed_is_followed() -> None:
    fast = coded_again(_FILM[::2])
    found = _path(_FILM, fast)
    matched = found >= 0
    assert matched.mean() > 0.5
    assert (np.abs(found[matched] - 2 * PARTS * np.flatnonzero(matched)) <= 2 * PARTS).all()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 50), st.integers(1, 10)), max_size=6))
def test_whatever_was_done_the_path_runs_forward(edits: list[tuple[bool, int, int]]) -> None:
    parts = [(_FILM if known else _OTHER)[at : at + length] for known, at, length in edits]
    b = np.concatenate([*parts, _FILM[:3]])
    found = _path(_FILM, b)
    assert len(found) == len(b)
    assert (found < 60 * PARTS).all()
    matched = found[found >= 0]
    assert (np.diff(matched) > 0).all()
