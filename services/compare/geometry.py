"""Stretches and lines: what every way of aligning two videos draws in the plane of their times.

```
 time in A
  │      ╱   a line: what B shows at time b, A shows at rate * b + offset
  │  ┌──╱┐
  │  │ ╱ │   a stretch: a part of A beside a part of B
  │  └╱──┘
  └────────── time in B
```

Segments, frames and sound each know more of a line or a stretch, and add it; what can be said of
times alone is said here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Time = TypeVar("Time", float, NDArray[np.float64])

# From when to when in one video, in seconds.
Span = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Line:
    """What B shows at time b, A shows at rate * b + offset, in seconds.

    The same content at the same speed has rate 1; above 1 B plays it faster.
    """

    offset: float
    rate: float = 1.0

    @property
    def is_retimed(self) -> bool:
        """Whether A and B play it at different speeds."""
        return self.rate != 1.0

    def to_a(self, time_b: Time) -> Time:
        """Seconds in A; may lie outside of the video."""
        return self.rate * time_b + self.offset

    def to_b(self, time_a: Time) -> Time:
        """Seconds in B; may lie outside of the video."""
        return (time_a - self.offset) / self.rate

    def meets(self, other: Line) -> float:
        """When in B both lines show the same of A. The rates must differ."""
        return (other.offset - self.offset) / (self.rate - other.rate)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """From a_start to a_end in A, beside b_start to b_end in B, in seconds. Either may be empty."""

    a_start: float
    a_end: float
    b_start: float
    b_end: float

    @property
    def in_a(self) -> Span:
        """Start and end in seconds."""
        return self.a_start, self.a_end

    @property
    def in_b(self) -> Span:
        """Start and end in seconds."""
        return self.b_start, self.b_end

    @property
    def seconds_a(self) -> float:
        """Its length in A; 0 for what only B has."""
        return self.a_end - self.a_start

    @property
    def seconds_b(self) -> float:
        """Its length in B; 0 for what only A has."""
        return self.b_end - self.b_start

    @property
    def longest(self) -> float:
        """How long the longer side lasts."""
        return max(self.seconds_a, self.seconds_b)

    def diagonal(self) -> Line:
        """The line from where both sides start to where both end. B's must last some time."""
        rate = self.seconds_a / self.seconds_b
        return Line(rate=rate, offset=self.a_start - rate * self.b_start)

    def in_proportion(self, time_a: float) -> float:
        """B's time that is as far through B's side as a time of A is through A's."""
        share = (time_a - self.a_start) / self.seconds_a
        return self.b_start + share * self.seconds_b

    def ends_at(self, a: float, b: float, slack: float = 0.0) -> bool:
        """Whether it ends at these times, give or take `slack` seconds."""
        return abs(self.a_end - a) <= slack and abs(self.b_end - b) <= slack

    def leads_to(self, following: Stretch, slack: float = 0.0) -> bool:
        """Whether the following one begins where this one ends, in both videos."""
        return self.ends_at(following.a_start, following.b_start, slack)


def overlap(left: Span, right: Span) -> float:
    """Seconds that two spans have in common; negative by how far they are apart."""
    return min(left[1], right[1]) - max(left[0], right[0])


def uncovered(span: Span, taken: Iterable[Span], shortest: float = 0.0) -> list[Span]:
    """The parts of a span that no other one covers and that last longer than `shortest`."""
    parts = [span]
    for start, end in taken:
        parts = [
            part
            for low, high in parts
            for part in ((low, min(high, start)), (max(low, end), high))
            if part[1] > part[0]
        ]
    return [part for part in parts if part[1] - part[0] > shortest]


def true_runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs [first, last) of positions at which a flag is set."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
