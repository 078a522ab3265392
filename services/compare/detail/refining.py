"""Puts what differs in detail into an alignment that was made from fingerprints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.compare.detail.ends import DetailEnds
from services.compare.detail.moments import moments
from services.compare.detail.search import DetailPair, fitted_on
from services.compare.detail.track import DetailPictures
from services.compare.detail.trails import Trail
from services.compare.detail.tuning import TUNED, DetailTuning
from services.compare.frames.distances import with_changes
from services.compare.frames.fingerprints import Frames
from services.compare.frames.line_stretches import LineStretch, stretch_regions
from services.compare.frames.lines import FrameLine
from services.compare.frames.local_changes import MAX_SCORE, SCORE_PER_DETAIL, Change
from services.compare.frames.options import RefineOptions
from services.compare.geometry import Span
from services.compare.timeline import (
    CONTINUED,
    Alignment,
    Box,
    Cells,
    Float32,
    FrameTrack,
    Region,
    RegionKind,
    SegmentTrack,
)

# Shorter regions hold no two moments.
_SHORTEST = 0.5
# Spans closer than this, in seconds, are asked for as one: a chunk holds more.
_JOINED = 20.0
# So many pictures say where one side's lie in the other side's.
_PAIRED_MOMENTS = 8


def spans_of(alignment: Alignment) -> tuple[list[Span], list[Span]]:
    """The stretches of A and of B whose detail says something: what is the same on both sides."""
    regions = [each for each in alignment.regions if _is_looked_at(each)]
    return (
        _joined([each.in_a for each in regions]),
        _joined([each.in_b for each in regions]),
    )


def paired_pictures(
    alignment: Alignment,
    detail_a: DetailPictures,
    detail_b: DetailPictures,
    frames_a: FrameTrack,
    frames_b: FrameTrack,
) -> list[tuple[Float32, Float32]]:
    """A few pictures of A with those of B that show the same, spread over what is the same.

    Raises DamagedDetail.
    """
    a, b = Frames(frames_a), Frames(frames_b)
    found = [
        moment
        for region in alignment.regions
        if _is_looked_at(region)
        for moment in moments(region, detail_a, detail_b, a, b)
    ]
    return [
        (detail_a.picture(moment.a), detail_b.picture(moment.b))
        for moment in fitted_on(found, _PAIRED_MOMENTS)
    ]


def refined(
    alignment: Alignment,
    detail_a: DetailPictures,
    detail_b: DetailPictures,
    frames_a: FrameTrack,
    frames_b: FrameTrack,
    segments_a: SegmentTrack | None,
    options: RefineOptions,
    check: Callable[[], None],
    hidden: Cells | None = None,
    *,
    tuning: DetailTuning = TUNED,
) -> Alignment:
    """The alignment with what differs in detail as REPLACED regions of their own.

    segments_a: the vectors of A, whose distances the alignment holds; None without any.
    hidden: (16, 16) cells of the pictures that are not to be compared.
    Raises DamagedDetail.
    """
    a, b = Frames(frames_a), Frames(frames_b)
    pair = DetailPair(detail_a, detail_b, a, b, hidden, tuning=tuning)
    regions: list[Region] = []
    for region in alignment.regions:
        found = pair.trails(region, check) if _is_looked_at(region) else []
        ends = DetailEnds(region, a, b, tuning=tuning)
        proven = [each for each in found if not each.is_single or ends.is_proven(each)]
        changes = _merged([_placed(trail, ends) for trail in proven], options)
        regions += _cut(region, changes, b)
    if regions == list(alignment.regions):
        return alignment
    distances = alignment.distances
    if segments_a is not None and len(distances):
        raised = with_changes(regions, segments_a, distances.astype(np.float64))
        distances = raised.astype(np.float32)
    return replace(alignment, regions=regions, distances=distances)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A detail with its place in A's time and in the picture. ratio: to what would be noise."""

    start: float
    end: float
    score: float
    ratio: float
    box: Box


def _is_looked_at(region: Region) -> bool:
    return region.kind in CONTINUED and region.seconds_a > _SHORTEST


def _joined(spans: list[Span]) -> list[Span]:
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start - out[-1][1] < _JOINED:
            out[-1] = out[-1][0], max(end, out[-1][1])
        else:
            out.append((start, end))
    return out


def _placed(trail: Trail, ends: DetailEnds) -> _Found:
    start, end = ends.placed(trail)
    return _Found(
        start=start,
        end=end,
        score=min(SCORE_PER_DETAIL * trail.apart / 255, MAX_SCORE),
        ratio=trail.ratio,
        box=_box(trail),
    )


def _merged(found: Sequence[_Found], options: RefineOptions) -> list[_Found]:
    """In order; those that overlap in time as one, and without those that do not count."""
    out: list[_Found] = []
    for each in sorted(found, key=lambda one: one.start):
        if each.end - each.start < max(options.min_region, 1e-3) or each.score <= options.threshold:
            continue
        if out and each.start < out[-1].end - 1e-3:
            last = out[-1]
            out[-1] = _Found(
                start=last.start,
                end=max(last.end, each.end),
                score=max(last.score, each.score),
                ratio=max(last.ratio, each.ratio),
                box=_around(last.box, each.box),
            )
        else:
            out.append(each)
    return out


def _cut(region: Region, found: Sequence[_Found], b: Frames) -> list[Region]:
    if not found:
        return [region]
    rate = 1.0 if region.kind is RegionKind.UNCHANGED else region.seconds_a / region.seconds_b
    line = FrameLine(
        b_start=region.b_start,
        b_end=region.b_end,
        rate=rate,
        offset=region.a_start - rate * region.b_start,
    )
    stretch = LineStretch(
        line=line,
        a_start=region.a_start,
        a_end=region.a_end,
        b_start=region.b_start,
        b_end=region.b_end,
    )
    changes = [
        Change(start=each.start, end=each.end, score=each.score, box=each.box) for each in found
    ]
    # How far a detail is from noise says how sure it is.
    sure = iter(float(np.clip(each.ratio / 2, 0.5, 1.0)) for each in found)
    return [
        replace(each, confidence=next(sure))
        if each.kind is RegionKind.REPLACED
        else replace(each, kind=region.kind, score=region.score, confidence=region.confidence)
        for each in stretch_regions(b, stretch, changes)
    ]


def _box(trail: Trail) -> Box:
    rows, columns = trail.shape
    spots = [spot for _, spot in trail.spots]
    top, left = min(spot.top for spot in spots), min(spot.left for spot in spots)
    bottom, right = max(spot.bottom for spot in spots), max(spot.right for spot in spots)
    return Box(
        left=left / columns,
        top=top / rows,
        width=(right - left) / columns,
        height=(bottom - top) / rows,
    )


def _around(one: Box, other: Box) -> Box:
    left, top = min(one.left, other.left), min(one.top, other.top)
    right = max(one.left + one.width, other.left + other.width)
    bottom = max(one.top + one.height, other.top + other.height)
    return Box(left=left, top=top, width=right - left, height=bottom - top)
