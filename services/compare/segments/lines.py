"""Lines between segments: runs of B's segments that follow A at one offset and one speed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.geometry import Line
from services.compare.segments.content import Content, window_distances
from services.compare.timeline import Float64


@dataclass(frozen=True, kw_only=True)
class SegmentLine(Line):
    """The line that segments first..last of B follow."""

    first: int
    last: int


def line_distances(a: Content, b: Content, line: Line, rows: NDArray[np.int64]) -> Float64:
    """Distance of segments `rows` of B to what A shows on the line."""
    starts, ends = b.starts[rows], b.ends[rows]
    return window_distances(a, line.to_a(starts), line.to_a(ends), b.vectors[rows])
