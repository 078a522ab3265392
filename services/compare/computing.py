"""Comparisons are computed in threads, so that the event loop stays free for other calls.

Threads and not processes: nearly all of the time is spent inside numpy, which lets other threads
run, and tracks of hundreds of megabytes need not be copied.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError

Result = TypeVar("Result")
# Called by work between its steps; raises when nobody waits for the result any more.
Check = Callable[[], None]

_RETRY_SECONDS = 2.0


class Abandoned(Exception):
    """The caller is gone; the work stops here."""


class Computing:
    """A bounded number of workers with a bounded queue."""

    def __init__(self, *, workers: int, queue: int) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="compare")
        self._slots = workers + queue
        self._taken = 0
        self._lock = threading.Lock()

    @property
    def taken(self) -> int:
        """How much is under way or waits for a thread."""
        return self._taken

    async def run(
        self, work: Callable[[Check], Result], on_end: Callable[[], None] | None = None
    ) -> Result:
        """The result of `work`. A cancelled call stops it at its next check.

        on_end: called in the event loop when no worker is at the work any more, which may be later
            than the end of the call.
        Raises SageError(OVERLOADED) when the queue is full.
        """
        try:
            self._enter()
        except SageError:
            if on_end is not None:
                on_end()
            raise
        abandoned = threading.Event()

        def check() -> None:
            if abandoned.is_set():
                raise Abandoned

        def checked() -> Result:
            check()
            return work(check)

        future = self._pool.submit(checked)
        # A slot is free when the thread is, which may be later than the end of the call.
        future.add_done_callback(self._leave)
        if on_end is not None:
            loop = asyncio.get_running_loop()
            future.add_done_callback(lambda _: _call_in(loop, on_end))
        try:
            return await asyncio.wrap_future(future)
        finally:
            abandoned.set()

    def close(self) -> None:
        """Takes no more work; what is under way stops at its next check."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _enter(self) -> None:
        with self._lock:
            if self._taken >= self._slots:
                raise SageError(
                    ErrorReason.ERROR_REASON_OVERLOADED,
                    "More comparisons are waiting than the server takes. Try again in a moment.",
                    retry_after=_RETRY_SECONDS,
                )
            self._taken += 1

    def _leave(self, _: Future[Result]) -> None:
        with self._lock:
            self._taken -= 1


def _call_in(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: the service has stopped
        loop.call_soon_threadsafe(callback)
