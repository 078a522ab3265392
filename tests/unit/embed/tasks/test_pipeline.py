"""What becomes of an attempt when a part of SAGE goes away under it, or it is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.adapters.session_store import SessionStore
from services.embed.adapters.task_queue import TaskQueue
from services.embed.adapters.task_store import TaskStore
from services.embed.artifacts.embeddings import Embedding
from services.embed.artifacts.tracks import VectorTrack
from services.embed.ports import Engine, EngineResult, EngineSpec, Run
from services.embed.sessions.sessions import Session
from services.embed.tasks import pipeline, task_state
from services.embed.tasks.observing import AttemptEnd, AttemptObserver
from services.embed.tasks.pipeline import Pipeline
from services.embed.tasks.running import Running, Stopped
from services.embed.tasks.task_state import Modality, RetryPolicy, State, Task, Transition
from services.servicekit.announcements import Announcements
from services.servicekit.errors import SageError
from tests.fixtures.commits import HeldCommit
from tests.fixtures.databases import database_of
from tests.fixtures.tasks import make_task, make_video


class Tasks(TaskStore, TaskQueue):
    """A queue whose database is away for its next `absences` changes."""

    absences = 0

    async def change_held(self, held: Task, transition: Transition) -> Task:
        self._answer()
        return await super().change_held(held, transition)

    async def complete(self, held: Task, embedding: Embedding) -> Task:
        self._answer()
        return await super().complete(held, embedding)

    def _answer(self) -> None:
        if self.absences:
            self.absences -= 1
            raise SageError(
                ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE, "The database is away."
            )


class NoObjects:
    """A store that keeps nothing."""

    async def exists(self, key: str) -> bool:
        return False

    async def put(self, key: str, data: bytes) -> None:
        """Forgets it."""

    async def remove_under(self, prefix: str, *, keep: str = "") -> None:
        """Has nothing."""


class OneSecond:
    """An engine for videos of one second. The database goes away when it begins."""

    slots = 1
    spec = EngineSpec(
        name="local",
        display_name="",
        model="",
        tracks=(),
        min_segment=1.0,
        max_segment=10.0,
    )

    def __init__(self, tasks: Tasks, absences: int) -> None:
        self._tasks = tasks
        self._absences = absences
        self.discarded: list[str] = []

    async def embed(self, run: Run) -> EngineResult:
        self._tasks.absences, self._absences = self._absences, 0
        await run.report(State.PROCESSING, 0.5, "Working")
        track = VectorTrack(
            vectors=np.ones((1, 4), np.float32), starts=np.array([0.0]), ends=np.array([1.0])
        )
        return EngineResult(
            tracks={Modality.VISUAL: track}, expected=[Modality.VISUAL], frames=None
        )

    async def discard(self, task: Task) -> None:
        self.discarded.append(task.id)


@pytest.fixture
async def tasks(tmp_path: Path) -> AsyncIterator[Tasks]:
    async with database_of("embed", tmp_path) as engine:
        session = Session(id="s", workspace="w1", key_hash="", created_at=1, expires_at=2)
        await SessionStore(engine).open(session)
        yield Tasks(engine, Announcements(engine, "tasks"))


async def object_key(workspace: str, name: str) -> str:
    return "key"


async def test_a_database_that_goes_away_does_not_count_against_the_task(
    tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is away for the engine's report, and three times for the end of the attempt."""
    monkeypatch.setattr(pipeline, "_SETTLE_SECONDS", 0.0)
    work = pipeline_with(tasks, OneSecond(tasks, absences=4))
    made = await add(tasks)
    for state, attempt in ((State.QUEUED, 1), (State.SUCCEEDED, 2)):
        await work.see_through(Running(await claim(tasks)))
        task = await tasks.get("w1", made.id)
        assert (task.state, task.attempt, task.failures) == (state, attempt, 0)
    assert tasks.absences == 0


# The engine reports twice, then the pipeline stores and completes.
_BEFORE_THE_LAST = 2


