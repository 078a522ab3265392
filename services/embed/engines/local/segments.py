"""The grid of segments, and of the shorter steps inside them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from services.embed.artifacts.tracks import Float64

STEPS_A_SEGMENT = 4
# A rest shorter than this belongs to the segment before it: durations are rounded.
_MEANINGLESS_REST_SECONDS = 0.01


@dataclass(frozen=True)
class SegmentGrid:
    """Segments of `duration` seconds from zero on, each of four steps."""

    duration: float

    def __post_init__(self) -> None:
        if not self.duration > 0:
            raise ValueError(f"segments must have a length, not {self.duration} s")

    @property
    def step(self) -> float:
        """In seconds."""
        return self.duration / STEPS_A_SEGMENT

    def segments(self, end: float) -> tuple[Float64, Float64]:
        """Starts and ends of the segments of a video that ends at `end`; at least one."""
        return _tiles(self.duration, end)

    def steps(self, end: float) -> tuple[Float64, Float64]:
        """The same for the steps. Every segment has at least one that starts with it."""
        return _tiles(self.step, end)

    def sample_time(self, step: int) -> float:
        """The moment that stands for a step: its middle."""
        return (step + 0.5) * self.step

    def samples_between(self, start: float, end: float) -> bool:
        """Whether what is on the screen from `start` until `end` stands for a step."""
        if math.isinf(start) or math.isinf(end):
            return True
        step = max(math.floor(start / self.step - 0.5), 0)
        while self.sample_time(step) < start:
            step += 1
        return self.sample_time(step) < end


def _tiles(length: float, end: float) -> tuple[Float64, Float64]:
    count = max(math.ceil((end - _MEANINGLESS_REST_SECONDS) / length), 1)
    starts = np.arange(count, dtype=np.float64) * length
    return starts, np.append(starts[1:], end)
