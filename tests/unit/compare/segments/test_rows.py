from __future__ import annotations

import numpy as np

from services.compare.segments.rows import SegmentRow, segment_rows
from services.compare.timeline import Alignment, Region, RegionKind, SegmentTrack, TimeMap

NAN = float("nan")


def track(count: int, last: float = 2.0) -> SegmentTrack:
    starts = np.arange(count, dtype=np.float64) * 2
    ends = starts + 2
    ends[-1] = starts[-1] + last
    return SegmentTrack(vectors=np.ones((count, 4), np.float32), starts=starts, ends=ends)


def alignment(regions: list[Region], distances: list[float], partners: list[float]) -> Alignment:
    knots = [(r.a_start, r.b_start) for r in regions] + [(r.a_end, r.b_end) for r in regions]
    knots.sort()
    return Alignment(
        regions=regions,
        time_map=TimeMap(a=np.array([a for a, _ in knots]), b=np.array([b for _, b in knots])),
        distances=np.array(distances, np.float32),
        partner_starts=np.array(partners),
        noise_floor=0.0,
        suggested_threshold=0.1,
    )


def region(kind: RegionKind, a_start: float, a_end: float, b_start: float, b_end: float) -> Region:
    return Region(kind=kind, a_start=a_start, a_end=a_end, b_start=b_start, b_end=b_end)


def test_an_insertion_stands_where_b_has_it() -> None:
    found = alignment(
        [
            region(RegionKind.UNCHANGED, 0, 2, 0, 2),
            region(RegionKind.INSERTED, 2, 2, 2, 6),
            region(RegionKind.UNCHANGED, 2, 4, 6, 8),
        ],
        distances=[0.0, 0.25],
        partners=[0.0, 6.0],
    )
    assert segment_rows(found, track(2), track(4)) == [
        SegmentRow(a=(0, 2), b=(0, 2), distance=0.0),
        SegmentRow(a=None, b=(2, 4), distance=None),
        SegmentRow(a=None, b=(4, 6), distance=None),
        SegmentRow(a=(2, 4), b=(6, 8), distance=0.25),
    ]


def test_a_deletion_has_no_partner_and_no_distance() -> None:
    found = alignment(
        [
            region(RegionKind.UNCHANGED, 0, 2, 0, 2),
            region(RegionKind.DELETED, 2, 4, 2, 2),
        ],
        distances=[0.0, NAN],
        partners=[0.0, NAN],
    )
    rows = segment_rows(found, track(2), track(1))
    assert rows[1] == SegmentRow(a=(2, 4), b=None, distance=None)


def test_the_partner_of_a_faster_segment_is_shorter() -> None:
    found = alignment(
        [region(RegionKind.RETIMED, 0, 4, 0, 2)], distances=[0.0, 0.0], partners=[0.0, 1.0]
    )
    rows = segment_rows(found, track(2), track(1))
    assert [row.b for row in rows] == [(0, 1), (1, 2)]


def test_a_partner_never_ends_after_the_video() -> None:
    found = alignment(
        [region(RegionKind.UNCHANGED, 0, 4, 0, 4)], distances=[0.0, 0.0], partners=[0.0, 2.0]
    )
    rows = segment_rows(found, track(2), track(2, last=1.5))
    assert rows[1].b == (2, 3.5)
