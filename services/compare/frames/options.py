"""What a caller can ask of the frame-exact comparison."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RefineOptions:
    """threshold: a stretch counts as replaced when its score is above it, a cosine distance (see
        `local_changes` for what a change that vectors do not see scores).
    min_region: shorter differences are not reported, in seconds; 0 for single frames as well.
    min_move: shorter stretches found elsewhere are not called moved, in seconds.
    merge_gap: replaced stretches closer than this are reported as one, in seconds.
    """

    threshold: float = 0.1
    min_region: float = 0.0
    min_move: float = 1.0
    merge_gap: float = 0.12
