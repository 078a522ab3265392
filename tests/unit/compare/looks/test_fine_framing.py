"""A framing that is known roughly is found to a fraction of a detail pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.looks import finely_framed
from services.compare.looks.framing import Axis, Framing
from services.compare.timeline import Float32

ROWS, COLUMNS = 184, 320
# A third of a pixel of the smaller side.
EXACT = 0.002


def picture(seed: int) -> Float32:
    """Bright words on black, in a picture six times as fine as those of a detail track."""
    random = np.random.default_rng(seed)
    fine = np.full((ROWS * 2, COLUMNS * 2), 16, np.float32)
    for top in range(14, ROWS * 2 - 30, 44):
        left = int(random.integers(20, 80))
        while left < COLUMNS * 2 - 60:
            width = int(random.integers(6, 24))
            fine[top : top + int(random.integers(8, 20)), left : left + width] = 235
            left += width + int(random.integers(6, 40))
    return fine


def detail(fine: Float32, vertical: Axis, horizontal: Axis) -> Float32:
    """What a version shows of it, black outside: the nearest of many points of each pixel."""
    out = np.zeros((ROWS * 3, COLUMNS * 3), np.float32)
    down = vertical.to_a((np.arange(ROWS * 3) + 0.5) / (ROWS * 3))
    across = horizontal.to_a((np.arange(COLUMNS * 3) + 0.5) / (COLUMNS * 3))
    inside = np.outer((down >= 0) & (down < 1), (across >= 0) & (across < 1))
    row = np.clip((down * len(fine)).astype(int), 0, len(fine) - 1)
    column = np.clip((across * fine.shape[1]).astype(int), 0, fine.shape[1] - 1)
    out[inside] = fine[row[:, None], column[None]][inside]
    pixels: Float32 = out.reshape(ROWS, 3, COLUMNS, 3).mean(axis=(1, 3))
    return pixels


def edges(framing: Framing) -> list[float]:
    axes = (framing.vertical, framing.horizontal)
    return [axis.to_a(edge) for axis in axes for edge in (0.0, 1.0)]


@settings(max_examples=6, deadline=None)
@given(
    st.sampled_from([0.8, 0.93, 1.0, 1.07, 1.333]),
    st.sampled_from([0.8, 1.0, 1.2]),
    st.floats(-0.012, 0.012),
    st.booleans(),
)
def test_it_is_found_from_nearby(down: float, across: float, off: float, mirrored: bool) -> None:
    vertical = Axis(scale=down, offset=(1 - down) / 2)
    horizontal = Axis(scale=across, offset=(1 - across) / 2)
    right = Framing(vertical=vertical, horizontal=horizontal, mirrored=mirrored)
    pairs = []
    for seed in range(3):
        a, b = detail(picture(seed), Axis(), Axis()), detail(picture(seed), vertical, horizontal)
        pairs.append((a, b[:, ::-1] if mirrored else b))
    roughly = Framing(
        vertical=shifted(vertical, off), horizontal=shifted(horizontal, -off), mirrored=mirrored
    )
    assert edges(finely_framed(roughly, pairs)) == pytest.approx(edges(right), abs=EXACT)


def shifted(axis: Axis, off: float) -> Axis:
    """The axis a bit off; one that is not framed stays so."""
    if axis == Axis():
        return axis
    return Axis(scale=axis.scale + off, offset=axis.offset - off / 4)


def test_what_is_not_framed_stays_so() -> None:
    picture_of_both = detail(picture(1), Axis(), Axis())
    assert finely_framed(Framing(), [(picture_of_both, picture_of_both)]) == Framing()
    framing = Framing(vertical=Axis(scale=1.2, offset=-0.1))
    assert finely_framed(framing, []) == framing
