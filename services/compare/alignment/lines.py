"""From the path to lines: stretches of B that follow A at one offset and one speed.

The path knows positions to a quarter of a segment. Where its offset changes step by step, a
segmented regression decides between cuts and another speed; then each line is fitted to the
vectors themselves, to a few hundredths of a second.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from services.compare.alignment.content import Content, window_distances
from services.compare.alignment.lattice import PARTS
from services.compare.timeline import Float32, Float64

Time = TypeVar("Time", float, Float64)

# Jumps of the path beyond this many positions are cuts, whatever the speed.
_CUT = 8
# A step of the path in positions is one piece more or less of this cost (squared positions).
_PIECE_COST = 5.0
_SMALLEST_SPEED_CHANGE = 0.02
_LOOK_BACK = 120
_FITTED_ROWS = 120
# Segments with less contrast to their neighbours than this say little about the offset.
_CALM = 0.1


@dataclass(frozen=True, kw_only=True)
class Line:
    """Segments first..last of B show A at `rate * time in B + offset` seconds."""

    first: int
    last: int
    rate: float
    offset: float

    def to_a(self, time_b: Time) -> Time:
        return self.rate * time_b + self.offset

    def to_b(self, time_a: Time) -> Time:
        return (time_a - self.offset) / self.rate


def line_distances(a: Content, b: Content, line: Line, rows: NDArray[np.int64]) -> Float64:
    """Distance of segments `rows` of B to what A shows on the line."""
    starts, ends = b.starts[rows], b.ends[rows]
    return window_distances(a, line.to_a(starts), line.to_a(ends), b.vectors[rows])


def trace_lines(path: NDArray[np.int64], a: Content, b: Content, limit: float) -> list[Line]:
    """The lines along a path, in order. limit: the distance at which content is another."""
    rows = np.flatnonzero(path >= 0)
    if len(rows) == 0:
        return []
    offsets = path[rows] - PARTS * rows
    breaks = (np.diff(rows) > 1) | (np.abs(np.diff(offsets)) > _CUT)
    edges = np.r_[0, np.flatnonzero(breaks) + 1, len(rows)]
    lines: list[Line] = []
    for begin, end in pairwise(edges.tolist()):
        run, run_offsets = rows[begin:end], offsets[begin:end]
        for first, last, sloped in _pieces(run, run_offsets, a, b, limit):
            rough = _rough_line(run[first:last], path, a.step, sloped)
            lines.append(fit_line(rough, a, b, limit))
    return _held_at_the_ends(_supported(lines, a, b, limit), a, b)


def _held_at_the_ends(lines: list[Line], a: Content, b: Content) -> list[Line]:
    """Versions of a video mostly start together and end together: offsets close to that are it."""
    if not lines:
        return lines

    def held(line: Line, offset: float) -> Line:
        slack = min(max(0.6 / np.sqrt(line.last - line.first + 1), 0.08), 0.35)
        close = line.rate == 1.0 and abs(line.offset - offset) < slack
        return replace(line, offset=offset) if close else line

    lines[-1] = held(lines[-1], a.duration - b.duration)
    lines[0] = held(lines[0], 0.0)
    return lines


def _supported(lines: list[Line], a: Content, b: Content, limit: float) -> list[Line]:
    """Without lines that hardly fit, which noise made."""
    kept = []
    for line in lines:
        rows = np.arange(line.first, line.last + 1)
        gain = float(np.sum(1 - line_distances(a, b, line, rows) / limit))
        if len(rows) >= 4 or gain >= 0.3:
            kept.append(line)
    return kept


def _pieces(
    rows: NDArray[np.int64],
    offsets: NDArray[np.int64],
    a: Content,
    b: Content,
    limit: float,
) -> list[tuple[int, int, bool]]:
    """(begin, end, sloped) parts of one run, by least squares over the path's own steps."""
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
        sloped = np.maximum(flat - slope**2 * spread, 0) + _PIECE_COST
        sloped[(count < 6) | (np.abs(slope) < _SMALLEST_SPEED_CHANGE * PARTS)] = np.inf
        cost = np.minimum(flat, sloped) + _PIECE_COST + best[begin]
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


def _rough_line(
    rows: NDArray[np.int64], path: NDArray[np.int64], step: float, sloped: bool
) -> Line:
    at_a = path[rows] / PARTS * step
    at_b = rows * step
    rate = float(np.polyfit(at_b, at_a, 1)[0]) if sloped else 1.0
    offset = float(np.median(at_a - rate * at_b))
    return Line(first=int(rows[0]), last=int(rows[-1]), rate=rate, offset=offset)


def fit_line(line: Line, a: Content, b: Content, limit: float) -> Line:
    """The line moved (and turned, unless at the original speed) to where the vectors fit best."""
    cost = _FitCost(line, a, b, limit)
    left, right = float(b.starts[line.first]), float(b.ends[line.last])

    def moved(current: Line, at_left: float, at_right: float) -> Line:
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
    return line if sloped else _steadied(line, a, b)


def _steadied(line: Line, a: Content, b: Content) -> Line:
    """The line at a second, independent estimate of its offset, combined with the first.

    The cost above leans towards the segment grid where noise is strong and content calm. Whether
    B's segment looks more like A's next or like A's previous one leans nowhere.
    """
    whole = round(line.offset / a.step)
    ahead, contrast = _leaning(a.vectors, b.vectors, np.arange(line.first, line.last + 1), whole)
    rows_a = np.arange(max(0, line.first + whole), min(len(a), line.last + 1 + whole))
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

    def __init__(self, rough: Line, a: Content, b: Content, limit: float) -> None:
        self.a, self.b, self.cap = a, b, 2 * limit
        self.rows_b = _sample(np.arange(rough.first, rough.last + 1))
        begin = rough.to_a(float(b.starts[rough.first])) + 0.5 * a.step
        end = rough.to_a(float(b.ends[rough.last])) - 0.5 * a.step
        first = int(np.searchsorted(a.starts, begin))
        last = int(np.searchsorted(a.ends, end, "right"))
        self.rows_a = _sample(np.arange(first, max(first, last)))

    def of(self, line: Line) -> float:
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
