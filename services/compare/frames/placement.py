"""Whether the stretches of a finished alignment lie where their frames say.

Where speeds change, lines are drawn through few points, and a line may be right at its ends and
wrong between them. Here frames are looked up beside where the line has them: where they agree
better some frames off, nobody should be sure of the stretch.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from services.compare.frames.local_offsets import LocalOffsets
from services.compare.frames.tuning import FramesTuning
from services.compare.timeline import Region, RegionKind, RegionReason

_SAME_CONTENT = (RegionReason.OVERLAY, RegionReason.LOOK)


def is_beside_small_cut(region: Region, around: Sequence[Region], *, tuning: FramesTuning) -> bool:
    """Whether it is a short stretch beside a cut of a few frames."""
    if not is_paired(region) or region.seconds_b > tuning.placement_beside_step:
        return False
    cuts = (each.longest for each in around if not is_paired(each))
    return any(0 < length < tuning.placement_step for length in cuts)


def is_paired(region: Region) -> bool:
    """Whether it is something of both videos, so that frames can be held against each other."""
    return region.seconds_a > 0 and region.seconds_b > 0


def is_elsewhere(region: Region, offsets: LocalOffsets) -> bool:
    """Whether its frames agree better beside its line."""
    if region.sound_offset or not is_paired(region):
        return False
    tuning = offsets.tuning
    off = offsets.along(region)
    told = [abs(each) for each in off if each is not None]
    misplaced = sum(each > tuning.placement_off for each in told)
    if off and region.kind is RegionKind.RETIMED and region.seconds_b < tuning.placement_long:
        return misplaced > 0 or _longest_silence(off) > tuning.placement_silent * len(off)
    return misplaced >= max(tuning.placement_least_off, tuning.placement_most_off * len(told))


def is_unproven(region: Region, offsets: LocalOffsets) -> bool:
    """Whether replaced content that seems to go on below something, or in another look, may as well
    be another take: nothing that moves says that it is the same moment."""
    if region.kind is not RegionKind.REPLACED or region.reason not in _SAME_CONTENT:
        return False
    told = [each for each in offsets.along(region) if each is not None]
    near = sum(abs(each) <= offsets.tuning.placement_near for each in told)
    return near <= len(told) / 2


def _longest_silence(off: Sequence[float | None]) -> int:
    """How many places in a row tell nothing."""
    runs = groupby(off, lambda each: each is None)
    return max((len(list(run)) for silent, run in runs if silent), default=0)
