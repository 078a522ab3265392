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

from services.compare.segments.anchors import NoiseScale
from services.compare.segments.content import Content
from services.compare.segments.cuts import cut_costs, flat_minimum, grid
from services.compare.segments.lines import SegmentLine, line_distances
from services.compare.segments.residuals import Residuals
from services.compare.segments.tuning import SegmentsTuning
from services.compare.timeline import Float64


@dataclass(frozen=True, kw_only=True)
class Junction:
    """The end of one line and the start of the next, in both videos."""

    a_end: float
    b_end: float
    a_start: float
    b_start: float


def limit_across(residuals: Residuals, scale: NoiseScale, *, tuning: SegmentsTuning) -> float:
    """A segment across a cut that is further than this from any mix shows something else too."""
    return max(
        tuning.unmixed_times_changed * residuals.changed,
        tuning.unmixed_share_of_limit * scale.limit,
    )


class JunctionFinder:
    """Places the junctions of one pair."""

    def __init__(
        self,
        a: Content,
        b: Content,
        residuals: Residuals,
        scale: NoiseScale,
        *,
        tuning: SegmentsTuning,
    ) -> None:
        self._tuning = tuning
        self.a, self.b = a, b
        self.residuals = residuals
        self.mixed_limit = limit_across(residuals, scale, tuning=tuning)
        self.lone_mixed_limit = max(self.mixed_limit, 0.35 * scale.unrelated)

    def place(self, lines: Sequence[SegmentLine]) -> list[Junction]:
        """One junction before each line and one after the last."""
        if not lines:
            a, b = self.a.duration, self.b.duration
            return [Junction(a_end=0.0, b_end=0.0, a_start=a, b_start=b)]
        inner = [self.between(x, y) for x, y in pairwise(lines)]
        return [self.head(lines[0]), *inner, self.tail(lines[-1])]

    def head(self, line: SegmentLine) -> Junction:
        """The line begins at the start of the shorter side, or after something new."""
        b = float(self.b.starts[line.first])
        if line.first >= 2:
            b = self._arrival(line, np.arange(line.first))
        a = float(line.to_a(b))
        room = min(a / line.rate, b)
        if room <= 1.05 * self.b.step or room < 0:
            b -= room
        return Junction(a_end=0.0, b_end=0.0, a_start=max(0.0, float(line.to_a(b))), b_start=b)

    def tail(self, line: SegmentLine) -> Junction:
        """Where the last line ends; what is behind it on either side is a gap to the end."""
        a_duration, b_duration = self.a.duration, self.b.duration
        last_row = len(self.b) - 1
        if line.last + 2 <= last_row:
            b = self._departure(line, np.arange(line.last + 1, last_row + 1))
        else:
            b = float(self.b.ends[line.last])
        room = min((a_duration - float(line.to_a(b))) / line.rate, b_duration - b)
        if room <= 1.05 * self.b.step or room < 0:
            b += room
        a = min(a_duration, float(line.to_a(b)))
        return Junction(a_end=a, b_end=b, a_start=a_duration, b_start=b_duration)

    def between(self, left: SegmentLine, right: SegmentLine) -> Junction:
        """Where `left` ends and `right` begins, with what either side has more between them."""
        middle = (self.b.ends[left.last] + self.b.starts[right.first]) / 2
        skipped = float(right.to_a(middle)) - float(left.to_a(middle))
        touching = right.first == left.last + 1
        if left.rate != right.rate and touching:
            meeting = left.meets(right)
            if abs(meeting - middle) <= 1.5 * self.b.step:
                return self._junction(left, right, meeting, meeting)
        if (
            abs(skipped) < self._tuning.same_offset
            and left.rate == right.rate == 1.0
            and not touching
        ):
            return self._replaced(left, right)
        if skipped > self._tuning.same_offset or (touching and abs(skipped) <= 0.6):
            found = self._deleted(left, right)
        elif skipped < -self._tuning.same_offset:
            found = self._inserted(left, right)
        else:
            found = None
        return found or self._replaced(left, right)

    def _deleted(self, left: SegmentLine, right: SegmentLine) -> Junction | None:
        """One cut in B: every segment of B near it is a mix of both sides' A."""
        rows = np.arange(left.last, right.first + 1)
        cuts = grid(float(self.b.starts[left.last]), float(self.b.ends[right.first]))
        cost, worst = cut_costs(self.a, self.b, rows, cuts, left, right, inverse=False)
        best = flat_minimum(cost, 0.15 * self.residuals.floor)
        if len(rows) > 2 and worst[int(cost.argmin())] > self._allowed(len(rows)):
            return None
        b = float(cuts[best])
        return self._junction(left, right, b, b)

    def _inserted(self, left: SegmentLine, right: SegmentLine) -> Junction | None:
        """One cut in A: every segment of A near it is a mix of both sides' B."""
        low = float(left.to_a(self.b.starts[left.last]))
        high = float(right.to_a(self.b.ends[right.first]))
        first = max(0, int(np.searchsorted(self.a.ends, low + 1e-6)))
        last = min(len(self.a) - 1, int(np.searchsorted(self.a.starts, high - 1e-6)) - 1)
        rows = np.arange(first, max(first, last) + 1)
        cuts = grid(max(0.0, low), min(self.a.duration, max(low, high)))
        if len(cuts) == 0:
            return None
        cost, worst = cut_costs(self.b, self.a, rows, cuts, left, right, inverse=True)
        best = flat_minimum(cost, 0.15 * self.residuals.floor)
        if len(rows) > 2 and worst[int(cost.argmin())] > self._allowed(len(rows)):
            return None
        a = float(cuts[best])
        return self._junction(left, right, float(left.to_b(a)), float(right.to_b(a)))

    def _allowed(self, rows: int) -> float:
        """One segment between the matched ones may be the cut's alone."""
        return self.lone_mixed_limit if rows <= 3 else self.mixed_limit

    def _replaced(self, left: SegmentLine, right: SegmentLine) -> Junction:
        """Something else in both videos: each line ends where B stops to follow it."""
        inside = np.arange(left.last + 1, right.first)
        b_end, b_start = float(self.b.ends[left.last]), float(self.b.starts[right.first])
        if len(inside) > 0:
            b_end = self._departure(left, inside)
            b_start = self._arrival(right, inside)
        if b_end > b_start:
            b_end = b_start = (b_end + b_start) / 2
        a_end, a_start = left.to_a(b_end), right.to_a(b_start)
        if a_end > a_start:
            a_end = min(max(a_start, 0.0), a_end)
            b_end = min(b_end, left.to_b(a_end))
        return Junction(a_end=a_end, b_end=b_end, a_start=a_start, b_start=b_start)

    def _departure(self, line: SegmentLine, inside: NDArray[np.int64]) -> float:
        """Where in B the line ends; segments `inside` after it are new, the first in part."""
        if len(inside) == 1:
            return float(self.b.ends[line.last]) - self._new_seconds(line, inside[:0], inside)
        core = inside[1:-1] if len(inside) > 2 else inside[1:]
        return float(self.b.ends[inside[0]]) - self._new_seconds(line, inside[:1], core)

    def _arrival(self, line: SegmentLine, inside: NDArray[np.int64]) -> float:
        if len(inside) == 1:
            return float(self.b.starts[line.first]) + self._new_seconds(line, inside[:0], inside)
        core = inside[1:-1] if len(inside) > 2 else inside[:1]
        return float(self.b.starts[inside[-1]]) + self._new_seconds(line, inside[-1:], core)

    def _new_seconds(
        self, line: SegmentLine, partly: NDArray[np.int64], core: NDArray[np.int64]
    ) -> float:
        """Seconds of new content in the line's last segment (or first) and in those `partly` new.

        A segment that is new to the share u is at a distance of A's in which u grows as the
        distance does to that of the `core`, which is all new (`_new_share`).
        """
        after = core[0] > line.last
        edge, previous = (line.last, line.last - 1) if after else (line.first, line.first + 1)
        if not line.first <= previous <= line.last:
            previous = edge
        rows = np.append(partly, edge)
        noise = 1.4 * self.residuals.floor
        full = float(np.median(line_distances(self.a, self.b, line, core))) - noise
        level = (line_distances(self.a, self.b, line, rows) - noise) / max(full, 1e-6)
        alike = float(self.b.vectors[previous] @ self.b.vectors[core[0]])
        share = _new_share(np.clip(level, 0, 1), min(max(alike, 0.0), 0.98))
        if len(partly) and share[0] < 0.6:
            share[1] = 0.0  # Mostly kept there, so all kept before.
        return float(np.sum(share * (self.b.ends[rows] - self.b.starts[rows])))

    def _junction(
        self, left: SegmentLine, right: SegmentLine, b_end: float, b_start: float
    ) -> Junction:
        return Junction(
            a_end=float(left.to_a(b_end)),
            b_end=b_end,
            a_start=float(right.to_a(b_start)),
            b_start=b_start,
        )


def _new_share(level: Float64, alike: float) -> Float64:
    """Share u of new content in segments at `level` times the distance of wholly new ones.

    With kept content k, A's continuation o and B's n: the distance of the unit mixes
    (1 - u) k + u o and (1 - u) k + u n is u^2 distance(o, n) / |(1 - u) k + u n|^2, where k, o and
    n are `alike` (cosine). Solved for u.
    """
    bend = level * (1 - alike)
    root = np.sqrt(np.maximum(bend**2 + level * (1 - 2 * bend), 0))
    flat = np.abs(1 - 2 * bend) < 1e-6
    share: Float64 = np.where(flat, 0.5, (root - bend) / np.where(flat, 1, 1 - 2 * bend))
    return np.clip(share, 0, 1)
