"""The service's side: confined processes, some of them ready before there is a job for them.

A process has neither credentials nor a way to the store. It asks for ranges of its file, which are
fetched here.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Protocol, Self, cast

import structlog

from services.mediakit.sandbox.budget import Budget
from services.mediakit.sandbox.conversation import Conversation, OnMessage
from services.mediakit.sandbox.forks import Template
from services.mediakit.sandbox.messages import Garbled, Message
from services.mediakit.source import FetchRange

log = structlog.get_logger()

# What finding libraries and printing text takes; nothing else of the environment is passed on.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
_ENVIRONMENT = {
    # Threads of the linear algebra would fight with the decoder's for the cores.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # A heap for every thread would keep what it once needed (glibc).
    "MALLOC_ARENA_MAX": "2",
}
_STOP_SECONDS = 1.0
# Of what a process that died has printed, enough for its last traceback.
_KEPT_OUTPUT_BYTES = 8192
_NOT_CONFINED = b"not confined: "
# A store that is slow must not hold up what else the service does on threads.
_FETCH_THREADS = 16


class ProcessDied(Exception):
    """A process ended without an answer: out of memory, killed, or a defect.

    exit_code: as the system reports it, negative for a signal. output: the end of what it printed.
    """

    def __init__(self, exit_code: int, output: str) -> None:
        super().__init__(f"the confined process ended with code {exit_code}")
        self.exit_code = exit_code
        self.output = output


class Process(Protocol):
    """What a process of asyncio and a fork have in common."""

    @property
    def stdin(self) -> asyncio.StreamWriter | None:
        """Where requests go; None for what has no pipe to it."""
        ...

    @property
    def stdout(self) -> asyncio.StreamReader | None:
        """Where answers come from; None for what has no pipe to it."""
        ...

    @property
    def stderr(self) -> asyncio.StreamReader | None:
        """What libraries print; None for what has no pipe to it."""
        ...

    @property
    def returncode(self) -> int | None:
        """As asyncio has it: None while it runs, negative for the signal that ended it."""
        ...

    async def wait(self) -> int:
        """Its return code, once it has ended."""
        ...

    def kill(self) -> None:
        """Ends it without a chance to object; whoever needs it gone waits as well."""
        ...


class Sandbox:
    """Starts one process for each job. module: what is run, with `child.serve` in it.

    Once this is entered as a context manager, processes are forked from a template (Linux), and
    `ready` of them are kept started for the next jobs; to start one from nothing takes a second or
    two. settled_seconds: how long to wait with the first, since a service that starts has more
    urgent work for its cores.
    """

    def __init__(self, module: str, *, ready: int = 1, settled_seconds: float = 3.0) -> None:
        self._module = module
        self._ready_count = ready
        self._settled_seconds = settled_seconds
        self._keeps_ready = False
        self._ready: list[Process] = []
        # The last one is in use; of the others, forks are still at work.
        self._templates: list[Template] = []
        self._choosing = asyncio.Lock()
        self._first: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._warned = False
        self._running = 0
        self._fetchers = ThreadPoolExecutor(_FETCH_THREADS, thread_name_prefix="sandbox-fetch")

    async def __aenter__(self) -> Self:
        self._keeps_ready = True
        self._first = asyncio.create_task(self._make_first_ready(), name="sandbox-prestart")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._first is not None:
            self._first.cancel()
            await asyncio.gather(self._first, return_exceptions=True)
        async with self._starting:
            self._keeps_ready = False
            ready, self._ready = self._ready, []
        for process in ready:
            await _kill(process)  # it has done nothing yet that it could lose
        for template in self._templates:
            await template.close()
        self._fetchers.shutdown(wait=False, cancel_futures=True)

    @property
    def running(self) -> int:
        """How many processes are at a job."""
        return self._running

    async def run(
        self,
        job: str,
        options: Mapping[str, Any],
        *,
        size: int,
        fetch: FetchRange,
        budget: Budget,
        cpu_seconds: int,
        on_message: OnMessage | None = None,
    ) -> Message:
        """Have a process do a job over a file of `size` bytes; its last message.

        fetch: gives ranges of the file, on threads of its own. Cancelling the call stops the
        process. Raises MediaError when the file is refused or takes longer than its budget,
        SourceUnavailable, ProcessDied, and what fetch and on_message raise.
        """
        process = await self._next()
        printed = asyncio.create_task(_last_output(process), name="sandbox-output")
        talk = Conversation(
            cast(asyncio.StreamWriter, process.stdin),
            cast(asyncio.StreamReader, process.stdout),
            size,
            fetch,
            self._fetchers,
            budget,
            on_message,
        )
        request = {"job": job, "size": size, "options": options, "cpu_seconds": cpu_seconds}
        self._running += 1
        try:
            return await talk.hold(Message("job", request))
        except (asyncio.IncompleteReadError, ConnectionError):
            output = (await printed).decode(errors="replace")
            raise ProcessDied(await process.wait(), output) from None
        except Garbled as error:
            await _kill(process)
            raise ProcessDied(-signal.SIGKILL, str(error)) from error
        finally:
            self._running -= 1
            await _stop(process)
            self._warn(await printed)
            await self._make_ready()

    def _warn(self, printed: bytes) -> None:
        if not self._warned and _NOT_CONFINED in printed:
            self._warned = True
            log.warning("sandbox_not_complete", output=printed.decode(errors="replace"))

    async def _next(self) -> Process:
        async with self._starting:  # one that is just being started will do
            while self._ready:
                process = self._ready.pop(0)
                if process.returncode is None:
                    return process
        return await self._start()

    async def _make_first_ready(self) -> None:
        await asyncio.sleep(self._settled_seconds)
        await self._make_ready()

    async def _make_ready(self) -> None:
        async with self._starting:
            if self._templates and self._templates[-1].spoiled:
                while self._ready:
                    await _kill(self._ready.pop())
            while self._keeps_ready and len(self._ready) < self._ready_count:
                try:
                    self._ready.append(await self._start())
                except OSError:
                    return  # where none can be started now, the next job says so

    async def _start(self) -> Process:
        if self._keeps_ready and sys.platform == "linux":
            try:
                return await (await self._template()).fork()
            except OSError as error:
                log.warning("sandbox_not_forked", error=repr(error))
        return await asyncio.create_subprocess_exec(
            *self._command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            # Ctrl-C at a terminal is for the service, which decides what becomes of its processes.
            start_new_session=True,
            env=_environment(),
        )

    async def _template(self) -> Template:
        """The one to fork from."""
        async with self._choosing:
            if not self._templates or not self._templates[-1].usable:
                template = await Template.start(self._command, _environment())
                working = [each for each in self._templates if not each.has_ended]
                self._templates = [*working, template]
            return self._templates[-1]

    @property
    def _command(self) -> list[str]:
        return [sys.executable, "-m", self._module]


def _environment() -> dict[str, str]:
    """All that a process is told of the service's surroundings."""
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        **_ENVIRONMENT,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }


async def _stop(process: Process) -> None:
    """Ask the process to stop by closing its input, then insist."""
    if process.returncode is not None:
        return
    cast(asyncio.StreamWriter, process.stdin).close()
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        pass
    finally:
        await _kill(process)


async def _kill(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _last_output(process: Process) -> bytes:
    output = cast(asyncio.StreamReader, process.stderr)
    kept = b""
    while part := await output.read(_KEPT_OUTPUT_BYTES):
        kept = (kept + part)[-_KEPT_OUTPUT_BYTES:]
    return kept
