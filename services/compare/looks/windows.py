"""Windows: which part of a whole picture another one shows."""

from __future__ import annotations

import itertools
from functools import cache, lru_cache

import numpy as np

from services.compare.looks.framing import SIDE, Axis, Framing, area_means, inside
from services.compare.timeline import Cells, Float64

# How much of the picture a window shows: crops of wide pictures, and zooms.
_WIDTHS = (0.9, 0.82, 0.75, 0.66, 0.56)
_SIZES = (0.95, 0.87, 0.78, 0.68, 0.6)
_PLACES = (0.0, 0.25, 0.5, 0.75, 1.0)
# Windows lie on a grid of this, in fractions of the picture.
GRID = 0.002

# Width, middle, height and middle of a window, in fractions of the whole picture.
Window = tuple[float, float, float, float]


@cache
def candidates() -> tuple[tuple[Window, ...], ...]:
    """Windows as high as the picture, then windows of its proportions."""
    across = [(width, x, 1.0, 0.5) for width in _WIDTHS for x in _places(width)]
    zoomed = [
        (size, x, size, y)
        for size in _SIZES
        for x, y in itertools.product(_places(size), _places(size))
    ]
    return tuple(across), tuple(zoomed)


def _places(length: float) -> list[float]:
    return [0.5 * length + place * (1 - length) for place in _PLACES]


@lru_cache(maxsize=4096)
def _axis(length: float, middle: float) -> Axis:
    return Axis(scale=length, offset=middle - length / 2)


@lru_cache(maxsize=256)
def framing_of(window: Window) -> Framing:
    """The framing in which B shows this window of A."""
    width, across, height, down = window
    return Framing(horizontal=_axis(width, across), vertical=_axis(height, down))


@lru_cache(maxsize=4096)
def placed(length: float, middle: float) -> Float64:
    """(16, 16) what brings a window's cells onto those of the whole picture."""
    return area_means(_axis(length, middle).to_b(np.linspace(0.0, 1.0, SIDE + 1)))


def within(window: Window) -> Window:
    """The nearest window on the grid that does not reach beyond the picture."""
    width, across, height, down = (round(each / GRID) * GRID for each in window)
    return (
        width,
        min(max(across, width / 2), 1 - width / 2),
        height,
        min(max(down, height / 2), 1 - height / 2),
    )


def as_window(window: Float64) -> Window:
    """window: (4,) as arrays of windows have them."""
    width, across, height, down = window.tolist()
    return width, across, height, down


def always_visible(windows: Float64) -> Cells:
    """Which cells of A's picture, (SIDE, SIDE), lie within every one of the (n, 4) windows."""
    edges = np.linspace(0.0, 1.0, SIDE + 1)
    visible = np.ones((SIDE, SIDE), bool)
    for window in np.unique(windows, axis=0):
        width, across, height, down = as_window(window)
        rows, columns = (
            inside(_axis(*each).to_b(edges)) for each in ((height, down), (width, across))
        )
        visible &= np.outer(rows, columns)
    return visible
