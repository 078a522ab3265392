"""Keeps a watchdog beside the launcher, which ends every process group should the launcher die."""

from __future__ import annotations

import asyncio
import sys
from types import TracebackType
from typing import Self

from deploy.embedded.plan import ROOT

_MODULE = "deploy.embedded.watchdog"
_PAUSE_SECONDS = 0.5


class Guard:
    """Tells a watchdog which process groups there are; starts another one when it dies."""

    def __init__(self) -> None:
        self._groups: set[int] = set()
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._start()
        self._keeping = asyncio.create_task(self._keep(), name="watchdog")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait({self._keeping})
        if self._process is not None:
            # It ends what is left, which is nothing after an orderly stop, and goes.
            self._close_input()
            await self._process.wait()

    @property
    def pid(self) -> int | None:
        """Of the watchdog; None until the first start, and the old one while another starts."""
        return None if self._process is None else self._process.pid

    def begun(self, group: int) -> None:
        """A process has begun that leads this group."""
        self._groups.add(group)
        self._tell(f"+{group}\n")

    def ended(self, group: int) -> None:
        """Nobody is left in this group, and its number may be given to others."""
        self._groups.discard(group)
        self._tell(f"-{group}\n")

    def _tell(self, line: str) -> None:
        if self._process is not None and self._process.stdin is not None:
            # Few and short lines: they wait for nobody. A pipe that is broken already is noticed
            # by the end of the watchdog.
            self._process.stdin.write(line.encode())

    def _close_input(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    async def _start(self) -> None:
        # -S: nothing that is installed is needed, and without it the start takes half the time.
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-S", "-m", _MODULE),
            *(str(group) for group in sorted(self._groups)),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
        )

    async def _keep(self) -> None:
        while self._process is not None:
            await self._process.wait()
            self._close_input()
            await asyncio.sleep(_PAUSE_SECONDS)
            await self._start()
