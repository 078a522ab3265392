"""Made-up sounds, as the levels that frame tracks keep of them."""

from __future__ import annotations

import numpy as np

from services.compare.timeline import Float64, UInt8

STEPS_A_SECOND = 50


def sound(seed: int, seconds: float = 60.0) -> Float64:
    """(steps, 16) bels of a sound that is never quite quiet, as speech in a room."""
    steps = round(seconds * STEPS_A_SECOND)
    random = np.random.default_rng(seed)
    syllables = np.repeat(random.uniform(1.5, 5.0, (steps // 10 + 1, 16)), 10, axis=0)[:steps]
    levels: Float64 = syllables + random.normal(0, 0.35, (steps, 16))
    return levels


def levels(bels: Float64) -> UInt8:
    return np.clip(np.rint(bels * 24), 0, 255).astype(np.uint8)


def coded(bels: Float64, noise: float = 0.08, seed: int = 3) -> UInt8:
    """The levels after a lossy encoder."""
    return levels(bels + np.random.default_rng(seed).normal(0, noise, bels.shape))


def delayed(bels: Float64, seconds: float) -> Float64:
    """The same sound later by so much, earlier when negative; silence takes its place."""
    steps = np.arange(len(bels), dtype=np.float64)
    at = steps - seconds * STEPS_A_SECOND
    out: Float64 = np.stack(
        [np.interp(at, steps, band, left=0, right=0) for band in bels.T], axis=1
    )
    return out
