"""Keeps the processes of a plan running, and stops them in order.

A process that ends while SAGE starts is a failure to start. Later on, it is started again, unless
it keeps ending.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.embedded.child import Child
from deploy.embedded.errors import StartError
from deploy.embedded.guard import Guard
from deploy.embedded.logs import ProcessLog, cannot_start
from deploy.embedded.plan import Process
from services.servicekit.state import StateError

# Together below ten seconds, and above what services take to drain.
_GRACE_SECONDS = {0: 7.0, 1: 1.5}
_RESTARTS = 3
_RESTART_WINDOW_SECONDS = 60.0


class Supervisor:
    """Runs processes from `async with` on, and has stopped them all when it is left."""

    def __init__(
        self, processes: Sequence[Process], logs: Path, *, say: Callable[[str], None]
    ) -> None:
        self._processes = processes
        self._logs = logs
        self._say = say
        self._children: dict[str, Child] = {}
        self._ends: dict[str, deque[float]] = {}
        self._stack = AsyncExitStack()
        self.guard = Guard()

    async def __aenter__(self) -> Self:
        try:
            await self._stack.enter_async_context(self.guard)
            for process in self._processes:
                log = self._stack.enter_context(ProcessLog(process.name, self._logs))
                self._children[process.name] = await Child.start(process, log, self.guard)
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stop()

    async def until_one_ends(self) -> StartError:
        """Waits until any process ends, and says how that looked."""
        name, code = await self._next_end()
        return self._needs_a_person(name, code) or StartError(
            self._farewell(name, f"stopped while SAGE started (exit code {code})")
        )

    async def keep_running(self) -> StartError:
        """Starts again what ends; returns why when that is of no use."""
        for child in self._children.values():
            child.log.loud = True
        while True:
            name, code = await self._next_end()
            if error := self._needs_a_person(name, code):
                return error
            if self._ends_too_often(name):
                return StartError(self._farewell(name, f"keeps stopping (exit code {code})"))
            self._say(f"{name} stopped (exit code {code}); starting it again.")
            ended = self._children[name]
            await ended.stop(0)
            self._children[name] = await Child.start(ended.plan, ended.log, self.guard)

    def describe(self, name: str, what: str) -> str:
        """A line about a process, with the end of its log."""
        return self._farewell(name, what)

    async def _next_end(self) -> tuple[str, int]:
        waiting = {
            asyncio.create_task(child.wait()): name for name, child in self._children.items()
        }
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            first = done.pop()
            return waiting[first], first.result()
        finally:
            for task in waiting:
                task.cancel()

    def _needs_a_person(self, name: str, code: int) -> StartError | None:
        """Why it is of no use to start a process again that has said so itself."""
        if code != StateError.EXIT_CODE:
            return None
        reason = cannot_start(self._children[name].log.last_lines)
        return StartError(reason or self._farewell(name, "cannot start"), exit_code=code)

    def _ends_too_often(self, name: str) -> bool:
        ends = self._ends.setdefault(name, deque(maxlen=_RESTARTS + 1))
        ends.append(time.monotonic())
        return len(ends) > _RESTARTS and ends[-1] - ends[0] < _RESTART_WINDOW_SECONDS

    def _farewell(self, name: str, what: str) -> str:
        log = self._children[name].log
        lines = "".join(f"\n  {line}" for line in log.last_lines)
        return f"{name} {what}. The end of {log.file}:{lines or ' nothing'}"

    async def _stop(self) -> None:
        for child in self._children.values():
            child.log.loud = False
        order = sorted(self._children.values(), key=lambda child: child.plan.stop_order)
        for number, together in groupby(order, key=lambda child: child.plan.stop_order):
            await asyncio.gather(*(child.stop(_GRACE_SECONDS[number]) for child in together))
        await self._stack.aclose()
