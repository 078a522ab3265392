"""Lines between frames: stretches of B that show A's content at one speed.

A retimed stretch stays one line, instead of the staircase of small jumps that constant offsets
would need.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from services.compare.frames.fingerprints import Frames, frame_distances
from services.compare.frames.tuning import FramesTuning
from services.compare.geometry import Line, Span
from services.compare.timeline import Float32, Float64

_FIT_FRAMES = 600
_RATE_FRAMES = 1500
_OUTSIDE = 255.0


@dataclass(frozen=True, kw_only=True)
class FrameLine(Line):
    """A stretch of B, [b_start, b_end) in seconds, and where in A its content comes from."""

    b_start: float
    b_end: float

    @property
    def a_start(self) -> float:
        """Where in A its first frame comes from, in seconds."""
        return self.rate * self.b_start + self.offset

    @property
    def a_end(self) -> float:
        """Where in A it ends, in seconds."""
        return self.rate * self.b_end + self.offset

    @property
    def duration(self) -> float:
        """Seconds in B."""
        return self.b_end - self.b_start

    @property
    def in_a(self) -> Span:
        """Start and end in seconds of A."""
        return self.a_start, self.a_end

    def at(self, b_start: float, b_end: float) -> FrameLine:
        """The same line over another stretch."""
        return replace(self, b_start=b_start, b_end=b_end)


def line_distances(a: Frames, b: Frames, line: FrameLine, index_b: np.ndarray) -> Float32:
    """Distances of frames of B to what the line says they show; large outside A."""
    time_a = line.to_a(b.times[index_b])
    out = frame_distances(a, b, a.nearest(time_a), index_b)
    outside = (time_a < -0.6 * a.step) | (time_a > a.duration - 0.1 * a.step)
    out[outside] = _OUTSIDE
    return out


def mean_cost(
    a: Frames, b: Frames, line: FrameLine, frames: int = _FIT_FRAMES, *, tuning: FramesTuning
) -> float:
    """Mean robust frame distance along a line, from a sample of its frames."""
    index = b.between(line.b_start, line.b_end)
    if len(index) == 0:
        return 0.0
    if len(index) > frames:
        index = index[np.linspace(0, len(index) - 1, frames).astype(np.int64)]
    return float(np.minimum(line_distances(a, b, line, index), tuning.robust_cap).mean())


def fit_line(a: Frames, b: Frames, line: FrameLine, *, tuning: FramesTuning) -> FrameLine:
    """The line moved to where the frames agree best, to a fraction of a frame."""
    if line.is_retimed:
        return _fit_rate(a, b, line, tuning=tuning)
    return _fit_offset(a, b, line, tuning=tuning)


def _fit_offset(a: Frames, b: Frames, line: FrameLine, *, tuning: FramesTuning) -> FrameLine:
    """A search in quarters of a frame, then in sixteenths.

    Offsets that pick the same frames tie; the middle of the plateau is the least biased. Still
    content ties everywhere: there the offset that the votes gave stays.
    """
    for step in (a.step / 4, a.step / 16):
        shifts = np.arange(-8, 9) * step
        costs = np.array(
            [
                mean_cost(a, b, replace(line, offset=line.offset + shift), tuning=tuning)
                for shift in shifts
            ]
        )
        low, high = _plateau(costs)
        if low == 0 or high == len(shifts) - 1:
            nearest = int(np.abs(shifts[low : high + 1]).argmin()) + low
            return replace(line, offset=line.offset + float(shifts[nearest]))
        line = replace(line, offset=line.offset + float(shifts[low] + shifts[high]) / 2)
    return line


def _plateau(costs: Float64) -> tuple[int, int]:
    """First and last index round the least cost of those that tie with it."""
    low = high = int(costs.argmin())
    tied = costs <= 1.01 * costs[low] + 1e-6
    while low > 0 and tied[low - 1]:
        low -= 1
    while high + 1 < len(costs) and tied[high + 1]:
        high += 1
    return low, high


def _fit_rate(a: Frames, b: Frames, line: FrameLine, *, tuning: FramesTuning) -> FrameLine:
    """Coordinate descent over A's times at both ends."""
    best, cost = line, mean_cost(a, b, line, _RATE_FRAMES, tuning=tuning)
    for divisor in (0.25, 0.5, 1, 2, 4, 8, 16):
        step = a.step / divisor
        improved = True
        while improved:
            improved = False
            for at_start, at_end in (
                (step, 0),
                (-step, 0),
                (0, step),
                (0, -step),
                (step, step),
                (-step, -step),
            ):
                candidate = through(best, best.a_start + at_start, best.a_end + at_end)
                value = mean_cost(a, b, candidate, _RATE_FRAMES, tuning=tuning)
                if value < cost - 1e-4:
                    best, cost, improved = candidate, value, True
    return best


def through(line: FrameLine, a_start: float, a_end: float) -> FrameLine:
    """The line over the same stretch of B that starts and ends at these times of A."""
    rate = (a_end - a_start) / max(line.duration, 1e-6)
    return replace(line, rate=rate, offset=a_start - rate * line.b_start)
