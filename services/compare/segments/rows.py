"""The segments of both videos in one list: partners side by side, the others on their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.geometry import Span
from services.compare.timeline import Alignment, Float64, Region, RegionKind, SegmentTrack

# A segment of B that less than this share of is some segment's partner stands alone.
_MIN_COVERED = 0.5


@dataclass(frozen=True, kw_only=True)
class SegmentRow:
    """One segment of A with its partner, or a segment that only one side has.

    a, b: start and end in seconds; None when that side has none. distance: None unless both have.
    """

    a: Span | None
    b: Span | None
    distance: float | None


def segment_rows(alignment: Alignment, a: SegmentTrack, b: SegmentTrack) -> list[SegmentRow]:
    """A's segments in order, with those that only B has where B has them."""
    partners = _partner_spans(alignment, a, b)
    alone = np.flatnonzero(_covered(partners, b) < _MIN_COVERED * (b.ends - b.starts))
    places = _places(alignment, (b.starts[alone] + b.ends[alone]) / 2)
    rows: list[tuple[float, int, SegmentRow]] = []
    for start, end, distance, (b_start, b_end) in zip(
        a.starts.tolist(),
        a.ends.tolist(),
        alignment.distances.tolist(),
        partners.tolist(),
        strict=True,
    ):
        paired = b_start == b_start  # not NaN
        rows.append(
            (
                start,
                1,
                SegmentRow(
                    a=(start, end),
                    b=(b_start, b_end) if paired else None,
                    distance=distance if paired else None,
                ),
            )
        )
    for index, place in zip(alone.tolist(), places.tolist(), strict=True):
        span = (float(b.starts[index]), float(b.ends[index]))
        rows.append((place, 0, SegmentRow(a=None, b=span, distance=None)))
    rows.sort(key=lambda row: row[:2])
    return [row for _, _, row in rows]


def _partner_spans(alignment: Alignment, a: SegmentTrack, b: SegmentTrack) -> Float64:
    """(n_a, 2): where in B each segment of A begins and ends; NaN without a partner."""
    starts = np.asarray(alignment.partner_starts, np.float64)
    starts = np.where(np.isnan(alignment.distances), np.nan, starts)
    slopes = _slopes(alignment.regions, (a.starts + a.ends) / 2)
    ends = np.minimum(starts + (a.ends - a.starts) * slopes, b.duration)
    return np.stack([starts, ends], axis=1)


def _slopes(regions: Sequence[Region], times_a: Float64) -> Float64:
    """Seconds of B for a second of A at each time of A."""
    there = [region for region in regions if region.a_end > region.a_start]
    if not there:
        return np.ones(len(times_a))
    slopes = np.array([_slope(region) for region in there])
    order = np.argsort([region.a_start for region in there], kind="stable")
    edges = np.array([there[index].a_start for index in order])
    chosen = np.clip(np.searchsorted(edges, times_a, side="right") - 1, 0, len(edges) - 1)
    result: Float64 = slopes[order][chosen]
    return result


def _slope(region: Region) -> float:
    """Unchanged content plays on at its own pace, even where a region ends a frame early."""
    if region.kind is RegionKind.UNCHANGED or region.b_end <= region.b_start:
        return 1.0
    return (region.b_end - region.b_start) / (region.a_end - region.a_start)


def _covered(partners: Float64, b: SegmentTrack) -> Float64:
    """How many seconds of each segment of B are some segment's partner."""
    known = partners[~np.isnan(partners[:, 0])]

    def until(times: Float64) -> Float64:
        return _ramp_sum(known[:, 0], times) - _ramp_sum(known[:, 1], times)

    return until(b.ends) - until(b.starts)


def _ramp_sum(knots: Float64, times: Float64) -> Float64:
    """The sum over all knots of max(0, time - knot), for each time."""
    ordered = np.sort(knots)
    totals = np.concatenate([[0.0], np.cumsum(ordered)])
    before: NDArray[np.intp] = np.searchsorted(ordered, times)
    result: Float64 = before * times - totals[before]
    return result


def _places(alignment: Alignment, times_b: Float64) -> Float64:
    """The time of A next to which a time of B stands."""
    time_map = alignment.time_map
    if not len(time_map.b):
        return times_b
    return np.interp(times_b, time_map.b, time_map.a)
