"""TIME: B shifted by a fixed number of seconds."""

from __future__ import annotations

import numpy as np

from services.compare.segments.options import AlignmentOptions
from services.compare.segments.paired import only_in, paired_alignment
from services.compare.segments.report import aligned_distances, in_metric
from services.compare.segments.validation import check_pair
from services.compare.timeline import Alignment, Region, RegionKind, SegmentTrack


def align_shifted(a: SegmentTrack, b: SegmentTrack, options: AlignmentOptions) -> Alignment:
    """Second t of A goes with second t + options.offset of B; the rest is only in one of them.

    Raises InvalidTrack for bad input.
    """
    check_pair(a, b)
    begin = max(0.0, -options.offset)
    end = min(a.duration, b.duration - options.offset)
    if end <= begin:
        begin = end = 0.0
        shift = 0.0
    else:
        shift = options.offset
    overlap = Region(
        kind=RegionKind.UNCHANGED,
        a_start=begin,
        a_end=end,
        b_start=begin + shift,
        b_end=end + shift,
    )
    distances, partner_starts = aligned_distances(a, b, [overlap])
    compared = np.flatnonzero(~np.isnan(distances))
    edges = np.array([begin, end])
    if len(compared):
        # A segment that is hardly in the overlap has no distance: its neighbour speaks for it.
        edges = np.concatenate([[begin], a.ends[compared[:-1]], [end]])
    before = only_in((0.0, begin), (0.0, begin + shift))
    after = only_in((end, a.duration), (end + shift, b.duration))
    if not len(compared):
        before, after = [], only_in((0.0, a.duration), (0.0, b.duration))
    return paired_alignment(
        in_metric(distances, options.metric).astype(np.float32),
        partner_starts,
        edges,
        edges + shift,
        (before, after),
        options,
    )
