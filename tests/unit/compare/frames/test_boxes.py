"""The box round what changed in the picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.frames.boxes import changed_box
from services.compare.frames.tuning import TUNED
from services.compare.timeline import Box, Float32


def _map(top: int, left: int, height: int, width: int, level: float = 0.5) -> Float32:
    cells = np.zeros((16, 16), np.float32)
    cells[top : top + height, left : left + width] = level
    return cells.ravel()


def _box(cells: Float32) -> Box | None:
    return changed_box(cells, tuning=TUNED)


@given(st.data())
def test_a_patch_gets_its_own_box(data: st.DataObject) -> None:
    height, width = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 5))
    top, left = data.draw(st.integers(0, 16 - height)), data.draw(st.integers(0, 16 - width))
    box = _box(_map(top, left, height, width))
    assert box == Box(left=left / 16, top=top / 16, width=width / 16, height=height / 16)


@given(st.floats(0.01, 1.0))
def test_the_box_does_not_depend_on_how_strong_the_change_is(level: float) -> None:
    assert _box(_map(4, 4, 3, 2, level)) == _box(_map(4, 4, 3, 2))


def test_two_patches_get_one_box_round_both() -> None:
    both = np.maximum(_map(1, 1, 2, 2), _map(9, 11, 3, 2))
    assert _box(both) == Box(left=1 / 16, top=1 / 16, width=12 / 16, height=11 / 16)


def test_noise_beside_the_patch_is_outside_the_box() -> None:
    noisy = _map(4, 4, 3, 3) + np.random.default_rng(1).uniform(0, 0.02, 256).astype(np.float32)
    assert _box(noisy) == _box(_map(4, 4, 3, 3))


@pytest.mark.parametrize(
    "cells",
    [_map(0, 0, 16, 16), np.linspace(0.4, 0.6, 256, dtype=np.float32), np.zeros(256, np.float32)],
    ids=["all alike", "all a bit otherwise", "nothing"],
)
def test_a_change_of_the_whole_picture_has_no_box(cells: Float32) -> None:
    assert _box(cells) is None
