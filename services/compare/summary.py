"""Sums an alignment up: shares, totals by kind, and which differences matter most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.compare.outcome import EmbeddedVideo, KindTotal, Modality, ModalityDifferences
from services.compare.segments.distance import Metric, pairwise_distances
from services.compare.similarity import sides, similarity, wholly_different
from services.compare.timeline import Alignment, Float32, Region, RegionKind, SegmentTrack


def summarize(
    modality: Modality,
    alignment: Alignment,
    a: SegmentTrack,
    b: SegmentTrack,
    threshold: float,
    metric: Metric,
) -> ModalityDifferences:
    """threshold: a segment is different when its distance, in the metric, is above it."""
    compared = alignment.distances[~np.isnan(alignment.distances)]
    different = int((compared > threshold).sum())
    side_a, side_b = sides(alignment.regions)
    differs = bool(worst_first(alignment.regions))
    return ModalityDifferences(
        modality=modality,
        alignment=alignment,
        similarity_percent=(
            similarity([side_a], [side_b], differs=differs) if len(compared) else None
        ),
        compared_segments=len(compared),
        different_segments=different,
        video_distance=_video_distance(a, b, metric),
        unchanged_share_a=_share(sum(r.seconds_a for r in _unchanged(alignment)), a.duration),
        unchanged_share_b=_share(sum(r.seconds_b for r in _unchanged(alignment)), b.duration),
        totals=totals_by_kind(alignment.regions),
        worst=worst_first(alignment.regions),
    )


def similarity_of(
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    found: Sequence[ModalityDifferences],
    only_in_a: Sequence[Modality],
    only_in_b: Sequence[Modality],
    *,
    differs: bool,
) -> float | None:
    """Of all modalities together, in percent; None when none was compared.

    differs: whether anything differs, be it of no modality.
    """
    if not any(each.similarity_percent is not None for each in found):
        return None
    compared = [sides(each.alignment.regions) for each in found]
    of_a = [of_one for of_one, _ in compared] + [wholly_different(a.duration) for _ in only_in_a]
    of_b = [of_one for _, of_one in compared] + [wholly_different(b.duration) for _ in only_in_b]
    return similarity(of_a, of_b, differs=differs)


def one_sided_notes(only_in_a: Sequence[Modality], only_in_b: Sequence[Modality]) -> list[str]:
    """Which side lacks what."""
    return [
        *(f"Only A has {modality.value.lower()}." for modality in only_in_a),
        *(f"Only B has {modality.value.lower()}." for modality in only_in_b),
    ]


def totals_by_kind(regions: Sequence[Region]) -> tuple[KindTotal, ...]:
    """Count and seconds of every kind that occurs."""
    totals = []
    for kind in RegionKind:
        chosen = [region for region in regions if region.kind is kind]
        if chosen:
            totals.append(
                KindTotal(
                    kind=kind,
                    count=len(chosen),
                    seconds_a=sum(region.seconds_a for region in chosen),
                    seconds_b=sum(region.seconds_b for region in chosen),
                )
            )
    return tuple(totals)


def worst_first(regions: Sequence[Region]) -> tuple[int, ...]:
    """Indices of the differences, by how many seconds they concern and how much they change."""
    different = [k for k, region in enumerate(regions) if region.kind is not RegionKind.UNCHANGED]
    return tuple(sorted(different, key=lambda k: (-_severity(regions[k]), k)))


def _severity(region: Region) -> float:
    """Seconds of difference: whole for new and missing content, by score for replaced content, by
    the change of speed for retimed content; moved content is all there, and counts half."""
    seconds = region.longest
    if region.kind is RegionKind.REPLACED:
        return seconds * min(region.score, 1.0)
    if region.kind is RegionKind.RETIMED:
        return seconds * min(abs(region.rate - 1), 1.0)
    return seconds * (0.5 if region.kind is RegionKind.MOVED else 1.0)


def _unchanged(alignment: Alignment) -> list[Region]:
    return [region for region in alignment.regions if region.kind is RegionKind.UNCHANGED]


def _share(seconds: float, duration: float) -> float:
    return float(np.clip(seconds / duration, 0.0, 1.0)) if duration > 0 else 0.0


def _video_distance(a: SegmentTrack, b: SegmentTrack, metric: Metric) -> float:
    """Distance of the mean vectors, every second weighing the same."""
    return float(pairwise_distances(_mean(a), _mean(b), metric)[0])


def _mean(track: SegmentTrack) -> Float32:
    weight = (track.ends - track.starts).astype(np.float32)
    mean: Float32 = (weight @ track.vectors / weight.sum())[None]
    return mean
