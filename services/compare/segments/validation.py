"""Refuses what can not be compared, saying why."""

from __future__ import annotations

import numpy as np

from services.compare.segments.distance import InvalidReason, InvalidTrack, require_finite
from services.compare.timeline import SegmentTrack


def check_pair(a: SegmentTrack, b: SegmentTrack) -> None:
    """Raises InvalidTrack unless both tracks are sound and of one dimension."""
    for side, track in (("A", a), ("B", b)):
        _check_track(side, track)
    if a.vectors.shape[1] != b.vectors.shape[1]:
        raise InvalidTrack(
            InvalidReason.DIMENSION_MISMATCH,
            f"A's vectors have {a.vectors.shape[1]} dimensions, B's {b.vectors.shape[1]}",
        )


def _check_track(side: str, track: SegmentTrack) -> None:
    vectors, starts, ends = track.vectors, track.starts, track.ends
    if vectors.ndim != 2 or 0 in vectors.shape:
        raise InvalidTrack(InvalidReason.EMPTY, f"{side} holds no vectors: {vectors.shape}")
    if len(starts) != len(vectors) or len(ends) != len(vectors):
        raise InvalidTrack(
            InvalidReason.LENGTH_MISMATCH,
            f"{side} has {len(vectors)} vectors, {len(starts)} starts and {len(ends)} ends",
        )
    require_finite(vectors, side)
    require_finite(np.stack([starts, ends]), side)
    if np.any(ends <= starts) or np.any(np.abs(starts[1:] - ends[:-1]) > 0.01):
        raise InvalidTrack(
            InvalidReason.INVALID_TIMES,
            f"{side}'s segments must follow one another without gap or overlap",
        )
