"""Lines and junctions as typed regions that tile both timelines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.compare.geometry import Line
from services.compare.segments.junctions import Junction
from services.compare.timeline import GAPS, PAIRED, Region, RegionKind, TimeMap


@dataclass
class _Tiler:
    """Lays regions end to end; what is too short to tell is given to its neighbours."""

    duration_a: float
    duration_b: float
    shortest: float
    regions: list[Region]
    a: float = 0.0
    b: float = 0.0

    def gap_until(self, a: float, b: float) -> None:
        a, b = self._onwards(a, b)
        if (a, b) == (self.a, self.b):
            return
        only_a, only_b = a - self.a, b - self.b
        at_end = a == self.duration_a and b == self.duration_b
        if only_a < self.shortest and only_b < self.shortest and not at_end:
            return
        if only_a < self.shortest and not at_end:
            a = self.a
        if only_b < self.shortest and not at_end:
            b = self.b
        self._lay(gap_kind(a - self.a, b - self.b), a, b, 1.0)

    def line_until(self, a: float, b: float, rate: float) -> None:
        a, b = self._onwards(a, b)
        if a > self.a and b > self.b:
            kind = RegionKind.UNCHANGED if rate == 1.0 else RegionKind.RETIMED
            self._lay(kind, a, b, rate)

    def finish(self) -> list[Region]:
        """What is left at the very end belongs to the last line when it is too short to tell."""
        a, b = self.duration_a, self.duration_b
        last = self.regions[-1] if self.regions else None
        short = a - self.a < self.shortest and b - self.b < self.shortest
        if last and short and last.kind in PAIRED:
            self.regions[-1] = replace(last, a_end=a, b_end=b)
        elif a > self.a or b > self.b:
            self._lay(gap_kind(a - self.a, b - self.b), a, b, 1.0)
        return self.regions

    def _onwards(self, a: float, b: float) -> tuple[float, float]:
        return min(max(a, self.a), self.duration_a), min(max(b, self.b), self.duration_b)

    def _lay(self, kind: RegionKind, a: float, b: float, rate: float) -> None:
        self.regions.append(
            Region(kind=kind, a_start=self.a, a_end=a, b_start=self.b, b_end=b, rate=rate)
        )
        self.a, self.b = a, b


def gap_kind(only_a: float, only_b: float) -> RegionKind:
    """only_a, only_b: seconds that have no counterpart; not both are zero."""
    if only_a > 0 and only_b > 0:
        return RegionKind.REPLACED
    return RegionKind.DELETED if only_a > 0 else RegionKind.INSERTED


def regions_of(
    lines: Sequence[Line],
    junctions: Sequence[Junction],
    duration_a: float,
    duration_b: float,
    shortest: float,
) -> list[Region]:
    """The regions in order of both timelines. shortest: seconds below which a gap is left out."""
    tiler = _Tiler(duration_a, duration_b, shortest, [])
    for index, junction in enumerate(junctions):
        if index > 0:
            tiler.line_until(junction.a_end, junction.b_end, lines[index - 1].rate)
        if index < len(lines):
            tiler.gap_until(junction.a_start, junction.b_start)
    return merged(tiler.finish())


def merged(regions: Iterable[Region], merge_gap: float = 0.0) -> list[Region]:
    """Neighbours of one kind as one, and replaced stretches that lie close together as well."""
    result: list[Region] = []
    for region in regions:
        last = result[-1] if result else None
        if last and last.kind in GAPS and region.kind in GAPS and last.leads_to(region):
            kind = gap_kind(region.a_end - last.a_start, region.b_end - last.b_start)
            result[-1] = replace(_joined(last, region), kind=kind)
        elif last and last.kind is region.kind is RegionKind.UNCHANGED and last.leads_to(region):
            result[-1] = _joined(last, region)
        elif (
            len(result) > 1
            and region.kind is result[-2].kind is RegionKind.REPLACED
            and last is not None
            and last.kind is RegionKind.UNCHANGED
            and last.seconds_a <= merge_gap
        ):
            result.pop()
            result[-1] = _joined(result[-1], region)
        else:
            result.append(region)
    return result


def unchanged_joined(regions: Iterable[Region]) -> list[Region]:
    """Neighbours that are unchanged as one."""
    result: list[Region] = []
    for region in regions:
        last = result[-1] if result else None
        if last and last.kind is region.kind is RegionKind.UNCHANGED and last.leads_to(region):
            result[-1] = _joined(last, region)
        else:
            result.append(region)
    return result


def time_map_of(regions: Sequence[Region]) -> TimeMap:
    """The map through all regions that keep their order."""
    in_order = [region for region in regions if region.kind is not RegionKind.MOVED]
    in_order.sort(key=lambda region: (region.a_start, region.b_start, region.a_end, region.b_end))
    a = [time for region in in_order for time in (region.a_start, region.a_end)]
    b = [time for region in in_order for time in (region.b_start, region.b_end)]
    return TimeMap(a=np.array(a, np.float64), b=np.array(b, np.float64))


def _joined(left: Region, right: Region) -> Region:
    confidence = min(left.confidence, right.confidence)
    return replace(left, a_end=right.a_end, b_end=right.b_end, confidence=confidence)
