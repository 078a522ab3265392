"""Standing overlays: cells that differ nearly always, under a logo, a time code or bars."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.compare.frames.fingerprints import CHANNEL_WEIGHTS
from services.compare.timeline import Cells, UInt8

# An overlay may not show on a picture that happens to look like it.
_NEARLY_ALWAYS = 0.75
# Levels by which its cells differ, at least and against the usual cell.
_LEAST_LEVELS, _TIMES_USUAL = 3.0, 5.0
# The same for the usual difference of a cell that an overlay covers in part.
_TIMES_BESIDE, _LEAST_USUAL = 2.5, 0.4
# A row or column that is covered for this share is covered.
_ALL_BUT_FULL = 0.75
_LEAST_FRAMES = 12
# Levels of variation over time from which a cell says whether it follows the other side, and the
# correlation below which it does not.
_LEAST_VARIATION, _UNRELATED = 6.0, 0.5
# What covers more is no overlay but another picture.
_MOST_CELLS = 0.45


def opaque_cells(left: UInt8, right: UInt8) -> Cells:
    """(cells,) which cells of one side say nothing of the other's: under bars or a solid logo.

    left, right: (n, cells, 3) colours of matched frames; no look hinders this, as it goes by how
    the luma of each cell runs from frame to frame.
    """
    none = np.zeros(left.shape[1], bool)
    if len(left) < _LEAST_FRAMES:
        return none
    one, other = (_centred(side[..., 0]) for side in (left, right))
    varies = np.maximum(one.std(axis=0), other.std(axis=0)) >= _LEAST_VARIATION
    product = (one * other).sum(axis=0)
    size = np.linalg.norm(one, axis=0) * np.linalg.norm(other, axis=0)
    opaque = varies & (product < _UNRELATED * np.maximum(size, 1e-6))
    return opaque if opaque.mean() <= _MOST_CELLS else none


def standing_cells(left: UInt8, right: UInt8) -> Cells:
    """(cells,) which cells differ in nearly all of n matched frames; none when they are too few.

    left, right: (n, cells, 3) colours of the same look.
    """
    none = np.zeros(left.shape[1], bool)
    if len(left) < _LEAST_FRAMES:
        return none
    steady = np.quantile(_apart(left, right), 1 - _NEARLY_ALWAYS, axis=0)
    standing: Cells = steady > max(_LEAST_LEVELS, _TIMES_USUAL * float(np.median(steady)))
    return standing if standing.mean() <= _MOST_CELLS else none


def whole_overlay(covered: Cells, shared: Cells, left: UInt8, right: UInt8) -> Cells:
    """(16, 16) the covered cells with those beside them that an overlay covers in part, and rows
    and columns that it all but fills.

    covered, shared: (16, 16) cells of the grid; left, right: (n, shared cells, 3) colours.
    """
    apart = np.zeros(covered.shape, np.float32)
    apart[shared] = np.median(_apart(left, right), axis=0)
    usual = float(np.median(apart[shared & ~covered]))
    padded = np.pad(covered, 1)
    beside = np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).any(axis=(2, 3))
    grown = covered | (beside & (apart > _TIMES_BESIDE * max(usual, _LEAST_USUAL)))
    rows, columns = (covered.mean(axis=axis) >= _ALL_BUT_FULL for axis in (1, 0))
    grown[rows] = True
    grown[:, columns] = True
    return grown & shared


def _centred(luma: UInt8) -> NDArray[np.float32]:
    levels = luma.astype(np.float32)
    centred: NDArray[np.float32] = levels - levels.mean(axis=0)
    return centred


def _apart(left: UInt8, right: UInt8) -> NDArray[np.float32]:
    """(n, cells) differences in levels, all channels taken together."""
    levels = np.abs(left.astype(np.float32) - right) * (CHANNEL_WEIGHTS / np.float32(3))
    apart: NDArray[np.float32] = levels.sum(axis=2)
    return apart
