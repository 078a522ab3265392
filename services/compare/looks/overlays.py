"""Standing overlays: cells that differ nearly always, under a logo, a time code or bars."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.compare.frames.fingerprints import CHANNEL_WEIGHTS
from services.compare.looks.tuning import LooksTuning
from services.compare.timeline import Cells, UInt8

_LEAST_FRAMES = 12


def unlike_throughout(left: UInt8, right: UInt8, *, tuning: LooksTuning) -> Cells:
    """(16, 16) cells that are not what they are in the other video at any time, while the rest is;
    none when those are too many.

    left, right: (n, 16, 16, 3) and (m, 16, 16, 3) frames of both, whatever they show: by the middle
    half of their luma over time, which versions of one film have in common.
    """
    ranges = [np.quantile(side[..., 0], (0.25, 0.5, 0.75), axis=0) for side in (left, right)]
    apart = np.abs(ranges[0] - ranges[1]).min(axis=0)
    usual = float(np.median(apart))
    least = max(tuning.overlay_unlike_levels, tuning.overlay_times_usual * usual)
    unlike: Cells = apart > least
    none = np.zeros_like(unlike)
    return unlike if unlike.mean() <= tuning.overlay_most_cells else none


def opaque_cells(left: UInt8, right: UInt8, *, tuning: LooksTuning) -> Cells:
    """(cells,) which cells of one side say nothing of the other's: under bars or a solid logo.

    left, right: (n, cells, 3) colours of matched frames; no look hinders this, as it goes by how
    the luma of each cell runs from frame to frame.
    """
    none = np.zeros(left.shape[1], bool)
    if len(left) < _LEAST_FRAMES:
        return none
    one, other = (_centred(side[..., 0]) for side in (left, right))
    varies = np.maximum(one.std(axis=0), other.std(axis=0)) >= tuning.overlay_least_variation
    product = (one * other).sum(axis=0)
    size = np.linalg.norm(one, axis=0) * np.linalg.norm(other, axis=0)
    opaque = varies & (product < tuning.overlay_unrelated * np.maximum(size, 1e-6))
    return opaque if opaque.mean() <= tuning.overlay_most_cells else none


def standing_cells(left: UInt8, right: UInt8, *, tuning: LooksTuning) -> Cells:
    """(cells,) which cells differ in nearly all of n matched frames; none when they are too few.

    left, right: (n, cells, 3) colours of the same look.
    """
    none = np.zeros(left.shape[1], bool)
    if len(left) < _LEAST_FRAMES:
        return none
    steady = np.quantile(_apart(left, right), 1 - tuning.overlay_nearly_always, axis=0)
    standing: Cells = steady > max(
        tuning.overlay_least_levels, tuning.overlay_times_usual * float(np.median(steady))
    )
    return standing if standing.mean() <= tuning.overlay_most_cells else none


def whole_overlay(
    covered: Cells, shared: Cells, left: UInt8, right: UInt8, *, tuning: LooksTuning
) -> Cells:
    """(16, 16) the covered cells with those beside them that an overlay covers in part, and rows
    and columns that it all but fills.

    covered, shared: (16, 16) cells of the grid; left, right: (n, shared cells, 3) colours.
    """
    apart = np.zeros(covered.shape, np.float32)
    apart[shared] = np.median(_apart(left, right), axis=0)
    usual = float(np.median(apart[shared & ~covered]))
    padded = np.pad(covered, 1)
    beside = np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).any(axis=(2, 3))
    grown = covered | (
        beside & (apart > tuning.overlay_times_beside * max(usual, tuning.overlay_least_usual))
    )
    rows, columns = (covered.mean(axis=axis) >= tuning.overlay_all_but_full for axis in (1, 0))
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
