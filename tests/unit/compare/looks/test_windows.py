"""Which part of a whole picture another one shows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.looks.windows import (
    GRID,
    Window,
    always_visible,
    as_window,
    candidates,
    framing_of,
    within,
)

_lengths = st.floats(0.5, 1.0)
_windows = st.tuples(_lengths, st.floats(0, 1), _lengths, st.floats(0, 1))


def _in_picture(window: Window) -> bool:
    width, across, height, down = window
    edges = (across - width / 2, across + width / 2, down - height / 2, down + height / 2)
    return all(-1e-9 <= edge <= 1 + 1e-9 for edge in edges)


def test_every_candidate_lies_in_the_picture() -> None:
    across, zoomed = candidates()
    assert all(_in_picture(window) for window in (*across, *zoomed))
    assert all(height == 1.0 for _, _, height, _ in across)
    assert all(width == height for width, _, height, _ in zoomed)
    assert len({*across, *zoomed}) == len(across) + len(zoomed)


@given(_windows)
def test_a_window_that_sticks_out_is_moved_inside(window: Window) -> None:
    found = within(window)
    assert _in_picture(found)
    assert found[0] == pytest.approx(window[0], abs=GRID)
    assert found[2] == pytest.approx(window[2], abs=GRID)


@given(_windows)
def test_a_window_inside_stays_where_it_is_on_the_grid(window: Window) -> None:
    found = within(window)
    assert within(found) == pytest.approx(found, abs=GRID)
    assert as_window(np.array(found)) == found


@given(_windows)
def test_the_framing_of_a_window_shows_just_that(window: Window) -> None:
    width, across, height, down = window
    framing = framing_of(window)
    assert framing.horizontal.to_a(0.0) == pytest.approx(across - width / 2)
    assert framing.horizontal.to_a(1.0) == pytest.approx(across + width / 2)
    assert framing.vertical.to_a(0.5) == pytest.approx(down)
    assert framing.vertical.scale == height


def test_what_a_pan_always_shows_is_what_all_of_its_windows_have() -> None:
    left, right = (0.75, 0.375, 1.0, 0.5), (0.75, 0.625, 1.0, 0.5)
    visible = always_visible(np.array([left, right, left]))
    assert visible.all(axis=0).tolist() == [False] * 4 + [True] * 8 + [False] * 4
    assert always_visible(np.array([(1.0, 0.5, 1.0, 0.5)])).all()
