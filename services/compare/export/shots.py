"""Whether a shot begins at a time: what tells a trimmed shot from one that was left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.compare.timeline import FrameTrack

# Mean change over a fingerprint, of 255, from which a cut is told from movement, and how many times
# larger than beside it.
_LEAST_CHANGE, _LEAST_CONTRAST = 6.0, 3.0
_BESIDE = 4
_SAME_MOMENT = 1e-3


def shot_starts(frames: FrameTrack, times: Sequence[float]) -> frozenset[float]:
    """Those of the times at which a shot begins. The video's own start and end are among them."""
    return frozenset(time for time in times if _is_start(frames, time))


def _is_start(frames: FrameTrack, time: float) -> bool:
    index = int(np.searchsorted(frames.times, time - _SAME_MOMENT))
    if index in (0, len(frames.times)):
        return True
    first, last = max(0, index - 1 - _BESIDE), min(len(frames.times), index + 1 + _BESIDE)
    pictures = frames.fingerprints[first:last].astype(np.float32)
    changes = np.abs(np.diff(pictures, axis=0)).mean(axis=(1, 2, 3))
    here = index - 1 - first
    beside = np.delete(changes, here)
    usual = float(np.median(beside)) if len(beside) else 0.0
    return bool(changes[here] >= max(_LEAST_CHANGE, _LEAST_CONTRAST * usual))
