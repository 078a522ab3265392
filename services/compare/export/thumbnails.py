"""Pictures of both versions that stand beside their differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sage.compare.v1.compare_pb2 import Comparison, Region, RegionKind
from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.timecode import FrameClock
from services.compare.ports import Still

HEIGHT = 90


@dataclass(frozen=True, kw_only=True)
class Thumbnails:
    """By the frame of A, or of B, with which a difference begins."""

    a: Mapping[int, Still] = field(default_factory=dict)
    b: Mapping[int, Still] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.a or self.b)


NO_THUMBNAILS = Thumbnails()


def pictured(comparison: Comparison, count: int) -> list[Region]:
    """So many differences of the picture, the longest ones, in order of time."""
    differences = [
        each
        for each in comparison.regions
        if each.modality == Modality.MODALITY_VISUAL
        and each.kind != RegionKind.REGION_KIND_UNCHANGED
    ]
    longest = sorted(
        differences, key=lambda each: min(each.a_start - each.a_end, each.b_start - each.b_end)
    )
    return sorted(longest[:count], key=lambda each: (each.a_start, each.b_start))


def shown_times(
    regions: Sequence[Region], clocks: tuple[FrameClock, FrameClock]
) -> tuple[dict[int, float], dict[int, float]]:
    """When a picture of each difference is shown, in its middle, by the frame with which it begins;
    of A and of B."""
    a, b = clocks
    of_a = {
        a.frame(each.a_start): (each.a_start + each.a_end) / 2
        for each in regions
        if each.a_end > each.a_start
    }
    of_b = {
        b.frame(each.b_start): (each.b_start + each.b_end) / 2
        for each in regions
        if each.b_end > each.b_start
    }
    return of_a, of_b
