"""The queue on a real database file: once each, fairly, and by whoever holds the lease."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

import services.embed
from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.adapters.announcements import Announcements
from services.embed.adapters.session_store import SessionStore
from services.embed.adapters.task_queue import TaskQueue
from services.embed.adapters.task_store import TaskStore
from services.embed.clock import now
from services.embed.ports import LeaseLost
from services.embed.sessions.sessions import Session
from services.embed.tasks import task_state
from services.embed.tasks.task_state import SECOND, Failure, State, Task
from services.servicekit.database import open_database
from services.servicekit.errors import SageError
from services.servicekit.names import new_id
from tests.fixtures.tasks import make_task, make_video


class Tasks(TaskStore, TaskQueue):
    """Both sides of the table: what users do, and what workers do."""


MIGRATIONS = Path(services.embed.__file__).parent / "migrations"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Tasks]:
    async with open_database(f"sqlite:///{tmp_path}/embed.sqlite", MIGRATIONS) as engine:
        sessions = SessionStore(engine)
        for workspace in ("w1", "w2", "w3"):
            session = Session(
                id=new_id(), workspace=workspace, key_hash="", created_at=1, expires_at=2
            )
            await sessions.open(session)
        yield Tasks(engine, Announcements(engine))


async def add(store: Tasks, number: int, workspace: str = "w1", request: str = "") -> Task:
    video = make_video(name=f"videos/v{number}", sha256=f"{number:064d}")
    task = make_task(workspace=workspace, video=video, created_at=number)
    return await store.create(task, request)


async def take(store: Tasks, owner: str = "me", lease: float = 60.0) -> Task | None:
    return await store.claim(owner, ["local"], lease=lease, max_failures=3)


async def test_the_same_bytes_engine_and_options_are_one_task(store: Tasks) -> None:
    first = await add(store, 1)
    again = await store.create(
        replace(
            first, id=new_id(), video=make_video(sha256=first.video.sha256, name="videos/other")
        ),
        "",
    )
    assert again.id == first.id
    other = await store.create(replace(first, id=new_id(), segment_duration=4.0), "")
    assert other.id != first.id


async def test_what_another_model_made_does_not_stand_in_the_way(store: Tasks) -> None:
    first = await add(store, 1)
    renewed = await store.create(replace(first, id=new_id(), model="model-2"), "")
    assert renewed.id != first.id


async def test_a_task_from_before_models_were_kept_does_the_work_of_any(store: Tasks) -> None:
    video = make_video()
    old = await store.create(make_task(video=video, model=""), "")
    assert (await store.create(make_task(video=video, model="model-2"), "")).id == old.id


async def test_a_video_has_the_tasks_of_its_bytes_under_any_name(store: Tasks) -> None:
    first = await add(store, 1)
    copy = replace(first, id=new_id(), video=replace(first.video, name="videos/copy"))
    await store.create(copy, "")
    found = await store.page("w1", video="videos/copy", states=[], limit=10, after=None)
    assert [task.id for task in found] == [first.id]


async def test_a_failed_task_does_not_stand_in_the_way(store: Tasks) -> None:
    first = await add(store, 1)
    await store.change("w1", first.id, lambda task: task_state.cancel(task, now=1))
    second = await add(store, 1)
    assert second.id != first.id
    with pytest.raises(SageError, match="does the same work already"):
        await store.change("w1", first.id, lambda task: task_state.retry(task, model=task.model))


async def test_many_equal_requests_at_once_make_one_task(store: Tasks) -> None:
    made = await asyncio.gather(*(add(store, 1) for _ in range(8)))
    assert len({task.id for task in made}) == 1


async def test_a_request_id_leads_to_its_task_and_to_nothing_else(store: Tasks) -> None:
    first = await add(store, 1, request="r")
    await store.change("w1", first.id, lambda task: task_state.cancel(task, now=1))
    assert (await add(store, 1, request="r")).id == first.id
    with pytest.raises(SageError) as caught:
        await add(store, 2, request="r")
    assert caught.value.reason == ErrorReason.ERROR_REASON_REQUEST_ID_REUSED
    # Another workspace's request ids are its own.
    assert (await add(store, 2, "w2", request="r")).workspace == "w2"


async def test_workspaces_take_turns(store: Tasks) -> None:
    for number in range(6):
        await add(store, number, "w1")
    for number in range(10, 12):
        await add(store, number, "w2")
    await add(store, 20, "w3")
    order = []
    while (task := await take(store)) is not None:
        order.append(task.workspace)
    assert order == ["w1", "w2", "w3", "w1", "w2", "w1", "w1", "w1", "w1"]


async def test_no_task_is_taken_twice(store: Tasks) -> None:
    for number in range(10):
        await add(store, number)
    taken = await asyncio.gather(*(take(store, f"worker{n}") for n in range(14)))
    ids = [task.id for task in taken if task is not None]
    assert len(ids) == len(set(ids)) == 10


async def test_who_lost_the_lease_changes_nothing_any_more(store: Tasks) -> None:
    await add(store, 1)
    mine = await take(store, "me", lease=-1.0)
    assert mine is not None
    theirs = await take(store, "them")
    assert theirs is not None
    assert (theirs.id, theirs.attempt, theirs.failures) == (mine.id, 2, 1)
    with pytest.raises(LeaseLost):
        await store.change_held(mine, lambda task: task_state.remember(task, {"a": "b"}))
    assert await store.renew("me", 60.0) == {}
    assert await store.renew("them", 60.0) == {theirs.id: 2}


async def test_a_cancelled_task_is_no_longer_held(store: Tasks) -> None:
    await add(store, 1)
    mine = await take(store)
    assert mine is not None
    await store.change("w1", mine.id, lambda task: task_state.cancel(task, now=1))
    assert await store.renew("me", 60.0) == {}
    with pytest.raises(LeaseLost):
        await store.change_held(mine, lambda task: task)


async def test_a_task_waits_until_it_is_due(store: Tasks) -> None:
    await add(store, 1)
    mine = await take(store)
    assert mine is not None
    due = now() + 3600 * SECOND
    await store.change_held(
        mine, lambda task: task_state.requeue(task, not_before=due, stage="", failed=True)
    )
    assert await take(store) is None
    assert await store.next_due(["local"]) == due


async def test_a_vendor_s_limit_holds_back_its_own_tasks_only(store: Tasks) -> None:
    limited = replace(await add(store, 1), id=new_id(), engine="twelvelabs/marengo3.5")
    await store.create(limited, "")
    await store.limit_rate("w1", "twelvelabs", now() + 3600 * SECOND)
    engines = ["local", "twelvelabs/marengo3.5"]
    first = await store.claim("me", engines, lease=60, max_failures=3)
    assert first is not None
    assert first.engine == "local"
    assert await store.claim("me", engines, lease=60, max_failures=3) is None
    await store.limit_rate("w1", "twelvelabs", 0)
    assert await store.claim("me", engines, lease=60, max_failures=3) is not None


async def test_every_change_has_the_next_revision(store: Tasks) -> None:
    a, b = await add(store, 1), await add(store, 2)
    held = await take(store)
    assert held is not None
    failure = Failure(reason="VENDOR_REJECTED", message="No.", metadata={"k": "v"})
    failed = await store.change_held(held, lambda task: task_state.fail(task, failure, now=1))
    changes = await store.changes("w1", 0)
    assert [task.id for task in changes] == [b.id, a.id]
    assert changes[-1] == failed
    assert failed.failure == failure
    assert await store.revision("w1") == failed.revision
    assert await store.changes("w2", 0) == []


async def test_nothing_of_another_workspace_is_found(store: Tasks) -> None:
    task = await add(store, 1)
    assert await store.find("w2", [task.id]) == []
    with pytest.raises(SageError) as caught:
        await store.change("w2", task.id, lambda each: task_state.cancel(each, now=1))
    assert caught.value.reason == ErrorReason.ERROR_REASON_NOT_FOUND
    assert (await store.get("w1", task.id)).state is State.QUEUED


async def test_removing_a_workspace_leaves_the_others(store: Tasks) -> None:
    mine, other = await add(store, 1), await add(store, 1, "w2")
    assert [task.id for task in await store.delete_workspace("w1")] == [mine.id]
    assert await store.find("w1", [mine.id]) == []
    assert (await store.get("w2", other.id)).id == other.id
