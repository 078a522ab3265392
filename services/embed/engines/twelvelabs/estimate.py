"""How far a vendor's task may be, when the vendor does not say."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Before any task of ours has been finished: a fixed start, and faster than the video plays.
_START_SECONDS = 15.0
_PACE = 0.25


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """expected: seconds that such a task takes."""

    expected: float

    @classmethod
    def of(cls, duration: float, pace: float | None) -> Estimate:
        """duration: of the video, seconds. pace: seconds of work per second in past tasks."""
        return cls(expected=_START_SECONDS + _PACE * duration if pace is None else pace * duration)

    def progress(self, elapsed: float) -> float:
        """Grows all the time and never arrives: 0.8 at the expected end, 0.96 at twice that."""
        return 1.0 - math.exp(-1.6 * elapsed / max(self.expected, 1e-3))

    def eta(self, elapsed: float) -> float | None:
        """Seconds to go; None when it takes longer than expected."""
        rest = self.expected - elapsed
        return rest if rest > 0 else None
