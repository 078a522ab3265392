"""How far each segment is from its partner on the line, seen from both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.compare.segments.content import Content, window_distances
from services.compare.segments.lines import SegmentLine
from services.compare.segments.tuning import SegmentsTuning
from services.compare.timeline import Float32, Float64

# Shares of a segment this close to the grid count as on it.
_ON_GRID = 0.06
# How far the share of two neighbours may stray from what the offset implies: content is not spread
# evenly over a segment, and engines weigh it.
_SHARE_SLACK = 0.35
# Below this a cosine distance is the rounding of float32: equal vectors are at distance 0.
_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True)
class Residuals:
    """Distances along the lines; NaN where a segment is on no line.

    b: (m,) of B's segments to A's content, a: (n,) of A's to B's.
    allowance_b: (m,) how much of b's distance reading between A's segments may have caused.
    floor: the typical distance of matching content, which is what re-encoding does.
    changed: the distance above which content counts as changed.
    """

    b: Float64
    a: Float64
    allowance_b: Float64
    floor: float
    changed: float


def measure_residuals(
    lines: Sequence[SegmentLine],
    a: Content,
    b: Content,
    limit: float,
    threshold: float | None,
    *,
    tuning: SegmentsTuning,
) -> Residuals:
    """threshold: the caller's own limit for changed content, instead of the estimated one."""
    of_b, of_a = np.full(len(b), np.nan), np.full(len(a), np.nan)
    allowance = np.zeros(len(b))
    for line in lines:
        rows = np.arange(line.first, line.last + 1)
        starts, ends = line.to_a(b.starts[rows]), line.to_a(b.ends[rows])
        of_b[rows], allowance[rows] = partner_distances(a, b.vectors[rows], starts, ends, line.rate)
        first = int(np.searchsorted(a.starts, starts[0] - 0.02 * a.step))
        last = int(np.searchsorted(a.ends, ends[-1] + 0.02 * a.step, "right"))
        inside = np.arange(first, last)
        if len(inside):
            starts, ends = line.to_b(a.starts[inside]), line.to_b(a.ends[inside])
            of_a[inside], _ = partner_distances(b, a.vectors[inside], starts, ends, 1 / line.rate)
    on_line = of_b[~np.isnan(of_b)]
    floor = float(np.quantile(on_line, 0.4)) if len(on_line) else 0.0
    changed = threshold
    if changed is None:
        changed = min(
            max(tuning.changed_times_floor * floor, floor + tuning.changed_above_floor),
            max(limit, floor + tuning.changed_above_floor),
        )
    return Residuals(b=of_b, a=of_a, allowance_b=allowance, floor=floor, changed=changed)


def partner_distances(
    content: Content, vectors: Float32, starts: Float64, ends: Float64, rate: float
) -> tuple[Float64, Float64]:
    """Distance of each vector to its window of `content`, and what the reading may add to it.

    Windows across a segment edge of `content` mix two segments, in about the implied shares.
    """
    distances = window_distances(content, starts, ends, vectors)
    if len(content) < 2:
        return _without_rounding(distances), np.zeros(len(vectors))
    left = np.searchsorted(content.edges, starts + 0.02 * content.step, "right") - 1
    left = np.clip(left, 0, len(content) - 2)
    share = (starts - content.starts[left]) / content.step
    x, y = content.vectors[left], content.vectors[left + 1]
    mixed, inner = _best_mix(x, y, vectors, share)
    following = np.minimum(left + 2, len(content) - 1)
    before = np.maximum(left - 1, 0)
    contrast = np.maximum(
        1 - inner,
        np.maximum(
            1 - np.vecdot(content.vectors[before], x),
            1 - np.vecdot(content.vectors[following], y),
        ),
    )
    share = np.clip(share, 0, 1)
    share = np.where(np.abs(share - 0.5) > 0.5 - _ON_GRID, 0, share)
    between = np.ones(len(vectors)) if rate != 1.0 else 4 * share * (1 - share)
    return _without_rounding(np.minimum(distances, mixed)), 0.4 * between * contrast


def _without_rounding(distances: Float64) -> Float64:
    return np.where(distances < _ROUNDING, 0.0, distances)


def _best_mix(
    x: Float32,
    y: Float32,
    target: Float32,
    share: Float64,
) -> tuple[Float64, Float64]:
    """Distance of each target to the best mix of x and y whose share is near the given one."""
    inner = np.vecdot(x, y).astype(np.float64)
    to_x, to_y = np.vecdot(target, x), np.vecdot(target, y)
    spread = np.maximum(1 - inner**2, 1e-4)
    part_x = np.maximum((to_x - inner * to_y) / spread, 0)
    part_y = np.maximum((to_y - inner * to_x) / spread, 0)
    expected = np.clip(share, 0, 1)
    expected = np.where(expected < _ON_GRID, 0, np.where(expected > 1 - _ON_GRID, 1, expected))
    slack = _SHARE_SLACK * np.minimum(1, 4 * np.minimum(expected, 1 - expected) + 0.15)
    best = part_y / np.maximum(part_x + part_y, 1e-9)
    best = np.clip(np.clip(best, expected - slack, expected + slack), 0, 1)
    norm = np.sqrt((1 - best) ** 2 + best**2 + 2 * best * (1 - best) * inner)
    return 1 - ((1 - best) * to_x + best * to_y) / np.maximum(norm, 1e-6), inner
