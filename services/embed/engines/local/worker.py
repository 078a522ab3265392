"""Embeds videos in processes of their own, so that embedding never makes the API slow.

One process for each job, at low priority, at most as many at once as there are slots. A process
that was cancelled stops within a second or is killed, and one that dies takes nothing with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Collection
from types import TracebackType
from typing import Self, cast

from services.embed.engines.local.jobs import (
    EmbedJob,
    Failed,
    Finished,
    FrameTrackJob,
    Job,
    Made,
    Progressed,
    read_message,
    write_message,
)
from services.embed.engines.local.parts import (
    AUDIO,
    VISUAL,
    Gathering,
    LocalEmbedding,
    Outline,
)
from services.embed.engines.local.source import VideoSource
from services.mediakit.parallel_decode import available_cores
from services.servicekit.background import end

OnWorkerProgress = Callable[[float, float], Awaitable[None]]
"""Awaited with how much is done, 0..1, and how many seconds of the video that is."""

_CHILD_MODULE = "services.embed.engines.local.child"
_STOP_SECONDS = 1.0
# A service that starts has more urgent work for its cores than a process that may be wanted later.
_SETTLED_SECONDS = 3.0
_ENVIRONMENT = {
    # Threads of the linear algebra would fight with the decoder's for the cores.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # A heap for every thread would keep what it once needed (glibc).
    "MALLOC_ARENA_MAX": "2",
}
# Of what a process that died has printed, enough for its last traceback.
_KEPT_OUTPUT_BYTES = 8192


class WorkerDied(Exception):
    """A worker process ended without an answer: out of memory, killed, or a defect.

    exit_code: as the system reports it, negative for a signal. output: the end of what it printed.
    """

    def __init__(self, exit_code: int, output: str) -> None:
        super().__init__(f"the embedding process ended with code {exit_code}")
        self.exit_code = exit_code
        self.output = output


class LocalWorkers:
    """Runs jobs in worker processes; one instance for each service process.

    slots: how many at once; the others wait. Cancelling a call stops its process. Entered as a
    context manager, it keeps a process started for the next job: to start one takes about as long
    as to embed twenty seconds of video.
    """

    def __init__(self, slots: int | None = None) -> None:
        self.slots = slots or available_cores()
        self._free = asyncio.Semaphore(self.slots)
        self._keeps_ready = False
        self._ready: Process | None = None
        self._first: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self._keeps_ready = True
        self._first = asyncio.create_task(self._make_first_ready(), name="first-engine")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._first is not None:
            await end(self._first)
        async with self._starting:
            self._keeps_ready = False
            ready, self._ready = self._ready, None
        if ready is not None and ready.returncode is None:
            # It has done nothing yet that it could lose.
            with contextlib.suppress(ProcessLookupError):
                ready.kill()
            await ready.wait()

    async def embed(
        self,
        source: VideoSource,
        *,
        segment_duration: float = 2.0,
        modalities: Collection[str] = (VISUAL, AUDIO),
        on_progress: OnWorkerProgress,
    ) -> LocalEmbedding:
        """Vectors and the frame track; see pipeline.embed_video.

        Raises MediaError, SourceUnavailable, WorkerDied, and what on_progress raises.
        """
        job = EmbedJob(
            source=source, segment_duration=segment_duration, modalities=tuple(modalities)
        )
        gathered, outline = await self._run(job, on_progress)
        return gathered.embedding(cast(Outline, outline))

    async def track_frames(self, source: VideoSource, *, on_progress: OnWorkerProgress) -> bytes:
        """The frame track alone, in its stored form; raises like `embed`."""
        gathered, head = await self._run(FrameTrackJob(source=source), on_progress)
        return gathered.frame_track(cast(bytes, head))

    async def _run(
        self, job: Job, on_progress: OnWorkerProgress
    ) -> tuple[Gathering, Outline | bytes]:
        async with self._free:
            process = await self._next()
            printed = asyncio.create_task(_last_output(process), name="engine-output")
            try:
                return await _converse(process, job, on_progress)
            except (asyncio.IncompleteReadError, ConnectionError):
                raise WorkerDied(await process.wait(), await printed) from None
            finally:
                await _stop(process)
                await printed
                await self._make_ready()

    async def _next(self) -> Process:
        async with self._starting:  # one that is just being started will do
            process, self._ready = self._ready, None
        return process if process is not None and process.returncode is None else await _start()

    async def _make_first_ready(self) -> None:
        await asyncio.sleep(_SETTLED_SECONDS)
        await self._make_ready()

    async def _make_ready(self) -> None:
        async with self._starting:
            if self._keeps_ready and self._ready is None:
                # Where none can be started now, the next job says so.
                with contextlib.suppress(OSError):
                    self._ready = await _start()


async def _start() -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _CHILD_MODULE,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env={**os.environ, **_ENVIRONMENT},
    )


async def _converse(
    process: Process, job: Job, on_progress: OnWorkerProgress
) -> tuple[Gathering, Outline | bytes]:
    requests = cast(asyncio.StreamWriter, process.stdin)
    answers = cast(asyncio.StreamReader, process.stdout)
    request = io.BytesIO()
    write_message(request, job)
    requests.write(request.getvalue())
    await requests.drain()
    gathered = Gathering()
    while True:
        match await read_message(answers):
            case Made(part, piece):
                gathered.add(part, piece)
            case Progressed(fraction, seconds):
                await on_progress(fraction, seconds)
            case Failed(error):
                raise error
            case Finished(result):
                return gathered, result


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
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _last_output(process: Process) -> str:
    output = cast(asyncio.StreamReader, process.stderr)
    kept = b""
    while part := await output.read(_KEPT_OUTPUT_BYTES):
        kept = (kept + part)[-_KEPT_OUTPUT_BYTES:]
    return kept.decode(errors="replace")
