"""The time, as rows have it."""

from __future__ import annotations

import time

from services.embed.tasks.task_state import Micros


def now() -> Micros:
    """Microseconds since 1970."""
    return time.time_ns() // 1000
