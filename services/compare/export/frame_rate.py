"""The frame rate of a video, told by when its frames are shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_WHOLE = (10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 72, 90, 100, 120)
_NTSC = (24, 30, 48, 60, 120)
_USUAL = np.array(
    sorted([12.5, *_WHOLE, *(nominal * 1000 / 1001 for nominal in _NTSC)]), np.float64
)
# Containers round times to a millisecond, and clips are short: half of the step from 24 to 23.976
# over a second, and more than half of it over three frames.
_NEAR = 0.005
# Intervals so many times longer or shorter than the median are gaps of a variable rate.
_MOST_OFF = 1.5


def frame_rate_of(times: Sequence[float]) -> float | None:
    """Frames a second: the broadcast rate that is nearest, else what was measured.

    times: when frames are shown, in seconds, increasing; those of the first half minute will do.
    None when they are too few to tell.
    """
    shown = np.asarray(times, np.float64)
    if len(shown) < 2 or shown[-1] <= shown[0]:
        return None
    intervals = np.diff(shown)
    median = float(np.median(intervals))
    usual = intervals[(intervals > median / _MOST_OFF) & (intervals < median * _MOST_OFF)]
    steady = 1 / float(usual.mean())
    return _nearest(steady) or round(steady, 3)


def _nearest(rate: float) -> float | None:
    usual = float(_USUAL[np.argmin(np.abs(_USUAL - rate))])
    return usual if abs(usual - rate) <= _NEAR * usual else None
