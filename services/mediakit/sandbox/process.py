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
import time
from asyncio import FIRST_COMPLETED
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Protocol, Self, cast

import structlog

from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.sandbox import messages
from services.mediakit.sandbox.forks import Template
from services.mediakit.sandbox.messages import Garbled, Message
from services.mediakit.source import FetchRange

log = structlog.get_logger()

OnMessage = Callable[[Message], Awaitable[None]]
"""Awaited with each message of progress and each piece of the result."""

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
_MOST_FETCHED_BYTES = 16 << 20
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
    def stdin(self) -> asyncio.StreamWriter | None: ...
    @property
    def stdout(self) -> asyncio.StreamReader | None: ...
    @property
    def stderr(self) -> asyncio.StreamReader | None: ...
    @property
    def returncode(self) -> int | None: ...
    async def wait(self) -> int: ...
    def kill(self) -> None: ...


class SourceUnavailable(Exception):
    """The bytes of the video can't be read now; another try may succeed."""


class Budget:
    """How long a job may take: `base` seconds, and `share` more for each second of video done.

    Waiting for the store does not count.
    """

    def __init__(self, *, base: float, share: float = 0.0) -> None:
        self._allowed = base
        self._base = base
        self._share = share
        self._began = time.monotonic()
        self._fetching = 0
        self._fetch_began = 0.0
        self._fetched_seconds = 0.0

    def done(self, seconds: float) -> None:
        """So many seconds of the video are done."""
        self._allowed = max(self._allowed, self._base + self._share * seconds)

    @contextlib.contextmanager
    def fetching(self) -> Iterator[None]:
        """While it is entered, the store is waited for."""
        if self._fetching == 0:
            self._fetch_began = time.monotonic()
        self._fetching += 1
        try:
            yield
        finally:
            self._fetching -= 1
            if self._fetching == 0:
                self._fetched_seconds += time.monotonic() - self._fetch_began

    @property
    def left(self) -> float:
        """Seconds until the job has taken too long, if the store answers at once."""
        now = time.monotonic()
        waited = self._fetched_seconds + (now - self._fetch_began if self._fetching else 0.0)
        return self._allowed + waited - (now - self._began)

    @property
    def allowed(self) -> float:
        return self._allowed


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
        talk = _Conversation(process, size, fetch, self._fetchers, budget, on_message)
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


class _Conversation:
    """One job's: asks, serves ranges of the file, hears the answer."""

    def __init__(
        self,
        process: Process,
        size: int,
        fetch: FetchRange,
        fetchers: Executor,
        budget: Budget,
        on_message: OnMessage | None,
    ) -> None:
        self._requests = cast(asyncio.StreamWriter, process.stdin)
        self._answers = cast(asyncio.StreamReader, process.stdout)
        self._size = size
        self._fetch = fetch
        self._fetchers = fetchers
        self._budget = budget
        self._on_message = on_message
        self._fetches: set[asyncio.Task[None]] = set()
        # What a fetch raised that is nobody's fault but ours.
        self._defect: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()

    async def hold(self, request: Message) -> Message:
        hearing = asyncio.create_task(self._hear(request), name="sandbox-job")
        try:
            either: set[asyncio.Future[Any]] = {hearing, self._defect}
            while not hearing.done():
                left = self._budget.left
                if left <= 0:
                    raise MediaError(
                        MediaReason.UNDECODABLE,
                        f"Looking into the file took longer than {self._budget.allowed:.0f} s. "
                        "Export the video again, or in another format.",
                    )
                await asyncio.wait(either, timeout=left, return_when=FIRST_COMPLETED)
                if self._defect.done():
                    raise self._defect.result()
            return hearing.result()
        finally:
            for task in (hearing, *self._fetches):
                task.cancel()
            await asyncio.gather(hearing, *self._fetches, return_exceptions=True)

    async def _hear(self, request: Message) -> Message:
        await self._send(request)
        while True:
            message = await messages.receive(self._answers)
            values = message.values
            match message.kind:
                case "fetch":
                    self._begin_fetch(values)
                case "progress" | "piece":
                    if message.kind == "progress":
                        self._budget.done(float(values["seconds"]))
                    if self._on_message is not None:
                        await self._on_message(message)
                case "done":
                    return message
                case "refused":
                    raise MediaError(
                        MediaReason(values["reason"]),
                        str(values["message"]),
                        read_seconds=values.get("read_seconds"),
                        announced_seconds=values.get("announced_seconds"),
                    )
                case "unreadable":
                    raise SourceUnavailable(str(values["message"]))
                case other:
                    raise Garbled(f"a confined process says {other!r}")

    def _begin_fetch(self, values: dict[str, Any]) -> None:
        number, offset, length = (int(values[name]) for name in ("number", "offset", "length"))
        inside = offset >= 0 and 0 < length <= _MOST_FETCHED_BYTES
        if not inside or offset + length > self._size or len(self._fetches) > 4:
            raise Garbled(f"a confined process asks for {length} bytes at {offset}")
        task = asyncio.create_task(self._serve(number, offset, length), name="sandbox-fetch")
        self._fetches.add(task)
        task.add_done_callback(self._fetches.discard)

    async def _serve(self, number: int, offset: int, length: int) -> None:
        try:
            with self._budget.fetching():
                loop = asyncio.get_running_loop()
                body = await loop.run_in_executor(self._fetchers, self._fetch, offset, length)
            answer = Message("bytes", {"number": number}, body)
        except (SourceUnavailable, OSError) as error:
            answer = Message("unreadable", {"number": number, "message": str(error)})
        except Exception as error:
            if not self._defect.done():
                self._defect.set_result(error)
            return
        with contextlib.suppress(ConnectionError):  # its end is heard elsewhere
            await self._send(answer)

    async def _send(self, message: Message) -> None:
        self._requests.write(messages.packed(message))
        await self._requests.drain()


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
