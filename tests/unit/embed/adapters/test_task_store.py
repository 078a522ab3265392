"""The queue on a real database file: once each, fairly, and by whoever holds the lease."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.adapters.session_store import SessionStore
from services.embed.adapters.task_queue import TaskQueue
from services.embed.adapters.task_store import TaskStore
from services.embed.ports import LeaseLost
from services.embed.sessions.sessions import Session
from services.embed.tasks import task_state
from services.embed.tasks.task_state import SECOND, Failure, State, Task
from services.servicekit.announcements import Announcements
from services.servicekit.errors import SageError
from services.servicekit.listing.requests import ListRequest
from services.servicekit.names import new_id
from tests.fixtures.clocks import DAY, Time
from tests.fixtures.databases import database_of
from tests.fixtures.tasks import make_task, make_video


class Tasks(TaskStore, TaskQueue):
    """Both sides of the table: what users do, and what workers do."""


LEASE = 60.0


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def store(tmp_path: Path, time: Time) -> AsyncIterator[Tasks]:
    async with database_of("embed", tmp_path) as engine:
        sessions = SessionStore(engine)
        for workspace in ("w1", "w2", "w3"):
            session = Session(
                id=new_id(), workspace=workspace, key_hash="", created_at=1, expires_at=2
            )
            await sessions.open(session)
        yield Tasks(engine, Announcements(engine, "tasks"), time.clocks)


async def add(store: Tasks, number: int, workspace: str = "w1", request: str = "") -> Task:
    video = make_video(name=f"videos/v{number}", sha256=f"{number:064d}")
    task = make_task(workspace=workspace, video=video, created_at=number)
    return await store.create(task, request)


async def take(store: Tasks, owner: str = "me") -> Task | None:
    return await store.claim(owner, ["local"], lease=LEASE, max_failures=3)


async def wait_out_the_lease(store: Tasks, time: Time) -> None:
    """A replica that finds nothing to take looks again and again."""
    for _ in range(3):
        assert await take(store, "them") is None
        time.pass_by(LEASE / 3)


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


async def test_a_rehearsal_answers_like_the_real_thing_and_leaves_nothing(store: Tasks) -> None:
    first = await add(store, 1, request="r1")
    revision = await store.revision("w1")
    twin = replace(first, id=new_id())
    assert (await store.rehearse(twin, "")).id == first.id
    other = replace(first, id=new_id(), segment_duration=4.0)
    assert (await store.rehearse(other, "r2")).id == other.id
    with pytest.raises(SageError) as caught:
        await store.rehearse(other, "r1")
    assert caught.value.reason_name == "REQUEST_ID_REUSED"
    assert await store.revision("w1") == revision
    assert [task.id for task in (await store.page("w1", ListRequest())).items] == [first.id]
    # The request id was not used up.
    assert (await store.create(twin, "r2")).id == first.id


async def test_a_video_has_the_tasks_of_its_bytes_under_any_name(store: Tasks) -> None:
    first = await add(store, 1)
    copy = replace(first, id=new_id(), video=replace(first.video, name="videos/copy"))
    await store.create(copy, "")
    found = await store.page("w1", ListRequest(), video="videos/copy")
    assert [task.id for task in found.items] == [first.id]


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


async def test_who_lost_the_lease_changes_nothing_any_more(store: Tasks, time: Time) -> None:
    await add(store, 1)
    mine = await take(store, "me")
    assert mine is not None
    await wait_out_the_lease(store, time)
    theirs = await take(store, "them")
    assert theirs is not None
    assert (theirs.id, theirs.attempt, theirs.failures) == (mine.id, 2, 1)
    with pytest.raises(LeaseLost):
        await store.change_held(mine, lambda task: task_state.remember(task, {"a": "b"}))
    assert await store.renew("me", [mine.id]) == {}
    assert await store.renew("them", [mine.id]) == {theirs.id: 2}


@pytest.mark.parametrize("jump", [-DAY, DAY])
async def test_a_clock_that_jumps_neither_keeps_a_dead_worker_s_task_nor_takes_a_living_one_s(
    store: Tasks, time: Time, jump: float
) -> None:
    await add(store, 1)
    mine = await take(store, "me")
    assert mine is not None
    assert await take(store, "them") is None
    time.jump(jump)
    for _ in range(6):
        time.pass_by(LEASE / 3)
        assert await store.renew("me", [mine.id]) == {mine.id: 1}
        assert await take(store, "them") is None
    await wait_out_the_lease(store, time)
    theirs = await take(store, "them")
    assert theirs is not None
    assert theirs.attempt == 2


async def test_who_has_not_looked_has_seen_no_silence(store: Tasks, time: Time) -> None:
    """A process that was stopped for an hour finds the leases as old as it left them."""
    await add(store, 1)
    assert await take(store, "me") is not None
    assert await take(store, "them") is None
    time.pass_by(3600.0)
    await wait_out_the_lease(store, time)
    assert await take(store, "them") is not None


async def test_a_task_that_its_worker_no_longer_knows_is_taken_again(
    store: Tasks, time: Time
) -> None:
    """Its attempt was lost, while the heartbeat of the same worker goes on for others."""
    await add(store, 1)
    await add(store, 2)
    known, lost = await take(store), await take(store)
    assert known is not None
    assert lost is not None
    for _ in range(3):
        assert await store.renew("me", [known.id]) == {known.id: 1}
        assert await take(store) is None
        time.pass_by(LEASE / 3)
    again = await take(store)
    assert again is not None
    assert (again.id, again.attempt) == (lost.id, 2)


async def test_a_cancelled_task_is_no_longer_held(store: Tasks) -> None:
    await add(store, 1)
    mine = await take(store)
    assert mine is not None
    await store.change("w1", mine.id, lambda task: task_state.cancel(task, now=1))
    assert await store.renew("me", [mine.id]) == {}
    with pytest.raises(LeaseLost):
        await store.change_held(mine, lambda task: task)


async def put_off(store: Tasks, time: Time, seconds: float) -> None:
    held = await take(store)
    assert held is not None
    due = time.wall + round(seconds * SECOND)
    await store.change_held(
        held, lambda task: task_state.requeue(task, not_before=due, stage="", failed=True)
    )


async def test_a_task_waits_until_it_is_due(store: Tasks, time: Time) -> None:
    await add(store, 1)
    await put_off(store, time, 3600.0)
    assert await take(store) is None
    assert await store.next_due(["local"], lease=LEASE) == 3600.0
    time.pass_by(3600.0)
    assert await take(store) is not None


async def test_a_clock_that_was_set_back_makes_no_task_wait(store: Tasks, time: Time) -> None:
    await add(store, 1)
    await put_off(store, time, 300.0)
    # As far apart as the clocks of two replicas may be: no reason to hurry.
    time.jump(-30.0)
    assert await take(store) is None
    time.jump(-DAY)
    assert await take(store) is not None


async def test_a_clock_that_was_set_back_lifts_a_vendor_s_limit(store: Tasks, time: Time) -> None:
    task = make_task(engine="twelvelabs/marengo3.5")
    await store.create(task, "")
    await store.limit_rate("w1", "twelvelabs", time.wall + 300 * SECOND)
    assert await store.limited_until("w1", "twelvelabs") == time.wall + 300 * SECOND
    time.jump(-DAY)
    assert await store.limited_until("w1", "twelvelabs") == 0
    assert await store.claim("me", [task.engine], lease=LEASE, max_failures=3) is not None


async def test_workspaces_take_turns_after_the_clock_was_set_back(store: Tasks, time: Time) -> None:
    for number in range(4):
        await add(store, number, "w1")
        await add(store, number + 10, "w2")
    assert [task.workspace for _ in range(2) if (task := await take(store))] == ["w1", "w2"]
    time.jump(-DAY)
    order = [task.workspace for _ in range(4) if (task := await take(store))]
    assert order == ["w1", "w2", "w1", "w2"]


async def test_a_vendor_s_limit_holds_back_its_own_tasks_only(store: Tasks, time: Time) -> None:
    limited = replace(await add(store, 1), id=new_id(), engine="twelvelabs/marengo3.5")
    await store.create(limited, "")
    await store.limit_rate("w1", "twelvelabs", time.wall + 3600 * SECOND)
    engines = ["local", "twelvelabs/marengo3.5"]
    first = await store.claim("me", engines, lease=60, max_failures=3)
    assert first is not None
    assert first.engine == "local"
    assert await store.claim("me", engines, lease=60, max_failures=3) is None
    await store.limit_rate("w1", "twelvelabs", 0)
    assert await store.claim("me", engines, lease=60, max_failures=3) is not None


async def test_every_change_has_the_next_revision(store: Tasks) -> None:
    a, b = await add(store, 1, request="r"), await add(store, 2)
    # What is there already is no change.
    assert (await add(store, 1, request="r")).id == (await add(store, 1)).id == a.id
    assert await store.revision("w1") == b.revision == 2
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


@pytest.fixture
async def narrow(tmp_path: Path) -> AsyncIterator[Tasks]:
    """A store in which a workspace may have two tasks under way."""
    async with database_of("embed", tmp_path) as engine:
        for workspace in ("w1", "w2"):
            session = Session(
                id=new_id(), workspace=workspace, key_hash="", created_at=1, expires_at=2
            )
            await SessionStore(engine).open(session)
        yield Tasks(engine, Announcements(engine, "tasks"), open_tasks=2)


async def test_callers_at_once_cannot_queue_more_than_the_quota(narrow: Tasks) -> None:
    outcomes = await asyncio.gather(
        *(add(narrow, number) for number in range(6)), return_exceptions=True
    )
    refused = [it for it in outcomes if isinstance(it, SageError)]
    assert [it.reason_name for it in refused] == ["QUOTA_EXCEEDED"] * 4
    assert refused[0].metadata == {
        "quota": "open_tasks",
        "limit": "2",
        "used": "2",
        "requested": "1",
    }
    await add(narrow, 1, workspace="w2")


async def test_what_is_finished_makes_room_and_a_retry_needs_it(narrow: Tasks) -> None:
    first, second = await add(narrow, 1), await add(narrow, 2)
    assert (await add(narrow, 2)).id == second.id
    await narrow.change("w1", first.id, lambda task: task_state.cancel(task, now=0))
    await add(narrow, 3)
    with pytest.raises(SageError) as caught:
        await narrow.change("w1", first.id, lambda task: task_state.retry(task, model="model-2"))
    assert caught.value.reason_name == "QUOTA_EXCEEDED"
