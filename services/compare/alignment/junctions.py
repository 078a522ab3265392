"""Where exactly one line ends and the next begins.

Segments are longer than cuts are exact, so the cut is looked for on a fine grid: a segment across
it has to be the mix of what both sides say it shows, in the proportion that the cut implies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from services.compare.alignment.content import Content, cosine
from services.compare.alignment.lines import Line
from services.compare.alignment.residuals import Residuals
from services.compare.timeline import Float64

_GRID = 0.1
# Offsets that differ by less than this are the same.
_SAME_OFFSET = 0.35


@dataclass(frozen=True, kw_only=True)
class Junction:
    """The end of one line and the start of the next, in both videos."""

    a_end: float
    b_end: float
    a_start: float
    b_start: float


class JunctionFinder:
    """Places the junctions of one pair. limit: the distance at which content is another."""

    def __init__(self, a: Content, b: Content, residuals: Residuals, limit: float) -> None:
        self.a, self.b = a, b
        self.residuals = residuals
        self.mixed_limit = max(3 * residuals.changed, 0.5 * limit)

    def place(self, lines: Sequence[Line]) -> list[Junction]:
        """One junction before each line and one after the last."""
        if not lines:
            a, b = self.a.duration, self.b.duration
            return [Junction(a_end=0.0, b_end=0.0, a_start=a, b_start=b)]
        inner = [self.between(x, y) for x, y in pairwise(lines)]
        return [self.head(lines[0]), *inner, self.tail(lines[-1])]

    def head(self, line: Line) -> Junction:
        """The line begins at the start of the shorter side, or after something new."""
        b = self._start_of_line(line, 0) if line.first >= 2 else float(self.b.starts[line.first])
        a = float(line.to_a(b))
        room = min(a / line.rate, b)
        if room <= 1.05 * self.b.step or room < 0:
            b -= room
        return Junction(a_end=0.0, b_end=0.0, a_start=max(0.0, float(line.to_a(b))), b_start=b)

    def tail(self, line: Line) -> Junction:
        a_duration, b_duration = self.a.duration, self.b.duration
        last_row = len(self.b) - 1
        if line.last + 2 <= last_row:
            b = self._end_of_line(line, last_row)
        else:
            b = float(self.b.ends[line.last])
        room = min((a_duration - float(line.to_a(b))) / line.rate, b_duration - b)
        if room <= 1.05 * self.b.step or room < 0:
            b += room
        a = min(a_duration, float(line.to_a(b)))
        return Junction(a_end=a, b_end=b, a_start=a_duration, b_start=b_duration)

    def between(self, left: Line, right: Line) -> Junction:
        middle = (self.b.ends[left.last] + self.b.starts[right.first]) / 2
        skipped = float(right.to_a(middle)) - float(left.to_a(middle))
        touching = right.first == left.last + 1
        if abs(skipped) < _SAME_OFFSET and left.rate == right.rate == 1.0 and not touching:
            return self._changed(left, right)
        if skipped > _SAME_OFFSET or (touching and abs(skipped) <= 0.6):
            found = self._deleted(left, right)
        elif skipped < -_SAME_OFFSET:
            found = self._inserted(left, right)
        else:
            found = None
        return found or self._replaced(left, right)

    def _deleted(self, left: Line, right: Line) -> Junction | None:
        """One cut in B: every segment of B near it is a mix of both sides' A."""
        rows = np.arange(left.last, right.first + 1)
        cuts = _grid(float(self.b.starts[left.last]), float(self.b.ends[right.first]))
        cost, worst = _cut_costs(self.a, self.b, rows, cuts, left, right, inverse=False)
        best = _flat_minimum(cost, 0.15 * self.residuals.floor)
        if worst[int(cost.argmin())] > self.mixed_limit and len(rows) > 2:
            return None
        b = float(cuts[best])
        return self._junction(left, right, b, b)

    def _inserted(self, left: Line, right: Line) -> Junction | None:
        """One cut in A: every segment of A near it is a mix of both sides' B."""
        low = float(left.to_a(self.b.starts[left.last]))
        high = float(right.to_a(self.b.ends[right.first]))
        first = max(0, int(np.searchsorted(self.a.ends, low + 1e-6)))
        last = min(len(self.a) - 1, int(np.searchsorted(self.a.starts, high - 1e-6)) - 1)
        rows = np.arange(first, max(first, last) + 1)
        cuts = _grid(max(0.0, low), min(self.a.duration, max(low, high)))
        if len(cuts) == 0:
            return None
        cost, worst = _cut_costs(self.b, self.a, rows, cuts, left, right, inverse=True)
        best = _flat_minimum(cost, 0.15 * self.residuals.floor)
        if worst[int(cost.argmin())] > self.mixed_limit and len(rows) > 2:
            return None
        a = float(cuts[best])
        return self._junction(left, right, float(left.to_b(a)), float(right.to_b(a)))

    def _changed(self, left: Line, right: Line) -> Junction:
        """Same offset before and after: how much of the outer segments changed says where."""
        residual = self.residuals.b
        inside = np.arange(left.last + 1, right.first)
        if np.isnan(residual[inside]).any():
            return self._replaced(left, right)
        core = inside[1:-1] if len(inside) >= 3 else inside
        full = float(np.median(residual[core]) if len(inside) >= 3 else residual[inside].max())

        def changed_seconds(rows: Sequence[int]) -> float:
            level = (residual[list(rows)] - 1.4 * self.residuals.floor) / max(
                full - 1.4 * self.residuals.floor, 1e-6
            )
            return self.b.step * float(np.sqrt(np.clip(level, 0, 1)).sum())

        if len(inside) == 1:
            b_end = float(self.b.ends[left.last]) - changed_seconds([left.last])
            b_start = float(self.b.starts[right.first]) + changed_seconds([right.first])
        else:
            b_end = float(self.b.ends[left.last + 1])
            b_end -= changed_seconds([left.last, left.last + 1])
            b_start = float(self.b.starts[right.first - 1])
            b_start += changed_seconds([right.first - 1, right.first])
        if b_start - b_end <= 0.5:
            return self._replaced(left, right)
        return self._junction(left, right, b_end, b_start)

    def _replaced(self, left: Line, right: Line) -> Junction:
        b_end = self._end_of_line(left, right.first - 1)
        b_start = self._start_of_line(right, left.last + 1)
        if b_end > b_start:
            b_end = b_start = (b_end + b_start) / 2
        a_end, a_start = float(left.to_a(b_end)), float(right.to_a(b_start))
        if a_end > a_start:
            a_end = min(max(a_start, 0.0), a_end)
            b_end = min(b_end, float(left.to_b(a_end)))
        return Junction(a_end=a_end, b_end=b_end, a_start=a_start, b_start=b_start)

    def _end_of_line(self, line: Line, last_new: int) -> float:
        """Where in B the line ends, when segments up to `last_new` are new."""
        row = line.last + 1
        end = float(self.b.ends[line.last])
        if row < last_new:
            return end + self._kept_share(line, row, row + 1) * float(self.b.ends[row] - end)
        return end

    def _start_of_line(self, line: Line, first_new: int) -> float:
        row = line.first - 1
        start = float(self.b.starts[line.first])
        if row > first_new:
            length = start - float(self.b.starts[row])
            return start - self._kept_share(line, row, row - 1) * length
        return start

    def _kept_share(self, line: Line, row: int, new_row: int) -> float:
        """Share of a segment of B that goes on with the line; `new_row` shows what follows."""
        starts = np.asarray(line.to_a(self.b.starts[row]))
        kept = self.a.between(starts, np.asarray(line.to_a(self.b.ends[row])))
        size = float(np.linalg.norm(kept))
        if size < 1e-6:
            return 0.0
        kept, new, shown = kept / size, self.b.vectors[new_row], self.b.vectors[row]
        inner, to_kept, to_new = (
            float(kept @ new),
            float(kept @ shown),
            float(new @ shown),
        )
        if inner > 0.97:
            return 0.5
        part_kept = max(0.0, to_kept - inner * to_new)
        part_new = max(0.0, to_new - inner * to_kept)
        return part_kept / max(part_kept + part_new, 1e-6)

    def _junction(self, left: Line, right: Line, b_end: float, b_start: float) -> Junction:
        return Junction(
            a_end=float(left.to_a(b_end)),
            b_end=b_end,
            a_start=float(right.to_a(b_start)),
            b_start=b_start,
        )


