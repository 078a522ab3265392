"""A process that is told to stop is gone in time, whatever its tasks and threads do.

Closing an event loop waits for every task and every thread of its executor, and the interpreter
waits for the threads of all others; one that blocks would hold the process for ever.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading

import structlog

log = structlog.get_logger()


class ExitDeadline:
    """Ends the process when it is still there at a deadline, and logs by name what held it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: threading.Timer | None = None

    def set(self, seconds: float, *, exit_code: int) -> None:
        """From now on; replaces a deadline that was set before."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(seconds, self._exit, (seconds, exit_code))
        self._timer.name = "exit-deadline"
        # Else the interpreter would wait for it in a process that ends by itself.
        self._timer.daemon = True
        self._timer.start()

    def _exit(self, seconds: float, exit_code: int) -> None:
        try:
            log.warning(
                "exit_forced", seconds=seconds, tasks=self._tasks_left(), threads=_threads_left()
            )
            logging.shutdown()
            sys.stdout.flush()
        finally:
            os._exit(exit_code)

    def _tasks_left(self) -> list[str]:
        return sorted(task.get_name() for task in asyncio.all_tasks(self._loop))


def leave() -> None:
    """Ends the process with code 0, unless threads are left that the interpreter would wait for.

    Without it the interpreter takes apart what the system frees anyway, which keeps a core busy for
    half a second after the service has stopped, and no deadline holds meanwhile.
    """
    others = [each for each in threading.enumerate() if each is not threading.main_thread()]
    if all(each.daemon for each in others):
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _threads_left() -> list[str]:
    ours = (threading.main_thread(), threading.current_thread())
    return sorted(thread.name for thread in threading.enumerate() if thread not in ours)
