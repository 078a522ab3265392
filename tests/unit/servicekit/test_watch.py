"""Watchers: the present first, then every change, at each watcher's own speed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from services.embed.tasks.task_state import State, Task
from services.servicekit.errors import SageError
from services.servicekit.streams import until
from services.servicekit.watch import Hub, Update
from tests.fixtures.tasks import make_task

LONG = 60.0


class Changes:
    """Tasks in memory, each change with the next revision."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.latest = 0
        self.reads = 0

    def put(self, task: Task) -> Task:
        self.latest += 1
        self.tasks[task.id] = replace(task, revision=self.latest)
        return self.tasks[task.id]

    async def changes(self, workspace: str, after: int) -> list[Task]:
        self.reads += 1
        found = [
            task
            for task in self.tasks.values()
            if task.workspace == workspace and task.revision > after
        ]
        return sorted(found, key=lambda task: task.revision)

    async def revision(self, workspace: str) -> int:
        return self.latest


class Desk:
    """A hub, and what happens in its workspace."""

    def __init__(self) -> None:
        self.changes = Changes()
        self.hub = Hub(self.changes)

    def happen(self, task: Task) -> Task:
        task = self.changes.put(task)
        self.hub.announced(task.workspace)
        return task

    def watch(
        self, *names: str, after: int = 0, silence: float = LONG
    ) -> AsyncGenerator[Update[Task]]:
        return self.hub.watch("w1", names, after=after, silence=silence)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_the_present_state_comes_first(desk: Desk) -> None:
    task = desk.happen(make_task())
    first = await anext(desk.watch())
    assert (first.rows, first.revision, first.caught_up) == ([task], 1, True)


async def test_an_empty_workspace_is_caught_up_at_once(desk: Desk) -> None:
    assert await anext(desk.watch()) == Update(rows=[], revision=0, caught_up=True)


async def test_then_every_change(desk: Desk) -> None:
    watch = desk.watch()
    await anext(watch)
    task = desk.happen(make_task())
    assert (await anext(watch)).rows == [task]
    task = desk.happen(replace(task, state=State.PREPARING))
    update = await anext(watch)
    assert (update.rows, update.revision, update.caught_up) == ([task], 2, False)


async def test_a_slow_watcher_gets_the_newest_state_of_each_task(desk: Desk) -> None:
    watch = desk.watch()
    await anext(watch)
    a, b = desk.happen(make_task()), desk.happen(make_task())
    for progress in range(100):
        a = desk.happen(replace(a, progress=progress / 100))
    fast = desk.watch()
    await anext(fast)
    told: dict[str, Task] = {}
    while a not in told.values():
        told.update({task.id: task for task in (await anext(watch)).rows})
    assert told == {a.id: a, b.id: b}


async def test_a_watch_goes_on_where_it_was_broken_off(desk: Desk) -> None:
    old, new = desk.happen(make_task()), desk.happen(make_task())
    first = await anext(desk.watch(after=old.revision))
    assert (first.rows, first.caught_up) == ([new], True)


async def test_a_revision_of_another_life_starts_anew(desk: Desk) -> None:
    task = desk.happen(make_task())
    assert (await anext(desk.watch(after=10_000))).rows == [task]


async def test_only_what_was_asked_for(desk: Desk) -> None:
    wanted, other = desk.happen(make_task()), desk.happen(make_task())
    watch = desk.watch(wanted.name)
    assert (await anext(watch)).rows == [wanted]
    desk.happen(replace(other, progress=0.5))
    wanted = desk.happen(replace(wanted, progress=0.5))
    assert (await anext(watch)).rows == [wanted]


async def test_silence_is_broken_by_an_empty_update(desk: Desk) -> None:
    watch = desk.watch(silence=0.0)
    await anext(watch)
    assert (await anext(watch)).rows == []


async def test_a_change_of_which_nobody_heard_is_told_all_the_same(desk: Desk) -> None:
    desk.hub = Hub(desk.changes, look_seconds=0.0)
    watch = desk.watch()
    await anext(watch)
    unannounced = desk.changes.put(make_task())
    assert (await anext(watch)).rows == [unannounced]


async def test_many_watchers_cost_one_read_a_change(desk: Desk) -> None:
    watches = [desk.watch() for _ in range(50)]
    for watch in watches:
        await anext(watch)
    reads = desk.changes.reads
    task = desk.happen(make_task())
    updates = await asyncio.gather(*(anext(watch) for watch in watches))
    assert all(update.rows == [task] for update in updates)
    assert desk.changes.reads == reads + 1


async def test_another_workspace_is_never_told(desk: Desk) -> None:
    watch = desk.watch()
    await anext(watch)
    desk.happen(make_task(workspace="w2"))
    mine = desk.happen(make_task())
    assert (await anext(watch)).rows == [mine]


async def test_a_watch_ends_when_the_service_stops() -> None:
    ending = asyncio.Event()

    async def items() -> AsyncGenerator[int, None]:
        yield 1
        await asyncio.Event().wait()

    stream = until(ending, items())
    assert await anext(stream) == 1
    ending.set()
    with pytest.raises(SageError, match="restarted"):
        await anext(stream)
