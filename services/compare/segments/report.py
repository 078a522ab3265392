"""The answer as the caller gets it: regions with scores, distances on A's grid, noise floor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from services.compare.segments.confidence import by_threshold
from services.compare.segments.content import Content
from services.compare.segments.distance import Metric
from services.compare.segments.options import AlignmentOptions
from services.compare.segments.residuals import Residuals, partner_distances
from services.compare.segments.settling import settled
from services.compare.segments.tiling import merged, time_map_of, unchanged_joined
from services.compare.timeline import (
    CONTINUED,
    Alignment,
    Float32,
    Float64,
    Region,
    RegionKind,
    SegmentTrack,
)

# Sides of a region whose lengths differ by less than this, in seconds, are equally long.
_SAME_LENGTH = 0.3
# A pair is never called different below this cosine distance unless the user says so: clean
# re-encodes reach it.
_LEAST_THRESHOLD = 0.03


def alignment_of(
    regions: Sequence[Region],
    a: SegmentTrack,
    b: SegmentTrack,
    options: AlignmentOptions,
    residuals: Residuals | None,
) -> Alignment:
    """Completes regions found by any of the alignments. residuals: what SEQUENCE measured."""
    if options.threshold is not None:
        regions = merged(regions)
    distances, partners = aligned_distances(a, b, regions)
    apart = ContentDistance(a, b)
    regions = [_scored(region, a, distances, apart) for region in regions]
    if options.threshold is not None:
        limit = as_cosine(options.threshold, options.metric)
        kept = set(regions)
        regions = settled(regions, limit, apart, _SAME_LENGTH)
        new = [region not in kept for region in regions]
        if any(new):
            distances, partners = aligned_distances(a, b, regions)
        regions = unchanged_joined(
            _by_threshold(region, limit) if is_new else region
            for region, is_new in zip(regions, new, strict=True)
        )
    middles = (a.starts + a.ends) / 2
    same = np.zeros(len(middles), bool)
    for region in regions:
        if region.kind in CONTINUED:
            same |= (middles >= region.a_start) & (middles < region.a_end)
    unchanged = distances[same & ~np.isnan(distances)]
    changed = residuals.changed if residuals is not None else 0.0
    floor = np.array([np.median(unchanged) if len(unchanged) else 0.0])
    regions = [
        replace(region, score=float(in_metric(np.array([region.score]), options.metric)[0]))
        for region in regions
    ]
    return Alignment(
        regions=regions,
        time_map=time_map_of(regions),
        distances=in_metric(distances, options.metric).astype(np.float32),
        partner_starts=partners,
        noise_floor=float(in_metric(floor, options.metric)[0]),
        suggested_threshold=suggested_threshold(
            in_metric(unchanged, options.metric), changed, options.metric
        ),
    )


def aligned_distances(
    a: SegmentTrack, b: SegmentTrack, regions: Sequence[Region]
) -> tuple[Float64, Float64]:
    """Cosine distance of each segment of A to what B shows at the aligned time, and that time.

    NaN for segments most of which B does not show. Finer samples are used where both have them.
    """
    source_a, source_b = _finest(a, b)
    distances = np.full(len(a.starts), np.nan)
    partners = np.full(len(a.starts), np.nan)
    covered = np.zeros(len(a.starts))
    for region in regions:
        length_a, length_b = (
            region.a_end - region.a_start,
            region.b_end - region.b_start,
        )
        if length_a <= 0 or length_b <= 0:
            continue
        first = int(np.searchsorted(a.ends, region.a_start, "right"))
        last = int(np.searchsorted(a.starts, region.a_end, "left"))
        rows = np.arange(first, last)
        starts = np.maximum(a.starts[rows], region.a_start)
        ends = np.minimum(a.ends[rows], region.a_end)
        share = (ends - starts) / (a.ends[rows] - a.starts[rows])
        chosen = (share > covered[rows]) & (share >= 0.5)
        rows, starts, ends = rows[chosen], starts[chosen], ends[chosen]
        covered[rows] = share[chosen]
        slope = length_b / length_a
        b_starts = region.b_start + (starts - region.a_start) * slope
        b_ends = region.b_start + (ends - region.a_start) * slope
        vectors = _directions(source_a.between(starts, ends))
        distances[rows], _ = partner_distances(source_b, vectors, b_starts, b_ends, 1 / slope)
        # A segment that the region covers in part starts before its partner does.
        partners[rows] = np.clip(
            b_starts - (starts - a.starts[rows]) * slope, 0.0, source_b.duration
        )
    return np.clip(distances, 0, 2), partners


def _scored(region: Region, a: SegmentTrack, distances: Float64, apart: ContentDistance) -> Region:
    middles = (a.starts + a.ends) / 2
    inside = distances[(middles >= region.a_start) & (middles < region.a_end)]
    inside = inside[~np.isnan(inside)]
    if len(inside):
        return replace(region, score=float(inside.mean()))
    # Shorter than a segment: no segment speaks for it.
    return replace(region, score=apart(region) if region.kind is RegionKind.REPLACED else 0.0)


class ContentDistance:
    """How far apart, as a cosine distance, two videos are in a region, played in the same time."""

    def __init__(self, a: SegmentTrack, b: SegmentTrack) -> None:
        self._tracks = a, b

    @cached_property
    def _contents(self) -> tuple[Content, Content]:
        return _finest(*self._tracks)

    def __call__(self, region: Region) -> float:
        """The mean over pieces no longer than a segment of A. Both sides must last some time."""
        a, b = self._contents
        length_a, length_b = region.a_end - region.a_start, region.b_end - region.b_start
        edges = np.linspace(0.0, 1.0, math.ceil(length_a / a.step) + 1)
        of_a, of_b = region.a_start + length_a * edges, region.b_start + length_b * edges
        vectors = _directions(a.between(of_a[:-1], of_a[1:]))
        distances, _ = partner_distances(b, vectors, of_b[:-1], of_b[1:], length_a / length_b)
        return float(np.clip(distances, 0, 2).mean())


def _finest(a: SegmentTrack, b: SegmentTrack) -> tuple[Content, Content]:
    """Both tracks at their finest, if both have finer samples."""
    if a.fine is not None and b.fine is not None:
        return Content(a.fine), Content(b.fine)
    return Content(a), Content(b)


def _directions(contents: Float32) -> Float32:
    sizes = np.linalg.norm(contents, axis=1, keepdims=True).astype(np.float32)
    directions: Float32 = contents / np.maximum(sizes, np.float32(1e-9))
    return directions


def _by_threshold(region: Region, threshold: float) -> Region:
    return replace(region, confidence=by_threshold(region.kind, region.score, threshold))


def in_metric(cosine_distances: Float64, metric: Metric) -> Float64:
    """Distances of unit vectors in the metric asked for."""
    if metric is Metric.COSINE:
        return cosine_distances
    distances: Float64 = np.sqrt(2 * np.maximum(cosine_distances, 0))
    return distances


def as_cosine(threshold: float, metric: Metric) -> float:
    """The cosine distance at which a threshold given in the metric lies."""
    return threshold if metric is Metric.COSINE else threshold**2 / 2


def suggested_threshold(unchanged: Float64, changed: float, metric: Metric) -> float:
    """Clear of what unchanged content reaches, in the metric; rounded up to half a hundredth.

    unchanged: distances of unchanged content in the metric; changed: the cosine distance above
    which the alignment itself takes content for changed.
    """
    clear = 1.25 * float(np.quantile(unchanged, 0.95)) if len(unchanged) else 0.0
    least = float(in_metric(np.array([max(_LEAST_THRESHOLD, changed)]), metric)[0])
    return math.ceil(max(clear, least) * 200) / 200
