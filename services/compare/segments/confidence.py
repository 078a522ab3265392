"""How sure SEQUENCE is of the kind and the place of each region, from 0 to 1.

A confidence is a product: each factor grows with one piece of evidence from 0 to 1 and is a half
where that evidence is even (`surer`).

- UNCHANGED: how far its distances lie below the pair's limit for changed content, how many segments
  say so, and the least sure of the edits beside it, for they place its ends.
- RETIMED: the same, how much worse it would fit at the original speed, and by how much the other
  speed sets it off.
- REPLACED: how far the distances lie above the limit, by the word of the video that is less sure;
  its length; and how nearly its sides have one length, as unlike ones may be two edits.
- INSERTED, DELETED: its length, how well it explains the segments across the cut, and how much
  worse it would with the cut half a segment sooner or later.
- MOVED: how far its score exceeds what a move needs by default.

The even points were set on made-up edits so that about as many regions are right as their
confidence says; `tests.bench.alignment` reports how well that holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from services.compare.geometry import Line
from services.compare.segments.anchors import NoiseScale
from services.compare.segments.content import Content
from services.compare.segments.cuts import cut_costs
from services.compare.segments.junctions import limit_across
from services.compare.segments.moves import move_score, move_score_required
from services.compare.segments.options import AlignmentOptions
from services.compare.segments.residuals import Residuals, partner_distances
from services.compare.segments.tuning import SegmentsTuning
from services.compare.timeline import CONTINUED, ONE_SIDED, Float64, Region, RegionKind

_SAME_TIME = 1e-6
_USUAL_SENSITIVITY = AlignmentOptions().move_sensitivity
# Distances and move scores tell more sharply than lengths do.
_SHARP = 4


def surer(evidence: float, even: float, power: int = 2) -> float:
    """0 without evidence, a half where it is `even`, towards 1 the further it is above."""
    return float(_shares(np.array([evidence]), even, power)[0])


def by_threshold(kind: RegionKind, distance: float, threshold: float) -> float:
    """For regions that a threshold alone decides: how far their distance is from it.

    1 for what has no distance: it is only in one of the videos.
    """
    if kind in ONE_SIDED:
        return 1.0
    differs = surer(distance, threshold)
    return differs if kind is RegionKind.REPLACED else 1 - differs


def with_confidence(
    regions: Sequence[Region],
    a: Content,
    b: Content,
    residuals: Residuals,
    scale: NoiseScale,
    *,
    tuning: SegmentsTuning,
) -> list[Region]:
    """The regions of a whole alignment with their confidence. residuals, scale: of this pair."""
    judge = _Judge(a, b, residuals, scale, tuning=tuning)
    beside = _Neighbours(regions)
    sure: dict[int, float] = {}
    for at, region in enumerate(regions):
        if region.kind not in CONTINUED:
            sure[at] = judge.edit(region, *beside.lines(region, a.duration, b.duration))
    # The ends of a line are placed by the edits beside it, a change of speed among them.
    for kind in (RegionKind.RETIMED, RegionKind.UNCHANGED):
        sure |= {
            at: judge.match(region)
            * min([1.0, *(sure.get(x, 1.0) for x in beside.touching(region))])
            for at, region in enumerate(regions)
            if region.kind is kind
        }
    return [replace(region, confidence=sure[at]) for at, region in enumerate(regions)]


@dataclass
class _Neighbours:
    """Which regions meet where."""

    regions: Sequence[Region]
    starts: dict[tuple[str, float], list[int]] = field(default_factory=dict)
    ends: dict[tuple[str, float], list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, region in enumerate(self.regions):
            for side, start, end in _sides(region):
                if end > start:
                    self.starts.setdefault((side, _key(start)), []).append(index)
                    self.ends.setdefault((side, _key(end)), []).append(index)

    def touching(self, region: Region) -> list[int]:
        """Regions that end where it starts or start where it ends, in either video."""
        found: list[int] = []
        for side, start, end in _sides(region):
            found += self.ends.get((side, _key(start)), [])
            found += self.starts.get((side, _key(end)), [])
        return found

    def lines(
        self, gap: Region, duration_a: float, duration_b: float
    ) -> tuple[Line | None, Line | None]:
        """The matched lines before and after a gap, if it lies between any.

        Before the first line there could be one that starts with both videos, after the last one
        that ends with both.
        """
        before = after = None
        if _key(gap.a_start) == _key(gap.b_start) == 0.0:
            before = Line(offset=0.0)
        if _key(gap.a_end) == _key(duration_a) and _key(gap.b_end) == _key(duration_b):
            after = Line(offset=duration_a - duration_b)
        for index in self.touching(gap):
            region = self.regions[index]
            if region.kind not in CONTINUED:
                continue
            if region.leads_to(gap, _SAME_TIME):
                before = region.diagonal()
            if gap.leads_to(region, _SAME_TIME):
                after = region.diagonal()
        return before, after


@dataclass(frozen=True)
class _Judge:
    """Weighs the evidence for the regions of one pair."""

    a: Content
    b: Content
    residuals: Residuals
    scale: NoiseScale
    tuning: SegmentsTuning

    def edit(self, region: Region, before: Line | None, after: Line | None) -> float:
        if region.kind is RegionKind.MOVED:
            score = move_score(region, self.a, self.b, self.scale.limit, tuning=self.tuning)
            return surer(score, move_score_required(_USUAL_SENSITIVITY, tuning=self.tuning), _SHARP)
        if region.kind is RegionKind.REPLACED:
            return self._replaced(region)
        length = region.longest / self.b.step
        return surer(length, self.tuning.even_gap) * self._cut(region, before, after)

    def match(self, region: Region) -> float:
        by_a, by_b = self._levels(region)
        levels = np.concatenate([by_a, by_b])
        fit = 1 - float(_shares(levels, 1.0, _SHARP).mean()) if len(levels) else 0.5
        sure = fit * surer(_segments(region, self.b), self.tuning.even_match)
        return sure * self._speed(region) if region.kind is RegionKind.RETIMED else sure

    def _replaced(self, region: Region) -> float:
        differing = [
            float(_shares(levels, 1.0, 2).mean()) if len(levels) else 0.5
            for levels in self._levels(region)
        ]
        length_a, length_b = region.seconds_a, region.seconds_b
        alike = surer(min(length_a, length_b), abs(length_a - length_b))
        return (
            min(differing) * alike * surer(_segments(region, self.b), self.tuning.even_replacement)
        )

    def _cut(self, region: Region, before: Line | None, after: Line | None) -> float:
        """How well one cut explains the segments round it, and how much better than its like."""
        if before is None or after is None:
            return 0.5
        deleted = region.kind is RegionKind.DELETED
        source, shown = (self.a, self.b) if deleted else (self.b, self.a)
        at = region.b_start if deleted else region.a_start
        row = int(np.clip(np.searchsorted(shown.edges, at, "right") - 1, 0, len(shown) - 1))
        rows = np.arange(max(0, row - 1), min(len(shown), row + 2))
        cuts = at + shown.step * np.array([0.0, -0.5, 0.5])
        cuts = cuts[(cuts >= 0) & (cuts <= shown.duration)]
        cost, worst = cut_costs(source, shown, rows, cuts, before, after, inverse=not deleted)
        explained = 1 - surer(
            float(worst[0]), limit_across(self.residuals, self.scale, tuning=self.tuning), _SHARP
        )
        rise = float(cost[1:].min() - cost[0]) if len(cuts) > 1 else 0.0
        return explained * surer(rise, self.tuning.even_sharpness * self.scale.limit)

    def _speed(self, region: Region) -> float:
        line = region.diagonal()
        rows = _rows_inside(self.b, region.b_start, region.b_end)
        if len(rows) == 0:
            return 0.0
        middle = (region.b_start + region.b_end) / 2
        steady = Line(offset=line.to_a(middle) - middle)
        at_speed, at_original = (
            partner_distances(
                self.a,
                self.b.vectors[rows],
                found.to_a(self.b.starts[rows]),
                found.to_a(self.b.ends[rows]),
                found.rate,
            )[0]
            for found in (line, steady)
        )
        gain = float((at_original - at_speed).mean()) / max(self.residuals.changed, 1e-9)
        drift = abs(region.a_end - region.a_start - region.b_end + region.b_start) / self.b.step
        return surer(gain, self.tuning.even_speed_gain) * surer(drift, self.tuning.even_drift)

    def _levels(self, region: Region) -> tuple[Float64, Float64]:
        """Distances of A's and of B's segments inside, in units of the limit for changed ones."""
        line = region.diagonal()
        rows_a = _rows_inside(self.a, region.a_start, region.a_end)
        rows_b = _rows_inside(self.b, region.b_start, region.b_end)
        starts_a, ends_a = self.a.starts[rows_a], self.a.ends[rows_a]
        starts_b, ends_b = self.b.starts[rows_b], self.b.ends[rows_b]
        by_a = partner_distances(
            self.b, self.a.vectors[rows_a], line.to_b(starts_a), line.to_b(ends_a), 1 / line.rate
        )
        by_b = partner_distances(
            self.a, self.b.vectors[rows_b], line.to_a(starts_b), line.to_a(ends_b), line.rate
        )
        return self._level(*by_a), self._level(*by_b)

    def _level(self, distances: Float64, allowance: Float64) -> Float64:
        return distances / np.maximum(self.residuals.changed + allowance, 1e-9)


def _shares(evidence: Float64, even: float, power: int) -> Float64:
    ratio = np.maximum(evidence, 0.0) / max(even, 1e-9)
    result: Float64 = 1 - 1 / (1 + ratio**power)
    return result


def _segments(region: Region, content: Content) -> float:
    return (region.a_end - region.a_start + region.b_end - region.b_start) / 2 / content.step


def _rows_inside(content: Content, start: float, end: float) -> NDArray[np.int64]:
    return np.flatnonzero(
        (content.starts >= start - 0.02 * content.step)
        & (content.ends <= end + 0.02 * content.step)
    )


def _sides(region: Region) -> tuple[tuple[str, float, float], tuple[str, float, float]]:
    return ("a", region.a_start, region.a_end), ("b", region.b_start, region.b_end)


def _key(time: float) -> float:
    return round(time, 6)
