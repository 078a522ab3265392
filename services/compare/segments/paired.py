"""Alignments that follow one fixed rule: how their distances become regions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from services.compare.segments.confidence import by_threshold
from services.compare.segments.options import AlignmentOptions
from services.compare.segments.report import suggested_threshold
from services.compare.segments.tiling import merged, time_map_of
from services.compare.timeline import Alignment, Float32, Float64, Region, RegionKind

# What counts as different when the caller does not say: a fixed rule can not tell the noise of
# re-encoding from content that slid out of step.
DEFAULT_THRESHOLD = 0.1


def paired_alignment(
    distances: Float32,
    partner_starts: Float64,
    edges_a: Float64,
    edges_b: Float64,
    outside: tuple[list[Region], list[Region]],
    options: AlignmentOptions,
) -> Alignment:
    """The alignment of segments with known partners.

    distances, partner_starts: (n_a,), NaN where a segment of A has no partner. edges_a, edges_b:
    (k + 1,) ends of the pieces compared, one for each distance that is there, in both videos.
    outside: what lies before and after them in either video.
    """
    compared = distances[~np.isnan(distances)]
    threshold = DEFAULT_THRESHOLD if options.threshold is None else options.threshold
    regions = [
        Region(
            kind=RegionKind.REPLACED if distance > threshold else RegionKind.UNCHANGED,
            a_start=float(edges_a[index]),
            a_end=float(edges_a[index + 1]),
            b_start=float(edges_b[index]),
            b_end=float(edges_b[index + 1]),
            score=float(distance),
        )
        for index, distance in enumerate(compared.tolist())
    ]
    joined = merged(_runs(regions), options.merge_gap)
    judged = [
        replace(region, confidence=by_threshold(region.kind, region.score, threshold))
        for region in joined
    ]
    regions = [*outside[0], *judged, *outside[1]]
    floor = float(np.quantile(compared, 0.4)) if len(compared) else 0.0
    same = compared[compared <= threshold].astype(np.float64)
    return Alignment(
        regions=regions,
        time_map=time_map_of(regions),
        distances=distances,
        partner_starts=partner_starts,
        noise_floor=floor,
        suggested_threshold=suggested_threshold(same, 0.0, options.metric),
    )


def only_in(a: tuple[float, float], b: tuple[float, float]) -> list[Region]:
    """Spans that the other video has nothing for: DELETED and INSERTED, where not empty."""
    regions = []
    if a[1] > a[0]:
        regions.append(
            Region(kind=RegionKind.DELETED, a_start=a[0], a_end=a[1], b_start=b[0], b_end=b[0])
        )
    if b[1] > b[0]:
        regions.append(
            Region(kind=RegionKind.INSERTED, a_start=a[1], a_end=a[1], b_start=b[0], b_end=b[1])
        )
    return regions


def _runs(regions: list[Region]) -> list[Region]:
    """Neighbours of one kind as one region with their mean score."""
    runs: list[list[Region]] = []
    for region in regions:
        if runs and runs[-1][-1].kind is region.kind:
            runs[-1].append(region)
        else:
            runs.append([region])
    return [
        Region(
            kind=run[0].kind,
            a_start=run[0].a_start,
            a_end=run[-1].a_end,
            b_start=run[0].b_start,
            b_end=run[-1].b_end,
            # The mean of equal numbers may come out a trifle below them.
            score=max(
                float(np.mean([region.score for region in run])),
                min(region.score for region in run),
            ),
        )
        for run in runs
    ]
