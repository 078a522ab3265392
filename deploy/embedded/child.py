"""One running process and what it says."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable

from deploy.embedded.guard import Guard
from deploy.embedded.logs import ProcessLog
from deploy.embedded.plan import ROOT, Process

_CHUNK_BYTES = 64 * 1024
_PR_SET_PDEATHSIG = 1
_LAST_WORDS_SECONDS = 2.0


class Child:
    """A started process, in a session of its own so that Ctrl-C reaches only the launcher.

    The process is what is watched, not its output: its own children hold that open for as long as
    they live. When it ends, whatever is left of its process group is killed, for they would keep
    its port and its folder.
    """

    def __init__(
        self,
        plan: Process,
        log: ProcessLog,
        process: asyncio.subprocess.Process,
        output: asyncio.StreamReader,
        guard: Guard,
    ) -> None:
        self.plan = plan
        self.log = log
        self._process = process
        self._output = output
        self._guard = guard
        self._ended = asyncio.create_task(self._watch(), name=f"watch-{plan.name}")

    @classmethod
    async def start(cls, plan: Process, log: ProcessLog, guard: Guard) -> Child:
        """Starts the process, and has `guard` end its group should the launcher die.

        Raises OSError when the command cannot be run.
        """
        read_end, write_end = os.pipe()
        try:
            # A pipe of our own: one of asyncio's would delay the news of the process's end until
            # nobody holds the pipe any more.
            output = await _reader(read_end)
            process = await asyncio.create_subprocess_exec(
                *plan.command,
                cwd=ROOT,
                env=dict(plan.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=write_end,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent(),
            )
        finally:
            os.close(write_end)
        guard.begun(process.pid)
        return cls(plan, log, process, output, guard)

    @property
    def pid(self) -> int:
        """Of the process, and of the group that it leads."""
        return self._process.pid

    async def wait(self) -> int:
        """The exit code, once the process and its group have ended and their words are logged."""
        return await asyncio.shield(self._ended)

    async def stop(self, grace_seconds: float) -> None:
        """Asks it to end; ends it, and whatever it started, when the grace is over."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        await asyncio.wait({self._ended}, timeout=grace_seconds)
        if not self._ended.done():
            self._kill_group()
        await self.wait()

    def _kill_group(self) -> None:
        # The process leads its group, so this reaches its workers even when it is gone itself.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def _watch(self) -> int:
        pumping = asyncio.create_task(self._pump(), name=f"log-{self.plan.name}")
        code = await self._process.wait()
        self._kill_group()
        # Output that ends says that the group has ended, unless somebody has left it.
        await asyncio.wait({pumping}, timeout=_LAST_WORDS_SECONDS)
        pumping.cancel()
        self._guard.ended(self._process.pid)
        return code

    async def _pump(self) -> None:
        rest = b""
        while chunk := await self._output.read(_CHUNK_BYTES):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self.log.write(line.decode(errors="replace"))
        if rest:
            self.log.write(rest.decode(errors="replace"))


async def _reader(descriptor: int) -> asyncio.StreamReader:
    """Reads from the end of a pipe, which is closed with the reader."""
    reader = asyncio.StreamReader()
    pipe = os.fdopen(descriptor, "rb", buffering=0)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, pipe)
    return reader


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux, has the kernel end the child when the launcher is killed outright.

    The watchdog does so too, and everywhere; this holds when both of them are killed.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def ask_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask_kernel
