"""Cuts or another speed: jumps between lines that a change of speed explains better.

Played a little faster or slower, a stretch of B leaves its line slowly and comes back on another.
The path shows that as one or more small jumps. Here every such jump is held against ramps that
lead from one line to the other, by how well the segments fit on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from services.compare.segments.content import Content, window_distances
from services.compare.segments.lines import SegmentLine, line_distances
from services.compare.segments.tuning import SegmentsTuning
from services.compare.timeline import Float64

# Seconds between the offsets tried, and between the places where a ramp may begin and end.
_OFFSET_GRID = 0.1
_RAMP_GRID = 0.5
_RATES = (0.02, 0.45)
# Segments looked at on either side of a jump, and lines that one ramp may replace.
_REACH = 24
_MOST_LINES = 6
# Ramps whose cost is computed at their own pace, after a first choice from the table.
_EXACTLY_FITTED = 40


def with_ramps(
    lines: Sequence[SegmentLine],
    a: Content,
    b: Content,
    limit: float,
    noise: float,
    *,
    tuning: SegmentsTuning,
) -> list[SegmentLine]:
    """The lines, with jumps that are changes of speed made ramps.

    limit: the distance at which content is another; noise: the distance of matching content.
    """
    result = list(lines)
    index = 0
    while index < len(result) - 1:
        for last in range(min(len(result) - 1, index + _MOST_LINES - 1), index, -1):
            replacement = _ramp(result[index : last + 1], a, b, limit, noise, tuning=tuning)
            if replacement is not None:
                result[index : last + 1] = replacement
                break
        index += 1
    return result


def _ramp(
    lines: Sequence[SegmentLine],
    a: Content,
    b: Content,
    limit: float,
    noise: float,
    *,
    tuning: SegmentsTuning,
) -> list[SegmentLine] | None:
    """First line, ramp, last line in place of all these, if that fits better."""
    left, right = lines[0], lines[-1]
    if not _are_steps(lines, b, tuning=tuning):
        return None
    first = max(left.first, lines[1].first - _REACH)
    last = min(right.last, lines[-2].last + _REACH)
    rows = np.arange(first, last + 1)
    offsets = np.array([left.offset, right.offset])
    grid = np.arange(offsets.min() - 0.3, offsets.max() + 0.3 + _OFFSET_GRID, _OFFSET_GRID)
    cost = _cost_table(a, b, rows, grid, limit, noise)
    stepped = _stepped_cost(a, b, rows, lines, limit, noise)
    middles = (b.starts[rows] + b.ends[rows]) / 2
    low, high = float(b.starts[first]), float(b.ends[last])
    begin, end = (
        x.ravel()
        for x in np.meshgrid(
            np.arange(low, high, _RAMP_GRID), np.arange(low, high + 0.01, _RAMP_GRID), indexing="ij"
        )
    )
    change = right.offset - left.offset
    rate = 1 + change / np.where(end > begin, end - begin, 1)
    possible = (end - begin >= tuning.shortest_ramp) & (begin <= float(b.ends[left.last]) + b.step)
    possible &= (np.abs(rate - 1) >= _RATES[0]) & (np.abs(rate - 1) <= _RATES[1])
    possible &= end >= float(b.starts[right.first]) - b.step
    begin, end, rate = begin[possible], end[possible], rate[possible]
    if len(begin) == 0:
        return None
    way = np.clip((middles - begin[:, None]) / (end - begin)[:, None], 0, 1)
    place = np.rint((left.offset + way * change - grid[0]) / _OFFSET_GRID).astype(np.int64)
    totals = cost[np.arange(len(rows)), np.clip(place, 0, len(grid) - 1)].sum(axis=1)
    close = np.argsort(totals)[:_EXACTLY_FITTED]
    begin, end, rate = begin[close], end[close], rate[close]
    exact = np.array(
        [
            _ramp_cost(a, b, rows, left.offset, change, (float(x), float(y)), limit, noise)
            for x, y in zip(begin, end, strict=True)
        ]
    )
    best = int(exact.argmin())
    needed = noise if end[best] - begin[best] < tuning.long_ramp else -0.1 * limit
    if exact[best] + needed > stepped:
        return None
    return _laid_out(left, right, b, float(begin[best]), float(end[best]), float(rate[best]))


def _ramp_cost(
    a: Content,
    b: Content,
    rows: NDArray[np.int64],
    offset: float,
    change: float,
    ramp: tuple[float, float],
    limit: float,
    noise: float,
) -> float:
    """The rows' distances when the offset changes evenly from ramp[0] to ramp[1]."""

    def to_a(time: Float64) -> Float64:
        way = np.clip((time - ramp[0]) / (ramp[1] - ramp[0]), 0, 1)
        result: Float64 = time + offset + way * change
        return result

    starts, ends = to_a(b.starts[rows]), to_a(b.ends[rows])
    distances = np.minimum(window_distances(a, starts, ends, b.vectors[rows]), 3 * limit)
    return float(distances.sum()) + _lost_noise(a, starts, noise)


