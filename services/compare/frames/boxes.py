"""The part of the picture that changed, as a box."""

from __future__ import annotations

import numpy as np

from services.compare.frames.tuning import FramesTuning
from services.compare.timeline import Box, Float32

_GRID = 16


def changed_box(cells: Float32, *, tuning: FramesTuning) -> Box | None:
    """The box round the clearly changed cells of a (256,) map; None for a whole-picture change."""
    largest = float(cells.max())
    usual = float(np.median(cells))
    changed = cells > max(tuning.box_share * largest, 3 * usual)
    if usual > 0.5 * largest or changed.mean() > tuning.box_whole or not changed.any():
        return None
    grid = changed.reshape(_GRID, _GRID)
    rows = np.flatnonzero(grid.any(axis=1))
    columns = np.flatnonzero(grid.any(axis=0))
    height = int(rows[-1] - rows[0] + 1)
    width = int(columns[-1] - columns[0] + 1)
    if changed.mean() > 0.35 and height * width > 0.8 * _GRID * _GRID:
        return None
    return Box(
        left=int(columns[0]) / _GRID,
        top=int(rows[0]) / _GRID,
        width=width / _GRID,
        height=height / _GRID,
    )
