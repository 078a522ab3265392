"""A claimed task while this process works on it."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Iterator
from contextlib import contextmanager

from services.embed.ports import LeaseLost
from services.embed.tasks.task_state import Task


class Stopped(enum.Enum):
    """Why the work on a task was stopped from outside."""

    # Cancelled, removed, or taken over by another worker.
    LEASE_LOST = enum.auto()
    # This process is told to end.
    DRAINING = enum.auto()


class Running:
    """The work on one claimed task.

    task: as it was claimed. settled: the task is no longer this attempt's, and what is left is
    tidying up, which needs no lease.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.work: asyncio.Task[None] | None = None
        self.stopped: Stopped | None = None
        self.settled = False
        self._ending = False

    def stop(self, why: Stopped) -> None:
        """Asks the work to end. Asking again changes nothing."""
        if self.stopped is None and not self.settled:
            self.stopped = why
            if not self._ending:
                self._cancel()

    @contextmanager
    def ending(self) -> Iterator[None]:
        """While the attempt commits its end, which makes it look as if its lease were lost.

        A stop waits for the body. Once that has gone well, or found that the lease is lost, the
        attempt is settled and there is nothing to stop.
        """
        self._ending = True
        try:
            yield
        except LeaseLost:
            self.settled = True
            raise
        except Exception:
            if self.stopped is not None:
                self._cancel()
            raise
        else:
            self.settled = True
        finally:
            self._ending = False

    def _cancel(self) -> None:
        if self.work is not None:
            self.work.cancel()
