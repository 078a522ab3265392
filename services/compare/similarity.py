"""How much of two versions is the same.

That is 100 x the time of both sides that is not different, over the time of both sides.
What only one side has is different, and so is what was replaced or moved. Of what plays at another
speed it is the time by which one side is longer. In the whole, a moment is different when anything
of it is. So 100 is never said beside a difference; one that takes no time of its own leaves 99.9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from services.compare.geometry import Span
from services.compare.timeline import Region, RegionKind

# Said where something differs that takes next to no time: percentages have one decimal.
MOST_WITH_DIFFERENCES = 99.9


@dataclass(frozen=True)
class Side:
    """One side of a comparison in one modality. end: in seconds; different: spans, in any order."""

    end: float
    different: Sequence[Span]


def sides(regions: Sequence[Region]) -> tuple[Side, Side]:
    """What is different of A and of B. regions: those of one modality."""
    return (
        Side(max((r.a_end for r in regions), default=0.0), _different(regions, _in_a, _in_b)),
        Side(max((r.b_end for r in regions), default=0.0), _different(regions, _in_b, _in_a)),
    )


def wholly_different(duration: float) -> Side:
    """A side whose modality the other lacks."""
    return Side(duration, [(0.0, duration)])


def similarity(of_a: Sequence[Side], of_b: Sequence[Side], *, differs: bool) -> float | None:
    """In percent; None where there is no time at all.

    of_a, of_b: the sides in all modalities that count. differs: whether anything differs.
    """
    total = same = 0.0
    for of_side in (of_a, of_b):
        end = max((side.end for side in of_side), default=0.0)
        total += end
        same += end - _length_of_union(span for side in of_side for span in side.different)
    if total <= 0:
        return None
    percent = min(max(100.0 * same / total, 0.0), 100.0)
    return min(percent, MOST_WITH_DIFFERENCES) if differs else percent


def _in_a(region: Region) -> Span:
    return region.a_start, region.a_end


def _in_b(region: Region) -> Span:
    return region.b_start, region.b_end


def _different(
    regions: Sequence[Region], own: Callable[[Region], Span], other: Callable[[Region], Span]
) -> list[Span]:
    spans = []
    for region in regions:
        start, end = own(region)
        if region.kind is RegionKind.RETIMED:
            other_start, other_end = other(region)
            start += min(end - start, other_end - other_start)
        if region.kind is not RegionKind.UNCHANGED and end > start:
            spans.append((start, end))
    return spans


def _length_of_union(spans: Iterable[Span]) -> float:
    length, reached = 0.0, 0.0
    for start, end in sorted(spans):
        length += max(end - max(start, reached), 0.0)
        reached = max(reached, end)
    return length