@pytest.mark.parametrize("why", Stopped)
async def test_an_attempt_that_has_just_succeeded_is_not_stopped(
    tasks: Tasks, monkeypatch: pytest.MonkeyPatch, why: Stopped
) -> None:
    """The heartbeat, or the end of the process, comes between the commit and the announcement."""
    said: list[str | None] = []
    tasks._announcements.subscribe(lambda _, state: said.append(state))
    engine = OneSecond(tasks, absences=0)
    made = await add(tasks)
    running = Running(await claim(tasks))
    held = HeldCommit(monkeypatch, skip=_BEFORE_THE_LAST)
    running.work = asyncio.create_task(pipeline_with(tasks, engine).see_through(running))
    await held.committed.wait()
    assert (await tasks.get("w1", made.id)).state is State.SUCCEEDED
    assert await tasks.renew(running.task.owner, [made.id]) == {}
    running.stop(why)
    held.go_on.set()
    await running.work
    assert said[-1] is State.SUCCEEDED
    assert engine.discarded == [made.id]


async def test_an_attempt_that_is_cancelled_while_it_completes_cleans_up(
    tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = OneSecond(tasks, absences=0)
    made = await add(tasks)
    running = Running(await claim(tasks))
    complete = tasks.complete

    async def too_late(held: Task, embedding: Embedding) -> Task:
        await tasks.change("w1", made.id, lambda task: task_state.cancel(task, now=1))
        running.stop(Stopped.LEASE_LOST)
        return await complete(held, embedding)

    monkeypatch.setattr(tasks, "complete", too_late)
    running.work = asyncio.create_task(pipeline_with(tasks, engine).see_through(running))
    await running.work
    assert engine.discarded == [made.id]
    assert (await tasks.get("w1", made.id)).state is State.CANCELLED


async def test_a_process_that_ends_does_not_wait_for_a_database_that_is_away(
    tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await add(tasks)
    running = Running(await claim(tasks))

    async def away(held: Task, embedding: Embedding) -> Task:
        running.stop(Stopped.DRAINING)
        raise SageError(ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE, "The database is away.")

    monkeypatch.setattr(tasks, "complete", away)
    work = pipeline_with(tasks, OneSecond(tasks, absences=0))
    running.work = asyncio.create_task(work.see_through(running))
    await running.work
    task = await tasks.get("w1", made.id)
    assert (task.state, task.failures) == (State.QUEUED, 0)


class Noted:
    """Keeps how attempts ended."""

    def __init__(self) -> None:
        self.ends: list[AttemptEnd] = []

    def begun(self, task: Task) -> None:
        """The worker's to tell."""

    def ended(self, task: Task, end: AttemptEnd) -> None:
        self.ends.append(end)


async def test_each_attempt_is_told_once_with_its_end(
    tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_SETTLE_SECONDS", 0.0)
    noted = Noted()
    engine = OneSecond(tasks, absences=4)
    made = await add(tasks)
    for _ in range(2):
        await pipeline_with(tasks, engine, noted).see_through(Running(await claim(tasks)))
    assert noted.ends == [AttemptEnd.RETRIED, AttemptEnd.SUCCEEDED]
    assert (await tasks.get("w1", made.id)).state is State.SUCCEEDED


def pipeline_with(
    tasks: Tasks, engine: OneSecond, observer: AttemptObserver | None = None
) -> Pipeline:
    return Pipeline(
        tasks,
        NoObjects(),
        object_key,
        {"local": cast("Engine", engine)},
        policy=RetryPolicy(max_failures=1, first_wait=0.0),
        ceiling=60.0,
        observer=observer,
    )


async def add(tasks: Tasks) -> Task:
    video = make_video(duration=1.0)
    return await tasks.create(make_task(workspace="w1", video=video, segment_duration=1.0), "")


async def claim(tasks: Tasks) -> Task:
    claimed = None
    while claimed is None:
        claimed = await tasks.claim("me", ["local"], lease=60.0, max_failures=1)
        await asyncio.sleep(0)
    return claimed
