"""Processes that were started before they are needed, each for one piece of work."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections import deque
from collections.abc import Awaitable, Callable


class ReadyProcesses:
    """While one process works, the next ones start; none is used twice.

    start: starts a process. count: how many wait, from `fill` on; before that, each is started when
    it is needed.
    """

    def __init__(self, start: Callable[[], Awaitable[Process]], count: int) -> None:
        self._start = start
        self._count = count
        self._filled = False
        self._waiting: deque[asyncio.Task[Process]] = deque()

    def fill(self) -> None:
        """Starts as many as are missing; from now on, after each `take` too."""
        self._filled = True
        self._refill()

    def _refill(self) -> None:
        while self._filled and len(self._waiting) < self._count:
            self._waiting.append(asyncio.create_task(self._started()))

    async def take(self) -> Process:
        """The process that has been starting for longest; it belongs to the caller.

        Raises OSError when the system cannot start one.
        """
        while self._waiting:
            starting = self._waiting.popleft()
            self._refill()
            process = await _unless_cancelled(starting)
            if process.returncode is None:
                return process
            # Somebody else ended it while it waited.
        return await self._started()

    async def stop(self) -> None:
        """Ends those that wait."""
        self._filled = False
        waiting, self._waiting = list(self._waiting), deque()
        for process in await asyncio.gather(*waiting, return_exceptions=True):
            if isinstance(process, Process):
                await end(process)

    async def _started(self) -> Process:
        return await self._start()


async def end(process: Process) -> None:
    """Kills a process that has not ended yet, and waits until it is gone."""
    if process.returncode is None:
        process.kill()
        await process.wait()
    if process.stdin is not None:
        process.stdin.close()


async def _unless_cancelled(starting: asyncio.Task[Process]) -> Process:
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await end(await starting)
        raise
