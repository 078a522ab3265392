"""Made-up segment vectors: shots of a few segments, as an engine would see them."""

from __future__ import annotations

import numpy as np

from services.compare.segments.distance import unit_rows
from services.compare.timeline import Float32, SegmentTrack


def shots(count: int, seed: int = 0, dimensions: int = 64) -> Float32:
    """Unit vectors of so many segments, three to a shot, which look alike: (count, dimensions)."""
    random = np.random.default_rng(seed)
    shot = random.standard_normal((count // 3 + 1, dimensions))[np.arange(count) // 3]
    return unit_rows(shot + 0.3 * random.standard_normal((count, dimensions)))


def coded_again(vectors: Float32, noise: float = 0.03, seed: int = 9) -> Float32:
    """The same content after a lossy encoder."""
    random = np.random.default_rng(seed)
    return unit_rows(vectors + noise * random.standard_normal(vectors.shape))


def track(vectors: Float32, seconds: float = 2.0) -> SegmentTrack:
    """Segments of one length from zero on."""
    starts = seconds * np.arange(len(vectors), dtype=np.float64)
    return SegmentTrack(
        vectors=vectors, starts=starts, ends=np.append(starts[1:], seconds * len(vectors))
    )
