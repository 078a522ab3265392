"""What a caller can ask of the frame-exact comparison."""

from __future__ import annotations

from dataclasses import dataclass

from services.compare.distance import Metric


@dataclass(frozen=True, kw_only=True)
class RefineOptions:
    """metric: how vectors are compared.
    threshold: a stretch counts as replaced when its score is above it (see `changes`).
    min_region: shorter differences are not reported, in seconds.
    min_move: shorter stretches found elsewhere are not called moved, in seconds.
    merge_gap: replaced stretches closer than this are reported as one, in seconds.
    """

    metric: Metric = Metric.COSINE
    threshold: float = 0.1
    min_region: float = 0.1
    min_move: float = 1.0
    merge_gap: float = 0.12
