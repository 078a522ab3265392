"""INDEX: segment i of A against segment i of B, whatever they show."""

from __future__ import annotations

import numpy as np

from services.compare.segments.distance import pairwise_distances
from services.compare.segments.options import AlignmentOptions
from services.compare.segments.paired import only_in, paired_alignment
from services.compare.segments.validation import check_pair
from services.compare.timeline import Alignment, SegmentTrack


def align_index(a: SegmentTrack, b: SegmentTrack, options: AlignmentOptions) -> Alignment:
    """Segments beyond the shorter video are only in one of them and have no distance.

    Raises InvalidTrack for bad input.
    """
    check_pair(a, b)
    pairs = min(len(a.starts), len(b.starts))
    distances = np.full(len(a.starts), np.nan, np.float32)
    distances[:pairs] = pairwise_distances(
        a.vectors[:pairs], b.vectors[:pairs], options.metric, options.normalize
    )
    partner_starts = np.full(len(a.starts), np.nan)
    partner_starts[:pairs] = b.starts[:pairs]
    end_a, end_b = float(a.ends[pairs - 1]), float(b.ends[pairs - 1])
    rest = only_in((end_a, a.duration), (end_b, b.duration))
    return paired_alignment(
        distances,
        partner_starts,
        np.append(a.starts[:pairs], end_a),
        np.append(b.starts[:pairs], end_b),
        ([], rest),
        options,
    )
