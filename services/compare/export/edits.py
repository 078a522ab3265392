"""How many changes of the cut there are, in picture and sound together, as people count them.

The picture and the sound are compared apart, so one cut is found twice. What is of one kind and
lies at the same times on both sides is one edit. `web/src/domain/edits.ts` has the same rule."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from sage.compare.v1.compare_pb2 import Region, RegionKind
from sage.embed.v1.embed_pb2 import Modality

# Seconds: sound is cut, and found, less exactly than pictures.
_TOGETHER = 0.1
_ROUNDING = 1e-6
_MODALITIES = (Modality.MODALITY_VISUAL, Modality.MODALITY_AUDIO)


def edit_count(regions: Sequence[Region], frame_rates: Sequence[float]) -> int:
    """frame_rates: of both versions, 0 where unknown. Where half a frame is longer than the usual
    tolerance, it is the tolerance."""
    halves = (0.5 / rate for rate in frame_rates if rate > 0)
    within = max((_TOGETHER, *halves)) + _ROUNDING
    changed = [each for each in regions if each.kind != RegionKind.REGION_KIND_UNCHANGED]
    groups: dict[tuple[int, int], list[list[Region]]] = defaultdict(list)
    count = 0
    for modality in _MODALITIES:
        for region in (each for each in changed if each.modality == modality):
            place = math.floor(region.a_start / max(1.0, within))
            near = [
                group
                for own in (place - 1, place, place + 1)
                for group in groups.get((region.kind, own), ())
            ]
            found = _nearest(near, region, within)
            if found is None:
                groups[region.kind, place].append([region])
                count += 1
            else:
                found.append(region)
    return count


def _nearest(groups: list[list[Region]], region: Region, within: float) -> list[Region] | None:
    """Of the groups that lack the region's modality, the one closest in time."""
    found, least = None, within
    for group in groups:
        if any(each.modality == region.modality for each in group):
            continue
        apart = _apart(group[0], region)
        if apart <= least:
            found, least = group, apart
    return found


def _apart(x: Region, y: Region) -> float:
    return max(
        abs(x.a_start - y.a_start),
        abs(x.a_end - y.a_end),
        abs(x.b_start - y.b_start),
        abs(x.b_end - y.b_end),
    )
