"""What is committed is announced, whatever happens to who committed it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from services.embed.adapters.session_store import SessionStore
from services.embed.adapters.task_queue import TaskQueue
from services.embed.adapters.task_store import TaskStore
from services.embed.sessions.sessions import Session
from services.embed.tasks import task_state
from services.embed.tasks.task_state import State, Task
from services.servicekit.announcements import Announcements
from tests.fixtures.clocks import Time
from tests.fixtures.commits import HeldCommit
from tests.fixtures.databases import database_of
from tests.fixtures.embeddings import make_embedding
from tests.fixtures.tasks import make_task, make_video


class Tasks(TaskStore, TaskQueue):
    """Both sides of the table, with a queued task and one that is nearly done."""

    queued: Task
    held: Task

    async def prepare(self) -> None:
        await self.create(make_task(video=make_video(sha256="1" * 64)), "")
        held = await self.claim("me", ["local"], lease=60.0, max_failures=3)
        assert held is not None
        self.held = await self.change_held(held, to_storing)
        self.queued = await self.create(make_task(video=make_video(sha256="2" * 64)), "")


def to_storing(task: Task) -> Task:
    return task_state.advance(task, State.STORING, progress=1.0, stage="", now=1)


@pytest.fixture
async def tasks(tmp_path: Path) -> AsyncIterator[Tasks]:
    async with database_of("embed", tmp_path) as engine:
        session = Session(id="s", workspace="w1", key_hash="", created_at=1, expires_at=2)
        await SessionStore(engine).open(session)
        tasks = Tasks(engine, Announcements(engine, "tasks"), Time().clocks)
        await tasks.prepare()
        yield tasks


COMMITS: dict[str, tuple[Callable[[Tasks], Awaitable[object]], State]] = {
    "create": (lambda it: it.create(make_task(), ""), State.QUEUED),
    "claim": (lambda it: it.claim("me", ["local"], lease=60.0, max_failures=3), State.PREPARING),
    "change": (
        lambda it: it.change("w1", it.queued.id, lambda task: task_state.cancel(task, now=1)),
        State.CANCELLED,
    ),
    "change_held": (lambda it: it.change_held(it.held, to_storing), State.STORING),
    "complete": (lambda it: it.complete(it.held, make_embedding(id=it.held.id)), State.SUCCEEDED),
    "delete_workspace": (lambda it: it.delete_workspace("w1"), State.CANCELLED),
}


@pytest.mark.parametrize("commit", COMMITS)
async def test_a_cancellation_right_after_the_commit_does_not_silence_it(
    tasks: Tasks, monkeypatch: pytest.MonkeyPatch, commit: str
) -> None:
    said: list[tuple[str | None, str | None]] = []
    tasks._announcements.subscribe(lambda workspace, state: said.append((workspace, state)))
    held = HeldCommit(monkeypatch)
    act, state = COMMITS[commit]
    acting = asyncio.ensure_future(act(tasks))
    await held.committed.wait()
    acting.cancel()
    await asyncio.sleep(0)
    held.go_on.set()
    await asyncio.wait([acting])
    assert acting.cancelled()
    assert said == [("w1", state)]


async def test_what_was_not_committed_is_not_said(tasks: Tasks) -> None:
    said: list[str | None] = []
    tasks._announcements.subscribe(lambda _, state: said.append(state))

    def fail(task: Task) -> Task:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # the test's own
        await tasks.change("w1", tasks.queued.id, fail)
    assert said == []
