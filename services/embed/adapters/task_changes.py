"""What every change of a task has in common.

Each change runs in one transaction: read the row (locked where the database locks rows), let the
state machine decide, write it with the workspace's next revision. The order of locks is always
task, then workspace, and the workspace's row stays locked until the commit, so revisions become
visible in their order and a watcher that has seen n has seen everything before n. The transaction
and its announcement are one step that no cancellation of the caller cuts off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.embed.adapters import schema
from services.embed.adapters.task_rows import from_row, to_row
from services.embed.clock import SYSTEM, Clocks
from services.embed.tasks.task_state import Task, Transition
from services.servicekit.announcements import Announcements, Change
from services.servicekit.database import transaction

# Changes of one workspace wait for each other anyway; without a limit they would take all of the
# connections with them, and leases could not be renewed.
_CHANGES_AT_ONCE = 6

_tasks = schema.tasks
_workspaces = schema.workspaces


class TaskChanges:
    """Reads and changes rows of the tasks table."""

    def __init__(
        self, engine: AsyncEngine, announcements: Announcements, clocks: Clocks = SYSTEM
    ) -> None:
        self._engine = engine
        self._announcements = announcements
        self._clocks = clocks
        self._turns = asyncio.Semaphore(_CHANGES_AT_ONCE)

    async def _read(self, query: Select[Any]) -> list[Task]:
        async with transaction(self._engine, read_only=True) as connection:
            return [from_row(row) for row in await connection.execute(query)]

    async def _change(
        self,
        query: Select[Any],
        transition: Transition,
        *,
        missing: Exception,
        also: Callable[[AsyncConnection], Awaitable[None]] | None = None,
    ) -> Task:
        async def change(it: Change) -> Task:
            row = (await it.connection.execute(query.with_for_update())).one_or_none()
            if row is None:
                raise missing
            before = from_row(row)
            revision = await self._next_revision(it.connection, before.workspace)
            changed = replace(transition(before), revision=revision)
            changed = await self._admitted(it.connection, before, changed)
            await self._write(it, changed)
            if also is not None:
                await also(it.connection)
            return changed

        async with self._turns:
            return await self._announcements.committed(change)

    async def _write(self, change: Change, task: Task) -> None:
        values = to_row(task, now=self._clocks.now())
        await change.connection.execute(update(_tasks).where(_tasks.c.id == task.id).values(values))
        await change.tell(task.workspace, task.state)

    async def _next_revision(self, connection: AsyncConnection, workspace: str) -> int:
        result = await connection.execute(
            update(_workspaces)
            .where(_workspaces.c.id == workspace)
            .values(revision=_workspaces.c.revision + 1)
            .returning(_workspaces.c.revision)
        )
        return int(result.scalar_one())

    async def _admitted(self, connection: AsyncConnection, before: Task, after: Task) -> Task:
        """The change with what other rows have to do with it. Runs under the workspace's lock.

        Raises when they forbid it.
        """
        return after
