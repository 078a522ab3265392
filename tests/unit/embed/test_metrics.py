"""What embed tells Prometheus."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.adapters.session_store import SessionStore
from services.embed.adapters.task_census import Count, TaskCensus
from services.embed.adapters.task_queue import TaskQueue
from services.embed.adapters.task_store import TaskStore
from services.embed.clock import SYSTEM
from services.embed.metrics import EmbedMetrics
from services.embed.sessions.sessions import Session
from services.embed.tasks.observing import AttemptEnd
from services.embed.tasks.task_state import SECOND, State
from services.servicekit.announcements import Announcements
from services.servicekit.errors import SageError
from services.servicekit.metrics import Metrics
from tests.fixtures.databases import database_of
from tests.fixtures.tasks import make_task, make_video


class Told:
    """The metrics of a replica that does nothing, and their present values."""

    def __init__(self) -> None:
        self.registry = Metrics()
        self.embed = EmbedMetrics(self.registry, ["local"], watchers=lambda: 2, confined=lambda: 1)

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.registry.get_sample_value(name, labels)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with database_of("embed", tmp_path) as engine:
        session = Session(id="s", workspace="w1", key_hash="", created_at=1, expires_at=2)
        await SessionStore(engine).open(session)
        yield engine


def test_attempts_are_counted_by_engine_and_outcome() -> None:
    told = Told()
    task = make_task(video=make_video(duration=10.0), started_at=1 * SECOND)
    told.embed.begun(task)
    told.embed.ended(task, AttemptEnd.RETRIED)
    told.embed.begun(task)
    done = make_task(video=make_video(duration=10.0), started_at=1 * SECOND, ended_at=5 * SECOND)
    told.embed.ended(done, AttemptEnd.SUCCEEDED)

    ended = "sage_embed_attempts_ended_total"
    assert told.value("sage_embed_attempts_begun_total", engine="local") == 2
    assert told.value(ended, engine="local", outcome="retried") == 1
    assert told.value(ended, engine="local", outcome="succeeded") == 1
    assert told.value(ended, engine="local", outcome="lease_lost") == 0
    assert told.value("sage_embed_video_seconds_total", engine="local") == 10
    assert told.value("sage_embed_work_seconds_total", engine="local") == 4


async def test_the_queue_is_told_with_the_age_of_its_oldest_task(engine: AsyncEngine) -> None:
    announcements = Announcements(engine, "tasks")
    store, queue = TaskStore(engine, announcements), TaskQueue(engine, announcements)
    now = SYSTEM.now()
    for age in (90, 60, 30):
        video = make_video(name=f"videos/{age}", sha256=f"{age:064}")
        await store.create(make_task(created_at=now - age * SECOND, video=video), "")
    assert await queue.claim("me", ["local"], lease=15.0, max_failures=5) is not None

    told = Told()
    counting = asyncio.create_task(told.embed.keep_counting(TaskCensus(engine).counts))
    while told.value("sage_embed_tasks", engine="local", state="QUEUED") is None:
        await asyncio.sleep(0.01)
    counting.cancel()
    assert told.value("sage_embed_tasks", engine="local", state="QUEUED") == 2
    assert told.value("sage_embed_tasks", engine="local", state=State.PREPARING.value) == 1
    oldest = told.value("sage_embed_oldest_queued_seconds", engine="local")
    assert oldest == pytest.approx(60, abs=10)


async def test_nothing_is_told_of_the_queue_while_the_database_is_away() -> None:
    told = Told()
    answers = iter([[Count(engine="local", state=State.QUEUED, tasks=3, oldest=9.0)]])
    asked = asyncio.Event()

    async def counts() -> Collection[Count]:
        for answer in answers:
            return answer
        asked.set()
        raise SageError(ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE, "Away.")

    for _ in range(2):
        counting = asyncio.create_task(told.embed.keep_counting(counts))
        await asyncio.sleep(0)
        counting.cancel()
    assert asked.is_set()
    assert told.value("sage_embed_tasks", engine="local", state="QUEUED") is None
    assert told.value("sage_embed_watchers") == 2
    assert told.value("sage_embed_confined_processes") == 1


def test_what_a_vendor_has_left_is_what_it_said_last() -> None:
    told = Told()
    told.embed.told_left("twelvelabs", 7)
    told.embed.told_left("twelvelabs", 3)
    assert told.value("sage_embed_vendor_requests_left", vendor="twelvelabs") == 3
