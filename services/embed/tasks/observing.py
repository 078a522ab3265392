"""Who hears how attempts at tasks go, to count them."""

from __future__ import annotations

import enum
from typing import Protocol

from services.embed.tasks.task_state import Task


class AttemptEnd(enum.StrEnum):
    """How an attempt ended, and with it perhaps the task."""

    SUCCEEDED = "succeeded"
    # The task is over without an embedding.
    FAILED = "failed"
    # What failed can pass: the task waits for another attempt.
    RETRIED = "retried"
    RATE_LIMITED = "rate_limited"
    # The service stopped and put the task back.
    REQUEUED = "requeued"
    # The task was cancelled, removed, or taken over by another worker.
    LEASE_LOST = "lease_lost"


class AttemptObserver(Protocol):
    """Told of attempts; never raises, never waits."""

    def begun(self, task: Task) -> None:
        """task: as it is after it was claimed."""
        ...

    def ended(self, task: Task, end: AttemptEnd) -> None:
        """task: as it is after the attempt."""
        ...


class Unobserved:
    """Where nobody counts."""

    def begun(self, task: Task) -> None:
        return

    def ended(self, task: Task, end: AttemptEnd) -> None:
        return
