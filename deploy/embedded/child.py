"""One running process and what it says."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable

from deploy.embedded.logs import ProcessLog
from deploy.embedded.plan import ROOT, Process

_CHUNK_BYTES = 64 * 1024
_PR_SET_PDEATHSIG = 1


class Child:
    """A started process, in a session of its own so that Ctrl-C reaches only the launcher."""

    def __init__(self, plan: Process, log: ProcessLog, process: asyncio.subprocess.Process) -> None:
        self.plan = plan
        self.log = log
        self._process = process
        self._ended = asyncio.create_task(self._pump())

    @classmethod
    async def start(cls, plan: Process, log: ProcessLog) -> Child:
        process = await asyncio.create_subprocess_exec(
            *plan.command,
            cwd=ROOT,
            env=dict(plan.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent(),
        )
        return cls(plan, log, process)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def wait(self) -> int:
        """The exit code, once the process has ended and all its words are in the log."""
        await asyncio.shield(self._ended)
        return await self._process.wait()

    async def stop(self, grace_seconds: float) -> None:
        """Asks it to end; ends it, and whatever it started, when the grace is over."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds):
                await self._process.wait()
        self._kill_group()
        await self.wait()

    def _kill_group(self) -> None:
        # The process leads its group, so this reaches its workers even when it is gone itself.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def _pump(self) -> None:
        output = self._process.stdout
        if output is None:  # always a pipe, see start()
            return
        rest = b""
        while chunk := await output.read(_CHUNK_BYTES):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self.log.write(line.decode(errors="replace"))
        if rest:
            self.log.write(rest.decode(errors="replace"))


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux, has the kernel end the child when the launcher is killed outright."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def ask_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask_kernel
