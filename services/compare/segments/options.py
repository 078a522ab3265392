"""What a caller may choose about a comparison."""

from __future__ import annotations

import math
from dataclasses import dataclass

from services.compare.segments.distance import InvalidReason, InvalidTrack, Metric


@dataclass(frozen=True, kw_only=True)
class AlignmentOptions:
    """Defaults suit any engine.

    metric: how vectors are compared.
    normalize: whether INDEX compares directions only, or Euclidean distances of the vectors as
        they are.
    threshold: a pair is different when its distance is above it. None takes the smallest threshold
        that stays clear of the pair's own noise floor.
    minimum_region: differences shorter than this many seconds, on both sides, are left out.
    merge_gap: replaced stretches this close together, in seconds, become one.
    move_sensitivity: 0..1, how little evidence makes a move; 0 reports none.
    offset: for TIME, the seconds by which B is behind A: second t of A goes with t + offset of B.
    """

    metric: Metric = Metric.COSINE
    normalize: bool = True
    threshold: float | None = None
    minimum_region: float = 0.3
    merge_gap: float = 0.0
    move_sensitivity: float = 0.5
    offset: float = 0.0

    def __post_init__(self) -> None:
        numbers = {
            "threshold": self.threshold or 0.0,
            "minimum_region": self.minimum_region,
            "merge_gap": self.merge_gap,
            "move_sensitivity": self.move_sensitivity,
            "offset": self.offset,
        }
        for name, value in numbers.items():
            if not math.isfinite(value) or (value < 0 and name != "offset"):
                raise InvalidTrack(InvalidReason.INVALID_OPTION, f"{name} must not be {value}")
        if self.move_sensitivity > 1:
            raise InvalidTrack(
                InvalidReason.INVALID_OPTION, "move_sensitivity lies between 0 and 1"
            )
