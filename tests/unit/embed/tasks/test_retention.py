"""What is over goes after its time, and nothing else does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.embed.adapters.session_store import SessionStore
from services.embed.adapters.task_queue import TaskQueue
from services.embed.adapters.task_store import TaskStore
from services.embed.sessions.sessions import Session
from services.embed.tasks import retention, task_state
from services.embed.tasks.retention import Ages, Retention
from services.embed.tasks.task_state import SECOND, Micros, State, Task
from services.servicekit.announcements import Announcements
from services.servicekit.errors import SageError
from services.servicekit.listing.requests import ListRequest
from services.servicekit.names import new_id
from services.servicekit.swept import Swept
from tests.fixtures.clocks import DAY, Time
from tests.fixtures.databases import database_of
from tests.fixtures.embeddings import make_embedding
from tests.fixtures.tasks import make_task, make_video

AGES = Ages(requests=1.0, tasks=90.0, sessions=2.0)


class Tasks(TaskStore, TaskQueue):
    """Both sides of the table."""


class Removals:
    """How many removals a process did not live to finish, and when embeddings were made."""

    begun = 0

    def __init__(self) -> None:
        self.made: list[Micros] = []

    async def finish_begun(self, limit: int) -> int:
        finished = min(limit, self.begun)
        self.begun -= finished
        return finished

    async def expire(self, before: Micros, limit: int) -> int:
        due = [made for made in self.made if made < before][:limit]
        self.made = [made for made in self.made if made not in due]
        return len(due)


class Service:
    """The tables of a service, and the time."""

    def __init__(self, tasks: Tasks, sessions: SessionStore, time: Time) -> None:
        self.tasks = tasks
        self.sessions = sessions
        self.time = time
        self.removals = Removals()
        self.swept = Swept()
        self.retention = self.keeping(AGES)

    def keeping(self, ages: Ages) -> Retention:
        return Retention(
            self.tasks, self.sessions, self.removals, ages, self.swept, self.time.clocks
        )

    async def add(self, number: int, request: str = "") -> Task:
        video = make_video(name=f"videos/v{number}", sha256=f"{number:064d}")
        return await self.tasks.create(make_task(video=video, created_at=self.time.wall), request)

    async def succeed(self, number: int) -> Task:
        await self.add(number)
        held = await self.tasks.claim("me", ["local"], lease=60.0, max_failures=3)
        assert held is not None
        stored = await self.tasks.change_held(
            held,
            lambda task: task_state.advance(task, State.STORING, progress=1.0, stage="", now=1),
        )
        return await self.tasks.complete(stored, make_embedding(id=held.id))

    async def cancel(self, task: Task) -> None:
        await self.tasks.change("w1", task.id, lambda it: task_state.cancel(it, now=self.time.wall))

    async def names(self) -> set[str]:
        found = await self.tasks.page("w1", ListRequest(page_size=100))
        return {task.name for task in found.items}


@pytest.fixture
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    monkeypatch.setattr(retention, "_BATCH", 2)
    async with database_of("embed", tmp_path) as engine:
        sessions, time = SessionStore(engine), Time()
        expires = time.wall + 3600 * SECOND
        await sessions.open(
            Session(id="s", workspace="w1", key_hash="", created_at=1, expires_at=expires)
        )
        yield Service(Tasks(engine, Announcements(engine, "tasks"), time.clocks), sessions, time)


async def test_a_request_id_is_remembered_for_a_day(service: Service) -> None:
    ids = [new_id() for _ in range(5)]
    first = [await service.add(number, request) for number, request in enumerate(ids)]
    service.time.pass_by(DAY - 1)
    await service.retention.sweep()
    with pytest.raises(SageError, match="another video"):
        await service.add(99, ids[0])
    service.time.pass_by(2)
    await service.retention.sweep()
    assert (await service.add(99, ids[0])).id not in {task.id for task in first}


async def test_ended_tasks_go_after_their_time_unless_their_embedding_is_there(
    service: Service,
) -> None:
    done = await service.succeed(1)
    ended = [await service.add(number, new_id()) for number in range(2, 7)]
    for task in ended:
        await service.cancel(task)
    service.time.pass_by(89 * DAY)
    waiting, late = await service.add(8), await service.add(9)
    await service.cancel(late)
    await service.retention.sweep()
    assert {task.name for task in ended} < await service.names()
    service.time.pass_by(2 * DAY)
    await service.retention.sweep()
    assert await service.names() == {done.name, waiting.name, late.name}
    # The work that was done still stands for the same work.
    assert (await service.add(1)).id == done.id


async def test_a_request_id_leads_to_no_task_that_is_gone(service: Service) -> None:
    service.retention = service.keeping(Ages(requests=365.0, tasks=1.0, sessions=1.0))
    request = new_id()
    first = await service.add(1, request)
    await service.cancel(first)
    service.time.pass_by(2 * DAY)
    await service.retention.sweep()
    assert (await service.add(1, request)).id != first.id


async def test_expired_sessions_go(service: Service) -> None:
    service.time.pass_by(3600 + 2 * DAY - 1)
    await service.retention.sweep()
    assert await service.sessions.find("w1", "s") is not None
    service.time.pass_by(2)
    await service.retention.sweep()
    assert await service.sessions.find("w1", "s") is None


async def test_removals_that_were_cut_short_are_all_finished(service: Service) -> None:
    service.removals.begun = 5
    await service.retention.sweep()
    assert service.removals.begun == 0


async def test_sweeping_goes_on_after_a_failure_and_ends_with_the_service(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept = asyncio.Event()
    sweep = service.retention.sweep
    failures = [OSError("away")]

    async def flaky() -> None:
        if failures:
            raise failures.pop()
        await sweep()
        swept.set()

    monkeypatch.setattr(service.retention, "sweep", flaky)
    ending = asyncio.Event()
    running = asyncio.create_task(service.retention.run(0.0, ending))
    await swept.wait()
    ending.set()
    await running


async def test_embeddings_go_after_their_time_only_where_one_is_set(service: Service) -> None:
    now = service.time.wall
    service.removals.made = [now - day * round(DAY * SECOND) for day in (31, 32, 33, 29)]
    await service.retention.sweep()
    assert len(service.removals.made) == 4
    service.retention = service.keeping(replace(AGES, embeddings=30.0))
    await service.retention.sweep()
    assert service.removals.made == [now - 29 * round(DAY * SECOND)]
    assert service.swept.counts()[("embeddings",)] == 3
