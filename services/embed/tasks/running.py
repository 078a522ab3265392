"""A claimed task while this process works on it."""

from __future__ import annotations

import asyncio
import enum

from services.embed.tasks.task_state import Task


class Stopped(enum.Enum):
    """Why the work on a task was stopped from outside."""

    # Cancelled, removed, or taken over by another worker.
    LEASE_LOST = enum.auto()
    # This process is told to end.
    DRAINING = enum.auto()


class Running:
    """The work on one claimed task.

    task: as it was claimed. settled: the task has ended, and what is left is tidying up, which
    needs no lease.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.work: asyncio.Task[None] | None = None
        self.stopped: Stopped | None = None
        self.settled = False

    def stop(self, why: Stopped) -> None:
        """Asks the work to end. Asking again changes nothing."""
        if self.stopped is None and not self.settled:
            self.stopped = why
            if self.work is not None:
                self.work.cancel()
