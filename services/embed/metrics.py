"""The numbers of embed; see `servicekit.metrics`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection

from prometheus_client import Counter, Gauge

from services.embed.adapters.task_census import Count
from services.embed.tasks.observing import AttemptEnd
from services.embed.tasks.task_state import ACTIVE, SECOND, State, Task
from services.servicekit.errors import SageError
from services.servicekit.metrics import Metrics

_COUNT_SECONDS = 10.0


class EmbedMetrics:
    """An `AttemptObserver`, and what is read of the queue.

    Gauges of tasks are of the whole queue, and so the same in every replica.
    """

    def __init__(
        self,
        metrics: Metrics,
        engines: Collection[str],
        *,
        watchers: Callable[[], int],
        confined: Callable[[], int],
    ) -> None:
        registry = metrics.registry
        self._engines = tuple(engines)
        self._begun = Counter(
            "sage_embed_attempts_begun",
            "Tasks taken by workers here.",
            ("engine",),
            registry=registry,
        )
        self._ended = Counter(
            "sage_embed_attempts_ended",
            "Attempts at tasks that ended here, by how.",
            ("engine", "outcome"),
            registry=registry,
        )
        self._video = Counter(
            "sage_embed_video_seconds",
            "Seconds of video that were embedded here.",
            ("engine",),
            registry=registry,
        )
        self._work = Counter(
            "sage_embed_work_seconds",
            "Seconds from the first attempt at these to their end.",
            ("engine",),
            registry=registry,
        )
        self._tasks = Gauge(
            "sage_embed_tasks",
            "Tasks that are not over, in all replicas.",
            ("engine", "state"),
            registry=registry,
        )
        self._oldest = Gauge(
            "sage_embed_oldest_queued_seconds",
            "How long ago the first task that waits was created.",
            ("engine",),
            registry=registry,
        )
        self._left = Gauge(
            "sage_embed_vendor_requests_left",
            "What the vendor last told of how many requests are left to the key that was used.",
            ("vendor",),
            registry=registry,
        )
        metrics.read_gauge("sage_embed_watchers", "Watches of tasks under way here.", watchers)
        metrics.read_gauge(
            "sage_embed_confined_processes", "Confined processes at work here.", confined
        )
        # A rate needs a zero to rise from.
        for engine in self._engines:
            self._begun.labels(engine)
            self._video.labels(engine)
            self._work.labels(engine)
            for end in AttemptEnd:
                self._ended.labels(engine, end.value)

    def begun(self, task: Task) -> None:
        self._begun.labels(task.engine).inc()

    def ended(self, task: Task, end: AttemptEnd) -> None:
        self._ended.labels(task.engine, end.value).inc()
        if end is AttemptEnd.SUCCEEDED and task.started_at and task.ended_at:
            self._video.labels(task.engine).inc(task.video.duration)
            self._work.labels(task.engine).inc(max(0, task.ended_at - task.started_at) / SECOND)

    def told_left(self, vendor: str, requests: float) -> None:
        """The vendor told how many requests are left to a key; the last number told is shown."""
        self._left.labels(vendor).set(requests)

    async def keep_counting(self, counts: Callable[[], Awaitable[Collection[Count]]]) -> None:
        """Looks at the queue again and again, without an end."""
        while True:
            try:
                self._show(await counts())
            except SageError:  # the database is away, which health tells
                self._tasks.clear()
                self._oldest.clear()
            await asyncio.sleep(_COUNT_SECONDS)

    def _show(self, counts: Collection[Count]) -> None:
        found = {(each.engine, each.state): each for each in counts}
        for engine in self._engines:
            for state in (State.QUEUED, *ACTIVE):
                count = found.get((engine, state))
                self._tasks.labels(engine, state.value).set(count.tasks if count else 0)
            waiting = found.get((engine, State.QUEUED))
            self._oldest.labels(engine).set(waiting.oldest if waiting else 0)