def _cut_costs(
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
    for foreign in (False, True):
        before = _kept(
            source, left, np.minimum(starts, cut), np.minimum(ends, cut), cuts, inverse, -1, foreign
        )
        after = _kept(
            source, right, np.maximum(starts, cut), np.maximum(ends, cut), cuts, inverse, 1, foreign
        )
        results.append(1 - cosine(before + after, shown.vectors[rows]))
    distances = min(results, key=lambda found: float(found.sum(axis=1).min()))
    return distances.sum(axis=1), distances.max(axis=1)


def _kept(
    source: Content,
    line: Line,
    starts: Float64,
    ends: Float64,
    cuts: Float64,
    inverse: bool,
    side: int,
    foreign: bool,
) -> Float64:
    """(cuts, rows, d) what the line finds in `source` for each window on its side of the cut.

    The source's segment across the cut shows left out content as well. When that is foreign to
    what is kept, its share is taken out, assumed to look like the next segment beyond the cut.
    """
    to_source = line.to_b if inverse else line.to_a
    pace = 1 / line.rate if inverse else line.rate
    begin, end, edge = to_source(starts), to_source(ends), to_source(cuts)
    found = source.between(begin, end)
    if not foreign:
        return found / pace
    row = np.clip(np.searchsorted(source.edges, edge, "right") - 1, 0, len(source) - 1)
    far = np.clip(row - side, 0, len(source) - 1)
    first, last = source.starts[row], source.ends[row]
    kept = (edge - first) if side < 0 else (last - edge)
    left_out = (last - first) - kept
    usable = (kept > 0.05) & (left_out > 0.05) & (far != row)
    change = source.vectors[row].astype(np.float64) - source.vectors[far]
    change *= np.where(usable, left_out / np.maximum(kept, 0.05), 0)[:, None]
    low, high = (first, edge) if side < 0 else (edge, last)
    inside = np.minimum(end, high[:, None]) - np.maximum(begin, low[:, None])
    found += np.maximum(inside, 0)[..., None] * change[:, None, :]
    result: Float64 = found / pace
    return result


def _grid(low: float, high: float) -> Float64:
    return np.arange(low, high + _GRID / 10, _GRID)


def _flat_minimum(cost: Float64, slack: float) -> int:
    """The middle of the values that are as good as the smallest, if they are one stretch."""
    near = np.flatnonzero(cost <= cost.min() + slack)
    if near[-1] - near[0] <= len(near) + 2:
        return round(float(near.mean()))
    return int(cost.argmin())
