"""Takes tasks from the queue and sees each of them through.

A worker holds its tasks by leases that one heartbeat renews for all of them. A task that the
heartbeat no longer finds was cancelled, removed or taken over, and its attempt stops, unless it is
just committing its own end. When the process is killed its leases run out and another worker
(perhaps the same one, restarted) takes the tasks; when it is told to stop it puts them back itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import Protocol

import structlog

from services.embed.tasks.observing import AttemptEnd, AttemptObserver, Unobserved
from services.embed.tasks.running import Running, Stopped
from services.embed.tasks.task_state import State, Task
from services.servicekit.names import new_id
from services.servicekit.streams import Ending

log = structlog.get_logger()

_HEARTBEAT_SECONDS = 1.0
# Announcements wake the worker; this is for what nobody announces.
_LONGEST_SLEEP_SECONDS = 5.0
_SHORTEST_SLEEP_SECONDS = 0.05


class Queue(Protocol):
    """Where tasks come from."""

    async def claim(
        self, owner: str, engines: Collection[str], *, lease: float, max_failures: int
    ) -> Task | None:
        """Takes the next task for one of the engines; None when there is none.

        lease: seconds for which a worker may be silent before another takes its task.
        max_failures: a task whose workers died so often comes back FAILED.
        """
        ...

    async def renew(self, owner: str, task_ids: Collection[str]) -> dict[str, int]:
        """A sign of life for tasks; answers with the attempt of each that `owner` still holds."""
        ...

    async def next_due(self, engines: Collection[str], *, lease: float) -> float | None:
        """Seconds until it is worth asking again; None when nothing waits and nobody works."""
        ...


class Work(Protocol):
    """Sees one claimed task through to its end, or to the end of this attempt."""

    async def see_through(self, running: Running) -> None:
        """Returns when the attempt is over, however it ended; the task's row says how."""
        ...

    async def clean_up(self, task: Task) -> None:
        """Removes what an ended task left outside of SAGE; never raises."""
        ...


class Worker:
    """The worker of one replica.

    slots: by engine, how many tasks it takes at once here.
    lease: seconds that a task stays with a worker that gives no sign of life.
    max_failures: transient failures, deaths of workers included, after which a task is given up.
    """

    def __init__(
        self,
        queue: Queue,
        work: Work,
        slots: Mapping[str, int],
        *,
        max_failures: int,
        lease: float,
        observer: AttemptObserver | None = None,
    ) -> None:
        self._observer = observer or Unobserved()
        self._queue = queue
        self._work = work
        self._slots = slots
        self._max_failures = max_failures
        self._lease = lease
        self._owner = new_id()
        self._running: dict[str, Running] = {}
        self._news = asyncio.Event()
        self._beat = asyncio.Event()
        self._stopping = False
        self._stopped = False

    def announced(self, _: str | None, state: str | None) -> None:
        """Something changed: perhaps there is work, perhaps a task of ours was cancelled."""
        if state in (State.QUEUED, None):
            self._news.set()
        if state in (State.CANCELLED, None):
            self._beat.set()

    async def run(self, draining: Ending) -> None:
        """Works until `draining` is set, then puts back what it holds."""
        taking = asyncio.create_task(self._take_work(), name="worker-take")
        keeping = asyncio.create_task(self._keep_leases(), name="worker-leases")
        await draining.wait()
        # The loops end by themselves: a transaction cut off in its middle would wait for a
        # database that is closed by then.
        self._stopping = True
        self._news.set()
        await taking
        for running in self._running.values():
            running.stop(Stopped.DRAINING)
        await asyncio.gather(
            *(running.work for running in self._running.values() if running.work is not None),
            return_exceptions=True,
        )
        self._stopped = True
        self._beat.set()
        await keeping

    async def _take_work(self) -> None:
        while not self._stopping:
            self._news.clear()
            try:
                free = self._free_engines()
                if free and await self._take_one(free):
                    continue
                pause = await self._pause(free)
            except Exception as error:  # the database is away: try again until it is back
                log.warning("queue_unreachable", error=repr(error))
                pause = _LONGEST_SLEEP_SECONDS
            if self._stopping:
                return
            try:
                async with asyncio.timeout(pause):
                    await self._news.wait()
            except TimeoutError:
                pass

    def _free_engines(self) -> list[str]:
        taken = [running.task.engine for running in self._running.values()]
        return [engine for engine, slots in self._slots.items() if taken.count(engine) < slots]

    async def _take_one(self, engines: list[str]) -> bool:
        task = await self._queue.claim(
            self._owner, engines, lease=self._lease, max_failures=self._max_failures
        )
        if task is None:
            return False
        if task.is_final:
            self._observer.ended(task, AttemptEnd.FAILED)
            await self._work.clean_up(task)
            return True
        log.info("task_claimed", task=task.name, attempt=task.attempt, workspace=task.workspace)
        self._observer.begun(task)
        running = Running(task)
        running.work = asyncio.create_task(self._work_on(running), name=task.name)
        self._running[task.id] = running
        return True

    async def _pause(self, engines: list[str]) -> float:
        due = await self._queue.next_due(engines, lease=self._lease) if engines else None
        if due is None:
            return _LONGEST_SLEEP_SECONDS
        return min(max(due, _SHORTEST_SLEEP_SECONDS), _LONGEST_SLEEP_SECONDS)

    async def _keep_leases(self) -> None:
        while not self._stopped:
            self._beat.clear()
            try:
                if self._running:
                    await self._renew()
            except Exception as error:  # the leases outlive a short absence of the database
                log.warning("lease_not_renewed", error=repr(error))
            if self._stopped:
                return
            try:
                async with asyncio.timeout(_HEARTBEAT_SECONDS):
                    await self._beat.wait()
            except TimeoutError:
                pass

    async def _renew(self) -> None:
        # Taken before the query: what is claimed while it runs is not in its answer.
        mine = dict(self._running)
        held = await self._queue.renew(self._owner, list(mine))
        for task_id, running in mine.items():
            if held.get(task_id) != running.task.attempt:
                running.stop(Stopped.LEASE_LOST)

    async def _work_on(self, running: Running) -> None:
        try:
            await self._work.see_through(running)
        except Exception:  # nobody could be told; the lease runs out and somebody tries again
            log.exception("attempt_lost", task=running.task.name)
        finally:
            if self._running.get(running.task.id) is running:
                del self._running[running.task.id]
            self._news.set()
