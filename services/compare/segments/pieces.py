"""Cuts or slopes: a run of the path as pieces of one offset or one speed.

Segmented regression by dynamic programming over the steps of the path, each segment weighing as
much as it says about its offset.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.compare.segments.content import Content, window_distances
from services.compare.segments.score_grid import PARTS
from services.compare.segments.tuning import SegmentsTuning
from services.compare.timeline import Float64

_LOOK_BACK = 120


def pieces_of(
    rows: NDArray[np.int64],
    offsets: NDArray[np.int64],
    a: Content,
    b: Content,
    limit: float,
    slopes: bool,
    *,
    tuning: SegmentsTuning,
) -> list[tuple[int, int, bool]]:
    """(begin, end, sloped) parts of one run of matched rows, in order.

    offsets: positions of the path less those of a straight one. slopes: whether there may be any.
    """
    if offsets.max() - offsets.min() < 2:
        return [(0, len(rows), False)]
    weights = _information(rows, offsets, a, b, limit)
    steps = np.r_[0, np.flatnonzero(np.diff(offsets)) + 1, len(rows)]
    x, y = rows - rows[0] + 0.0, offsets - offsets[0] + 0.0
    sums = np.array([weights, weights * x, weights * y, weights * x * x, weights * x * y])
    sums = np.vstack([sums, weights * y * y])
    totals = np.zeros((6, len(rows) + 1))
    np.cumsum(sums, axis=1, out=totals[:, 1:])
    best = np.full(len(steps), np.inf)
    best[0] = 0
    came_from = np.zeros(len(steps), np.int64)
    is_sloped = np.zeros(len(steps), bool)
    for end in range(1, len(steps)):
        begin = np.arange(max(0, end - _LOOK_BACK), end)
        count = steps[end] - steps[begin]
        w, sx, sy, sxx, sxy, syy = totals[:, steps[end], None] - totals[:, steps[begin]]
        flat = np.maximum(syy - sy * sy / w, 0)
        spread = np.maximum(sxx - sx * sx / w, 1e-9)
        slope = (sxy - sx * sy / w) / spread
        sloped = np.maximum(flat - slope**2 * spread, 0) + tuning.piece_cost
        sloped[
            (not slopes) | (count < 6) | (np.abs(slope) < tuning.smallest_speed_change * PARTS)
        ] = np.inf
        cost = np.minimum(flat, sloped) + tuning.piece_cost + best[begin]
        choice = int(cost.argmin())
        best[end] = cost[choice]
        came_from[end] = begin[choice]
        is_sloped[end] = sloped[choice] < flat[choice]
    pieces: list[tuple[int, int, bool]] = []
    end = len(steps) - 1
    while end > 0:
        begin_step = int(came_from[end])
        pieces.append((int(steps[begin_step]), int(steps[end]), bool(is_sloped[end])))
        end = begin_step
    return pieces[::-1]


def _information(
    rows: NDArray[np.int64],
    offsets: NDArray[np.int64],
    a: Content,
    b: Content,
    limit: float,
) -> Float64:
    """How much each segment says about its offset: half a segment beside, does it fit worse?"""
    start = (offsets / PARTS + rows) * a.step
    length = b.ends[rows] - b.starts[rows]

    def fit(shift: float) -> Float64:
        begin = start + shift * a.step
        distances = window_distances(a, begin, begin + length, b.vectors[rows])
        return np.minimum(distances, 2 * limit)

    gain = (fit(-0.5) + fit(0.5)) / 2 - fit(0.0)
    return np.clip(2 * gain / limit, 0.03, 1.0)
