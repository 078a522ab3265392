"""What a cut between two lines would look like, wherever it is."""

from __future__ import annotations

import enum

import numpy as np
from numpy.typing import NDArray

from services.compare.geometry import Line
from services.compare.segments.content import Content, cosine
from services.compare.timeline import Float32, Float64

_GRID = 0.1


class _Across(enum.Enum):
    """What the segment across a cut is taken to show of the content that is kept."""

    # What it shows as a whole: what is left out goes on from what is kept.
    CONTINUOUS = enum.auto()
    # What is left when the next segment beyond the cut is taken out in its share.
    FOREIGN = enum.auto()
    # What the segment before it shows.
    CALM = enum.auto()


def cut_costs(
    source: Content,
    shown: Content,
    rows: NDArray[np.int64],
    cuts: Float64,
    left: Line,
    right: Line,
    inverse: bool,
) -> tuple[Float64, Float64]:
    """Sum and worst of the rows' distances to the mix that each cut implies.

    Rows of `shown` are before the cut what `left` finds in `source`, after it what `right` does.
    """
    cut = cuts[:, None]
    starts, ends = shown.starts[rows], shown.ends[rows]
    results = []
    for across in _Across:
        before = _kept(
            source, left, np.minimum(starts, cut), np.minimum(ends, cut), cuts, inverse, -1, across
        )
        after = _kept(
            source, right, np.maximum(starts, cut), np.maximum(ends, cut), cuts, inverse, 1, across
        )
        results.append(1 - cosine(before + after, shown.vectors[rows]))
    best = [float(found.sum(axis=1).min()) for found in results]
    best[-1] *= 1.5  # The calm reading fits much, so it has to fit much better.
    distances = results[int(np.argmin(best))]
    return distances.sum(axis=1), distances.max(axis=1)


def _kept(
    source: Content,
    line: Line,
    starts: Float64,
    ends: Float64,
    cuts: Float64,
    inverse: bool,
    side: int,
    across: _Across,
) -> Float32:
    """(cuts, rows, d) what the line finds in `source` for each window on its side of the cut."""
    to_source = line.to_b if inverse else line.to_a
    pace = 1 / line.rate if inverse else line.rate
    begin, end, edge = to_source(starts), to_source(ends), to_source(cuts)
    found = source.between(begin, end)
    if across is _Across.CONTINUOUS:
        return found / np.float32(pace)
    row = np.clip(np.searchsorted(source.edges, edge, "right") - 1, 0, len(source) - 1)
    first, last = source.starts[row], source.ends[row]
    if across is _Across.CALM:
        near = np.clip(row + side, 0, len(source) - 1)
        change = source.vectors[near] - source.vectors[row]
    else:
        far = np.clip(row - side, 0, len(source) - 1)
        kept = (edge - first) if side < 0 else (last - edge)
        left_out = (last - first) - kept
        change = source.vectors[row] - source.vectors[far]
        usable = (kept > 0.05) & (left_out > 0.05)
        taken = np.where(usable, left_out / np.maximum(kept, 0.05), 0)
        change *= taken[:, None].astype(np.float32)
    low, high = (first, edge) if side < 0 else (edge, last)
    inside = np.minimum(end, high[:, None]) - np.maximum(begin, low[:, None])
    found += np.maximum(inside, 0)[..., None].astype(np.float32) * change[:, None, :]
    return found / np.float32(pace)


def grid(low: float, high: float) -> Float64:
    """Times from `low` to `high`, both included, a tenth of a second apart."""
    return np.arange(low, high + _GRID / 10, _GRID)


def flat_minimum(cost: Float64, slack: float) -> int:
    """The middle of the values that are as good as the smallest, if they are one stretch."""
    near = np.flatnonzero(cost <= cost.min() + slack)
    if near[-1] - near[0] <= len(near) + 2:
        return round(float(near.mean()))
    return int(cost.argmin())
