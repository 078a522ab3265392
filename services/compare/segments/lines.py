"""A line: a stretch of B that follows A at one offset and one speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from services.compare.segments.content import Content, window_distances
from services.compare.timeline import Float64

Time = TypeVar("Time", float, Float64)


@dataclass(frozen=True, kw_only=True)
class Line:
    """Segments first..last of B show A at `rate * time in B + offset` seconds."""

    first: int
    last: int
    rate: float
    offset: float

    def to_a(self, time_b: Time) -> Time:
        return self.rate * time_b + self.offset

    def to_b(self, time_a: Time) -> Time:
        return (time_a - self.offset) / self.rate


def line_distances(a: Content, b: Content, line: Line, rows: NDArray[np.int64]) -> Float64:
    """Distance of segments `rows` of B to what A shows on the line."""
    starts, ends = b.starts[rows], b.ends[rows]
    return window_distances(a, line.to_a(starts), line.to_a(ends), b.vectors[rows])
