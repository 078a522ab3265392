"""Aligned distances: every segment of A against what B shows at the same point of the story."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.compare.alignment.content import Content
from services.compare.distance import Metric, pairwise_distances
from services.compare.refine.lines import Line
from services.compare.timeline import Float32, Float64, SegmentTrack

# A segment needs this share of its time on lines to have a partner.
_MIN_COVERED = 0.5
# Samples this near in time are taken as the same moment: between two samples nothing is known.
_SAME_MOMENT = 0.06


def aligned_distances(
    a: SegmentTrack, b: SegmentTrack, lines: list[Line], metric: Metric
) -> tuple[Float32, Float64]:
    """(distances, partner_starts) of A's segments; NaN for those that are on no line.

    Only the time that a segment spends on lines is compared. Finer samples are used on both sides
    where both have them.
    """
    fine = a.fine is not None and b.fine is not None
    content_a = Content(a.fine if fine and a.fine is not None else a)
    content_b = Content(b.fine if fine and b.fine is not None else b)
    count = len(a.starts)
    covered = np.zeros(count)
    of_a = np.zeros((count, content_a.vectors.shape[1]))
    of_b = np.zeros_like(of_a)
    partner = np.full(count, np.nan)
    for line in lines:
        rows = np.flatnonzero((a.ends > line.a_start + 1e-6) & (a.starts < line.a_end - 1e-6))
        starts = np.maximum(a.starts[rows], line.a_start)
        ends = np.minimum(a.ends[rows], line.a_end)
        in_b = line.to_b(starts), line.to_b(ends)
        of_a[rows] += content_a.between(starts, ends)
        of_b[rows] += content_b.between(_on_grid(content_b, in_b[0]), _on_grid(content_b, in_b[1]))
        covered[rows] += ends - starts
        first = np.isnan(partner[rows])
        partner[rows[first]] = in_b[0][first]
    known = covered >= _MIN_COVERED * (a.ends - a.starts)
    distances = np.full(count, np.nan, np.float32)
    if known.any():
        distances[known] = pairwise_distances(
            of_a[known].astype(np.float32), of_b[known].astype(np.float32), metric
        )
    partner[~known] = np.nan
    return distances, partner


def _on_grid(content: Content, times: Float64) -> Float64:
    nearest = np.clip(np.searchsorted(content.edges, times), 1, len(content.edges) - 1)
    before, after = content.edges[nearest - 1], content.edges[nearest]
    edge = np.where(times - before <= after - times, before, after)
    return np.where(np.abs(times - edge) <= _SAME_MOMENT, edge, times)


def mean_over(
    track: SegmentTrack, distances: NDArray[np.floating], start: float, end: float
) -> float | None:
    """Mean distance of the segments in a stretch of A, weighted by time; None without any."""
    overlap = np.minimum(track.ends, end) - np.maximum(track.starts, start)
    weight = np.where(np.isnan(distances), 0.0, np.maximum(overlap, 0.0))
    total = float(weight.sum())
    if total <= 0:
        return None
    return float(np.nansum(np.where(weight > 0, distances, 0.0) * weight) / total)
