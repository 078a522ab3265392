"""The time: as rows have it, and for measuring how long something takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from services.embed.tasks.task_state import Micros


def now() -> Micros:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """What tells the time.

    now: microseconds since 1970, by the machine's clock, which people and NTP may set at any time:
    for what is told and kept. monotonic: seconds since some moment, never set back: for how long
    something takes.
    """

    now: Callable[[], Micros] = now
    monotonic: Callable[[], float] = time.monotonic


SYSTEM = Clocks()
