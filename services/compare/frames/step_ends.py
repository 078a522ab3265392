"""The ends of unchanged stretches beside small steps from one line to another.

A change of speed of a few seconds moves what follows by a fraction of a second, just as a small cut
does, and where little moves, its frames fit the lines on either side. What lies between such a
step and the first place that only the line explains is not known to be on the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from services.compare.frames.local_offsets import BESIDE, LocalOffsets
from services.compare.geometry import Stretch
from services.compare.timeline import CONTINUED, Region

# Places are looked at every so many frames.
_STRIDE = 2
# Rates that differ by less are the same.
_OTHER_RATE = 0.005


def unproven_ends(
    regions: Sequence[Region], offsets: LocalOffsets, check: Callable[[], None]
) -> dict[int, tuple[float, float]]:
    """How many seconds of B, at its start and at its end, each region is not known to lie where it
    does; by its index, only for those that have any.

    check: called between steps, may raise.
    """
    lines = [index for index, region in enumerate(regions) if region.kind in CONTINUED]
    found: dict[int, tuple[float, float]] = {}
    for left, right in pairwise(lines):
        if not _is_step(regions[left], regions[right], offsets):
            continue
        check()
        start, _ = found.get(left, (0.0, 0.0))
        found[left] = start, _unproven(regions[left], offsets, from_end=True)
        found[right] = _unproven(regions[right], offsets, from_end=False), 0.0
    return {index: ends for index, ends in found.items() if max(ends) > 0}


def _is_step(left: Region, right: Region, offsets: LocalOffsets) -> bool:
    tuning = offsets.tuning
    gap_a, gap_b = right.a_start - left.a_end, right.b_start - left.b_end
    if max(gap_a, gap_b) > tuning.placement_gap:
        return False
    if abs(left.rate - right.rate) > _OTHER_RATE or min(gap_a, gap_b) > offsets.frame / 2:
        return True
    return offsets.frame / 2 < abs(gap_a - gap_b) <= tuning.placement_jump


def _unproven(region: Stretch, offsets: LocalOffsets, *, from_end: bool) -> float:
    """Seconds of B from an end to the first of two places in a row that lie on the line."""
    first, last = offsets.frames_of(region)
    anchor: int | None = None
    for place in _inwards(first, last, from_end=from_end):
        outer = place + BESIDE + 1 if from_end else place - BESIDE
        seconds = abs(offsets.b_time(last if from_end else first) - offsets.b_time(outer))
        if seconds > offsets.tuning.placement_walk:
            return offsets.tuning.placement_walk
        off = offsets.at(place, region)
        if off is None:
            continue
        if abs(off) > offsets.tuning.placement_near:
            anchor = None
        elif anchor is None:
            anchor = outer
        else:
            found = abs(offsets.b_time(last if from_end else first) - offsets.b_time(anchor))
            return found if found > offsets.tuning.placement_trifle else 0.0
    return region.seconds_b


def _inwards(first: int, last: int, *, from_end: bool) -> Iterator[int]:
    inner = range(first + BESIDE, last - BESIDE, _STRIDE)
    yield from (last + first - 1 - place for place in inner) if from_end else inner
