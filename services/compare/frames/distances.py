"""Distances of A's segments to what B shows at the same point, with what the frames know.

Vectors are samples in time. Where B's samples do not fall on A's, reading between them adds a
distance that no viewer would see. The frames do see: what they found the same is at most as far
apart as its detail, on the scale of `local_changes`; and what they found changed is at least as far
apart as the change's score, by the share of the segment that it takes. So a segment under a logo,
which its vector does not show, is different at the same threshold as the logo's region.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from services.compare.segments.report import aligned_distances
from services.compare.timeline import (
    ONE_SIDED,
    PAIRED,
    Float64,
    Region,
    RegionKind,
    SegmentTrack,
)

# Samples this near in time, in seconds, show the same moment.
_SAME_MOMENT = 0.03


def measured_distances(
    a: SegmentTrack,
    b: SegmentTrack,
    regions: list[Region],
    seen: Float64,
    *,
    everywhere: bool,
) -> tuple[Float64, Float64]:
    """(distances, partner_starts) of A's segments, NaN without a partner.

    seen: (n,) how different each segment of A looks to the frames where they found no change, NaN
        where they can not tell.
    everywhere: whether the frames are believed also where the samples of both fall together.
    """
    distances, partners = aligned_distances(a, b, regions)
    step = _sample_seconds(a, b)
    for region in regions:
        if region.kind not in PAIRED:
            continue
        overlaps = (a.ends > region.a_start) & (a.starts < region.a_end)
        inside = (a.starts >= region.a_start - 1e-6) & (a.ends <= region.a_end + 1e-6)
        shift = (region.a_start - region.b_start) % step
        on_grid = region.rate == 1.0 and min(shift, step - shift) <= _SAME_MOMENT
        bounded = overlaps & ~np.isnan(seen) & (~inside if on_grid and not everywhere else True)
        distances[bounded] = np.minimum(distances[bounded], seen[bounded])
    return distances, partners


def scored_region(region: Region, track: SegmentTrack, distances: Float64) -> Region:
    """The region scored by its segments; a change that they miss keeps its own score."""
    if region.kind in ONE_SIDED:
        return region
    mean = mean_over(track, distances, region.a_start, region.a_end)
    if mean is None:
        return region
    if region.kind is RegionKind.REPLACED:
        # Segments that are replaced in part say less than the frames do.
        return replace(region, score=max(region.score, mean))
    return replace(region, score=mean)


def mean_over(track: SegmentTrack, distances: Float64, start: float, end: float) -> float | None:
    """Mean distance of the segments in a stretch of A, weighted by time; None without any."""
    overlap = np.minimum(track.ends, end) - np.maximum(track.starts, start)
    weight = np.where(np.isnan(distances), 0.0, np.maximum(overlap, 0.0))
    if weight.sum() <= 0:
        return None
    return float(np.average(np.nan_to_num(distances), weights=weight))


def with_changes(regions: list[Region], track: SegmentTrack, distances: Float64) -> Float64:
    """The distances raised by what the frames saw change."""
    out = distances.copy()
    length = track.ends - track.starts
    for region in regions:
        if region.kind is RegionKind.REPLACED:
            ends = np.minimum(track.ends, region.a_end)
            overlap = ends - np.maximum(track.starts, region.a_start)
            share = np.clip(overlap / length, 0.0, 1.0)
            out = np.where(share > 0, np.maximum(out, region.score * share), out)
    return out


def unchanged_distances(regions: list[Region], track: SegmentTrack, distances: Float64) -> Float64:
    """Distances of the segments that lie wholly in content that stayed the same."""
    same = wholly_same(regions, track.starts, track.ends)
    return distances[same & ~np.isnan(distances)]


def wholly_same(regions: list[Region], starts: Float64, ends: Float64) -> NDArray[np.bool_]:
    """(n,) whether all that A shows from each start to each end stayed the same."""
    same = np.zeros(len(starts), bool)
    for region in regions:
        if region.kind in PAIRED:
            same |= (starts >= region.a_start - 1e-6) & (ends <= region.a_end + 1e-6)
    return same


def _sample_seconds(a: SegmentTrack, b: SegmentTrack) -> float:
    track = a.fine if a.fine is not None and b.fine is not None else a
    return max(float(np.median(track.ends - track.starts)), 1e-3)
