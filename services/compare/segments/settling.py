"""What was taken for replaced, but is no more different than the threshold allows.

Alignments call a stretch replaced when no line leads through it. That need not mean that its
contents differ: a black or a silent stretch goes with any other, so nothing says where it belongs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from services.compare.timeline import Region, RegionKind


def settled(
    regions: Sequence[Region],
    threshold: float,
    score: Callable[[Region], float],
    same_length: float,
) -> list[Region]:
    """The regions, none of them REPLACED with a score at or below the threshold.

    What both sides show for as long as the shorter one lasts is unchanged, and the rest of the
    longer one is inserted or deleted. Contents that are alike only when one is played at another
    speed are retimed.

    threshold: a cosine distance, as are the scores.
    score: how far apart the two sides of a region are, each played in the same time.
    same_length: sides whose lengths differ by no more seconds than this are equally long.
    """
    return [part for region in regions for part in _parts(region, threshold, score, same_length)]


def _parts(
    region: Region, threshold: float, score: Callable[[Region], float], same_length: float
) -> list[Region]:
    if region.kind is not RegionKind.REPLACED or region.score > threshold:
        return [region]
    length_a, length_b = region.a_end - region.a_start, region.b_end - region.b_start
    whole = replace(region, kind=RegionKind.UNCHANGED, rate=1.0, box=None)
    if abs(length_a - length_b) <= same_length:
        return [whole]
    if length_a > length_b:
        rest, a_end, b_end = RegionKind.DELETED, region.a_start + length_b, region.b_end
    else:
        rest, a_end, b_end = RegionKind.INSERTED, region.a_end, region.b_start + length_a
    shared = replace(whole, a_end=a_end, b_end=b_end)
    apart = score(shared)
    if apart > threshold:
        return [replace(whole, kind=RegionKind.RETIMED, rate=length_a / length_b)]
    return [
        replace(shared, score=apart),
        Region(kind=rest, a_start=a_end, a_end=region.a_end, b_start=b_end, b_end=region.b_end),
    ]
