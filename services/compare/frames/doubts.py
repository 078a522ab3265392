"""What of a finished alignment nobody should be sure of, as the frames say.

A region keeps its kind and its times, with a low confidence; an unchanged one is cut where the
doubt begins. What is carried along a doubted region is to be checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from services.compare.frames.local_offsets import LocalOffsets
from services.compare.frames.losses import found_again
from services.compare.frames.placement import is_beside_small_cut, is_elsewhere, is_unproven
from services.compare.frames.step_ends import unproven_ends
from services.compare.frames.tuning import TUNED, FramesTuning
from services.compare.geometry import Span, overlap
from services.compare.timeline import FrameTrack, Region, RegionKind

# No longer sure; see Region.confidence.
_DOUBTED = 0.3
# Of a sound's stretch, so much has to lie in one of the picture that is doubted.
_MOST = 0.5
# Shorter parts, in seconds, are not cut off a stretch.
_SHORTEST = 0.02


def with_doubts(
    regions: Sequence[Region],
    a: FrameTrack,
    b: FrameTrack,
    check: Callable[[], None],
    *,
    tuning: FramesTuning = TUNED,
) -> list[Region]:
    """The regions, less sure of those that may lie elsewhere.

    a, b: frames as they were compared. Whole stretches are looked up only where something has
    another speed: elsewhere lines are drawn from frame to frame. check: called between regions, may
    raise.
    """
    offsets = LocalOffsets(a, b, tuning)
    retimed = any(region.kind is RegionKind.RETIMED for region in regions)
    ends = unproven_ends(regions, offsets, check)
    lost = found_again(regions, a, b, check, tuning=tuning)
    found: list[Region] = []
    for index, region in enumerate(regions):
        check()
        around = regions[max(index - 1, 0) : index + 2]
        start, end = ends.get(index, (0.0, 0.0))
        if (
            index in lost
            or is_beside_small_cut(region, around, tuning=tuning)
            or (retimed and is_elsewhere(region, offsets))
            or (_is_briefly_retimed(region, tuning) and max(start, end) > 0)
        ):
            found.append(_doubted(region))
        elif region.kind is RegionKind.UNCHANGED:
            edges = (region.b_start, region.b_start + start), (region.b_end - end, region.b_end)
            found += _doubted_within(region, edges)
        else:
            found.append(region)
    return found


def _is_briefly_retimed(region: Region, tuning: FramesTuning) -> bool:
    return region.kind is RegionKind.RETIMED and region.seconds_b < tuning.placement_long


def with_doubted_content(
    regions: Iterable[Region],
    a: FrameTrack,
    b: FrameTrack,
    check: Callable[[], None],
    *,
    tuning: FramesTuning = TUNED,
) -> list[Region]:
    """The regions, less sure of what is replaced and only seems to go on below. The sound has
    nothing to do with it."""
    offsets = LocalOffsets(a, b, tuning)
    found = []
    for region in regions:
        check()
        found.append(_doubted(region) if is_unproven(region, offsets) else region)
    return found


def following_doubts(
    sound: Iterable[Region], picture: Sequence[Region], *, tuning: FramesTuning = TUNED
) -> list[Region]:
    """The sound's regions, less sure of those that lie in doubted ones of the picture, or that seem
    unchanged where the picture beside was replaced: the line between is a guess."""
    doubted = [each for each in picture if each.confidence <= _DOUBTED]
    beside = [each.in_b for each in _replaced_beside(doubted, picture, tuning.placement_gap)]
    found: list[Region] = []
    for region in sound:
        if region.sound_offset:
            found.append(region)
        elif region.kind is RegionKind.UNCHANGED:
            found += _doubted_within(region, [*(each.in_b for each in doubted), *beside])
        elif any(_lies_in(region, each) for each in doubted):
            found.append(_doubted(region))
        else:
            found.append(region)
    return found


def _replaced_beside(
    doubted: Iterable[Region], picture: Iterable[Region], longest: float
) -> Iterator[Region]:
    edges = {edge for region in doubted for edge in region.in_b}
    for region in picture:
        short = region.kind is RegionKind.REPLACED and region.longest <= longest
        if short and not edges.isdisjoint(region.in_b):
            yield region


def _doubted(region: Region) -> Region:
    return replace(region, confidence=min(region.confidence, _DOUBTED))


def _lies_in(region: Region, other: Region) -> bool:
    """Whether most of it does, in B, or in A where B has nothing of it."""
    if region.seconds_b > 0:
        return overlap(region.in_b, other.in_b) > _MOST * region.seconds_b
    return overlap(region.in_a, other.in_a) > _MOST * region.seconds_a


def _doubted_within(region: Region, spans: Iterable[Span]) -> Iterator[Region]:
    """The region cut at the edges of spans of B, less sure of what lies in them."""
    inside = [span for span in spans if overlap(span, region.in_b) >= _SHORTEST]
    edges = [region.b_start]
    for edge in sorted(edge for span in inside for edge in span):
        if edge - edges[-1] >= _SHORTEST and region.b_end - edge >= _SHORTEST:
            edges.append(edge)
    line = region.diagonal() if len(edges) > 1 else None
    for start, end in pairwise([*edges, region.b_end]):
        part = replace(region, b_start=start, b_end=end)
        if line is not None and start > region.b_start:
            part = replace(part, a_start=line.to_a(start))
        if line is not None and end < region.b_end:
            part = replace(part, a_end=line.to_a(end))
        middle = (start + end) / 2
        yield _doubted(part) if any(low <= middle <= high for low, high in inside) else part
