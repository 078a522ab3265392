"""Fits a line to the vectors themselves, to a few hundredths of a second."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from services.compare.segments.content import Content, window_distances
from services.compare.segments.lines import SegmentLine, line_distances
from services.compare.timeline import Float32, Float64

# Rows looked at per line; more add time but no precision.
_FITTED_ROWS = 48
# Segments with less contrast to their neighbours than this say little about the offset.
_CALM = 0.1


def fit_line(line: SegmentLine, a: Content, b: Content, limit: float) -> SegmentLine:
    """The line moved (and turned, unless at the original speed) to where the vectors fit best."""
    cost = _FitCost(line, a, b, limit)
    left, right = float(b.starts[line.first]), float(b.ends[line.last])

    def moved(current: SegmentLine, at_left: float, at_right: float) -> SegmentLine:
        a_left, a_right = current.to_a(left) + at_left, current.to_a(right) + at_right
        rate = (a_right - a_left) / (right - left)
        return replace(current, rate=rate, offset=a_left - rate * left)

    best_cost = cost.of(line)
    sloped = line.rate != 1.0
    for step in (0.4, 0.2, 0.1, 0.05, 0.02):
        for _ in range(10):
            shifts = [replace(line, offset=line.offset + s) for s in (-step, step)]
            if sloped:
                shifts += [moved(line, s, 0) for s in (-step, step)]
                shifts += [moved(line, 0, s) for s in (-step, step)]
            costs = [cost.of(candidate) for candidate in shifts]
            choice = int(np.argmin(costs))
            if costs[choice] >= best_cost - 1e-7:
                break
            best_cost, line = costs[choice], shifts[choice]
    return line if sloped else _steadied(line, a, b, limit)


def _steadied(line: SegmentLine, a: Content, b: Content, limit: float) -> SegmentLine:
    """The line at a second, independent estimate of its offset, combined with the first.

    The cost above leans towards the segment grid where noise is strong and content calm. Whether
    B's segment looks more like A's next or like A's previous one leans nowhere.
    """
    whole = round(line.offset / a.step)
    rows = np.arange(line.first, line.last + 1)
    fitting = rows[line_distances(a, b, line, rows) < limit]
    rows = fitting if len(fitting) > 2 else rows
    ahead, contrast = _leaning(a.vectors, b.vectors, rows, whole)
    rows_a = (rows + whole)[(rows + whole >= 0) & (rows + whole < len(a))]
    behind, contrast_b = _leaning(b.vectors, a.vectors, rows_a, -whole)
    lean, contrast = np.append(ahead, -behind), np.append(contrast, contrast_b)
    if len(lean) == 0:
        return line
    weight = 1 / (contrast + _CALM)
    total = float((weight * contrast).sum())
    share = float((weight * lean).sum()) / max(total, 1e-9)
    error = float(np.sqrt(((weight * (lean - share * contrast)) ** 2).sum())) / max(total, 1e-9)
    on_grid = abs(line.offset - whole * a.step) < 0.06 and abs(share) < 1.5 * error + 0.01
    if on_grid:
        return replace(line, offset=whole * a.step)
    if abs(share) > 0.6:
        return line
    typical = float(np.median(contrast))
    trust = 0.5 * typical / (typical + 0.03)
    offset = trust * line.offset + (1 - trust) * (whole + share) * a.step
    return replace(line, offset=offset)


def _leaning(
    source: Float32, shown: Float32, rows: NDArray[np.int64], shift: int
) -> tuple[Float64, Float64]:
    """How far each row of `shown` leans from source's previous segment to its next one.

    The quotient of both results is the offset from row + shift, in segments.
    """
    at = rows + shift
    rows = rows[(at >= 1) & (at < len(source) - 1)]
    at = rows + shift
    previous, here, following = source[at - 1], source[at], source[at + 1]
    lean = np.vecdot(shown[rows] - here, following - previous).astype(np.float64)
    return lean, 1 - np.vecdot(previous, following).astype(np.float64)


class _FitCost:
    """How badly a line fits, seen from both videos.

    Reading between two segments averages their noise away, which would draw lines off the grid: the
    part of the noise that is lost so is added again. The sum of both sides' losses does not depend
    on which side is the noisy one.
    """

    def __init__(self, rough: SegmentLine, a: Content, b: Content, limit: float) -> None:
        self.a, self.b, self.cap = a, b, 1.2 * limit
        self.rows_b = _sample(np.arange(rough.first, rough.last + 1))
        begin = rough.to_a(float(b.starts[rough.first])) + 0.5 * a.step
        end = rough.to_a(float(b.ends[rough.last])) - 0.5 * a.step
        first = int(np.searchsorted(a.starts, begin))
        last = int(np.searchsorted(a.ends, end, "right"))
        self.rows_a = _sample(np.arange(first, max(first, last)))

    def of(self, line: SegmentLine) -> float:
        a, b = self.a, self.b
        of_b = np.minimum(line_distances(a, b, line, self.rows_b), self.cap)
        total, lowest = float(of_b.mean()), float(of_b.mean())
        if len(self.rows_a):
            starts, ends = (
                line.to_b(a.starts[self.rows_a]),
                line.to_b(a.ends[self.rows_a]),
            )
            of_a = window_distances(b, starts, ends, a.vectors[self.rows_a])
            of_a = np.minimum(of_a, self.cap)
            total, lowest = total + float(of_a.mean()), min(lowest, float(of_a.mean()))
        if line.rate != 1.0:
            return total
        share = (line.offset / a.step) % 1.0
        return total + 2 * share * (1 - share) * lowest


def _sample(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(rows) <= _FITTED_ROWS:
        return rows
    return rows[np.linspace(0, len(rows) - 1, _FITTED_ROWS).astype(np.int64)]
