"""What commands leave to be done beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from services.embed.engines.catalogue import Catalogue
from services.embed.tasks.commands import TaskCommands
from services.embed.tasks.task_state import Task, Transition, VideoFacts
from tests.fixtures.tasks import make_task, make_video


class Rows:
    """Tasks, which may all be removed."""

    def __init__(self, *tasks: Task) -> None:
        self.tasks = list(tasks)

    async def create(self, task: Task, request_id: str) -> Task:
        self.tasks.append(task)
        return task

    async def rehearse(self, task: Task, request_id: str) -> Task:
        return task

    async def get(self, workspace: str, task_id: str) -> Task:
        return next(task for task in self.tasks if task.id == task_id)

    async def change(self, workspace: str, task_id: str, transition: Transition) -> Task:
        before = await self.get(workspace, task_id)
        self.tasks.remove(before)
        return await self.create(transition(before), "")

    async def delete_workspace(self, workspace: str) -> list[Task]:
        removed = [task for task in self.tasks if task.workspace == workspace]
        self.tasks = [task for task in self.tasks if task not in removed]
        return removed


class Outside:
    """Where tasks leave something. open: whether it can be removed at the moment."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.cleaned: set[str] = set()

    async def clean_up(self, task: Task) -> None:
        await self.open.wait()
        self.cleaned.add(task.id)


async def video(_: str) -> VideoFacts:
    return make_video()


def commands_over(rows: Rows, outside: Outside) -> TaskCommands:
    return TaskCommands(rows, Catalogue([]), video, outside.clean_up)


async def waiting_for(call: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A call that has come as far as it can for now."""
    waiting = asyncio.create_task(call)
    for _ in range(10):
        await asyncio.sleep(0)
    assert not waiting.done()
    return waiting


async def test_a_workspace_is_empty_when_nothing_of_its_tasks_is_left_outside() -> None:
    mine, other = make_task(), make_task(workspace="w2")
    rows, outside = Rows(mine, make_task(), other), Outside()
    commands = commands_over(rows, outside)
    cancelled = await commands.cancel("w1", mine.id)
    removing = await waiting_for(commands.remove_all("w1"))
    assert rows.tasks == [other]
    # Who calls again after the caller's time was over waits for the same.
    removing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await removing
    removing = await waiting_for(commands.remove_all("w1"))
    outside.open.set()
    await removing
    assert cancelled.id in outside.cleaned
    assert len(outside.cleaned) == 2
    await commands.close()


async def test_one_workspace_does_not_wait_for_another() -> None:
    outside = Outside()
    commands = commands_over(Rows(make_task()), outside)
    removing = await waiting_for(commands.remove_all("w1"))
    await commands.remove_all("w2")
    outside.open.set()
    await removing
    await commands.close()
