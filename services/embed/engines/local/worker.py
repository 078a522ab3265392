"""Embeds videos in confined processes, so that embedding never makes the API slow.

One process for each job, at low priority, at most as many at once as there are slots. A process
that was cancelled stops within a second or is killed, and one that dies takes nothing with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from types import TracebackType
from typing import Any, Self

from services.embed.engines.local.parts import (
    AUDIO,
    VISUAL,
    Gathering,
    LocalEmbedding,
    Part,
)
from services.embed.engines.local.results import EMBED, FRAME_TRACK, heads_of, outline_of
from services.embed.engines.local.source import VideoSource
from services.embed.ports import StoredTracks
from services.mediakit.cores import available_cores
from services.mediakit.limits import MAX_SECONDS
from services.mediakit.sandbox.budget import Budget
from services.mediakit.sandbox.messages import Message
from services.mediakit.sandbox.process import Sandbox

OnWorkerProgress = Callable[[float, float], Awaitable[None]]
"""Awaited with how much is done, 0..1, and how many seconds of the video that is."""

_CHILD_MODULE = "services.embed.engines.local.child"
# A service that starts has more urgent work for its cores than a process that may be wanted later.
_SETTLED_SECONDS = 3.0
# No file keeps a slot for longer than this, and so many times what has been seen of it plays.
_BASE_SECONDS = 60.0
_TIMES_PLAYED = 20.0


class LocalWorkers:
    """Runs jobs in confined processes; one instance for each service process.

    slots: how many at once; the others wait. Cancelling a call stops its process. Entered as a
    context manager, it keeps a process started for the next job: to start one takes about as long
    as to embed twenty seconds of video.
    """

    def __init__(self, slots: int | None = None) -> None:
        self.slots = slots or available_cores()
        self._free = asyncio.Semaphore(self.slots)
        self._sandbox = Sandbox(_CHILD_MODULE, settled_seconds=_SETTLED_SECONDS)

    async def __aenter__(self) -> Self:
        await self._sandbox.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._sandbox.__aexit__(kind, error, trace)

    @property
    def running(self) -> int:
        """How many processes are at a job."""
        return self._sandbox.running

    async def embed(
        self,
        source: VideoSource,
        *,
        segment_duration: float = 2.0,
        modalities: Collection[str] = (VISUAL, AUDIO),
        on_progress: OnWorkerProgress,
    ) -> LocalEmbedding:
        """Vectors, the frame track and the detail track; see pipeline.embed_video.

        Raises MediaError, SourceUnavailable, ProcessDied, and what on_progress raises.
        """
        options = {"segment_duration": segment_duration, "modalities": list(modalities)}
        gathered, last = await self._run(EMBED, options, source, on_progress)
        return gathered.embedding(outline_of(last))

    async def track_frames(
        self, source: VideoSource, *, on_progress: OnWorkerProgress
    ) -> StoredTracks:
        """The frame track and the detail track alone; raises like `embed`."""
        gathered, last = await self._run(FRAME_TRACK, {}, source, on_progress)
        heads = heads_of(last)
        return StoredTracks(
            frames=gathered.frame_track(heads.frames), detail=gathered.detail_track(heads.detail)
        )

    async def _run(
        self,
        job: str,
        options: Mapping[str, Any],
        source: VideoSource,
        on_progress: OnWorkerProgress,
    ) -> tuple[Gathering, Message]:
        gathered = Gathering()

        async def take(message: Message) -> None:
            if message.kind == "piece":
                gathered.add(Part(message.values["part"]), message.body)
            else:
                await on_progress(message.values["fraction"], message.values["seconds"])

        async with self._free:
            last = await self._sandbox.run(
                job,
                options,
                size=source.size,
                fetch=source.fetch,
                budget=Budget(base=_BASE_SECONDS, share=_TIMES_PLAYED),
                cpu_seconds=_most_cpu_seconds(),
                on_message=take,
            )
        return gathered, last


def _most_cpu_seconds() -> int:
    """What all cores could spend on the longest video within its time."""
    return round((_BASE_SECONDS + _TIMES_PLAYED * MAX_SECONDS) * available_cores())