def _lost_noise(a: Content, starts: Float64, noise: float) -> float:
    """Reading between A's segments averages their noise away.

    Half of that is added again, as either video may be the noisy one.
    """
    share = (starts / a.step) % 1.0
    return float(np.sum(share * (1 - share))) * noise


def _are_steps(lines: Sequence[SegmentLine], b: Content, *, tuning: SegmentsTuning) -> bool:
    """Small jumps of one sign that touch, between two lines at the original speed."""
    if lines[0].rate != 1.0 or lines[-1].rate != 1.0:
        return False
    gaps = [y.first - x.last - 1 for x, y in pairwise(lines)]
    change = lines[-1].offset - lines[0].offset
    at = [float(b.starts[y.first]) for y in lines[1:]]
    jumps = np.array([y.to_a(t) - x.to_a(t) for t, (x, y) in zip(at, pairwise(lines), strict=True)])
    if all(line.rate == 1.0 for line in lines) and not np.all(jumps * np.sign(change) > 0):
        return False
    return (
        max(gaps) <= 1
        and abs(change) >= tuning.ramp_smallest_jump
        and float(np.abs(jumps).max()) <= tuning.ramp_largest_jump
    )


def _cost_table(
    a: Content, b: Content, rows: NDArray[np.int64], grid: Float64, limit: float, noise: float
) -> Float64:
    """(rows, offsets) distance of each segment of B to A at each offset, as in `_ramp_cost`."""
    cost = np.empty((len(rows), len(grid)))
    for column, offset in enumerate(grid.tolist()):
        starts, ends = b.starts[rows] + offset, b.ends[rows] + offset
        share = (starts / a.step) % 1.0
        distances = window_distances(a, starts, ends, b.vectors[rows])
        cost[:, column] = np.minimum(distances, 3 * limit) + share * (1 - share) * noise
    return cost


def _stepped_cost(
    a: Content,
    b: Content,
    rows: NDArray[np.int64],
    lines: Sequence[SegmentLine],
    limit: float,
    noise: float,
) -> float:
    """What the lines as they are cost; a segment across a cut may show a mix at no loss."""

    def costs(line: SegmentLine, part: NDArray[np.int64]) -> Float64:
        distances = np.minimum(line_distances(a, b, line, part), 3 * limit)
        share = (line.to_a(b.starts[part]) / a.step) % 1.0
        return distances + share * (1 - share) * noise

    total = 0.0
    firsts = [int(rows[0]), *[line.first for line in lines[1:]], int(rows[-1]) + 1]
    for line, (begin, end) in zip(lines, pairwise(firsts), strict=True):
        total += float(costs(line, np.arange(begin, end)).sum())
    for x, y in pairwise(lines):
        near = np.arange(max(int(rows[0]), y.first - 1), y.first + 1)
        loss = np.minimum(costs(x, near), costs(y, near)) - noise
        total -= max(0.0, float(loss.max()))
    return total


def _laid_out(
    left: SegmentLine, right: SegmentLine, b: Content, begin: float, end: float, rate: float
) -> list[SegmentLine]:
    """Rows go to the line that most of them lie on."""
    first = int(np.searchsorted((b.starts + b.ends) / 2, begin))
    last = int(np.searchsorted((b.starts + b.ends) / 2, end)) - 1
    offset = left.to_a(begin) - rate * begin
    result = []
    if first > left.first:
        result.append(replace(left, last=first - 1))
    first = max(first, left.first)
    result.append(SegmentLine(first=first, last=min(last, right.last), rate=rate, offset=offset))
    if last < right.last:
        result.append(replace(right, first=last + 1))
    return result
