"""The queue of tasks: leases, turns, and the limits that all replicas obey.

No clock that jumps holds a task up. Leases are beats (see `servicekit.leases`), turns are counted,
and a wait is kept with its length: one that was written in the future was written before the clock
was set back, and is over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.embed.adapters import embedding_store, schema
from services.embed.adapters.task_changes import TaskChanges
from services.embed.adapters.task_rows import from_row
from services.embed.artifacts.embeddings import Embedding
from services.embed.clock import SYSTEM, Clocks
from services.embed.ports import LeaseLost
from services.embed.tasks import task_state
from services.embed.tasks.task_state import (
    ACTIVE,
    SECOND,
    Micros,
    State,
    Task,
    Transition,
)
from services.servicekit.announcements import Announcements, Change
from services.servicekit.database import transaction
from services.servicekit.leases import LeaseWatch
from services.servicekit.upserts import insert_or_update

# How far the clocks of replicas may be apart.
_SKEW: Micros = 60 * SECOND

_tasks = schema.tasks
_workspaces = schema.workspaces


class TaskQueue(TaskChanges):
    """Tasks as workers see them: of all workspaces, and only what they hold."""

    def __init__(
        self, engine: AsyncEngine, announcements: Announcements, clocks: Clocks = SYSTEM
    ) -> None:
        super().__init__(engine, announcements, clocks)
        self._leases = LeaseWatch(clocks.monotonic)

    async def change_held(self, held: Task, transition: Transition) -> Task:
        """Applies a change of the worker that holds the task. Raises LeaseLost if it does not."""
        return await self._change(_held(held), transition, missing=LeaseLost(held.name))

    async def complete(self, held: Task, embedding: Embedding) -> Task:
        """The task succeeds and its embedding appears, in one step. Raises LeaseLost."""

        async def keep(connection: AsyncConnection) -> None:
            await embedding_store.keep(connection, embedding)

        return await self._change(
            _held(held),
            lambda task: task_state.succeed(task, embedding.name, now=self._clocks.now()),
            missing=LeaseLost(held.name),
            also=keep,
        )

    async def claim(
        self, owner: str, engines: Collection[str], *, lease: float, max_failures: int
    ) -> Task | None:
        """Takes the next task of the workspace that was served longest ago; None without work.

        lease: seconds for which a worker may be silent. Tasks whose worker died are taken too; one
        that killed too many comes back FAILED. What a vendor's rate limit holds back stays where
        it is.
        """
        try:
            claimed = await self._announcements.committed(
                lambda change: self._claim(change, owner, engines, lease, max_failures)
            )
        except BaseException:
            # While the database is away, the living cannot show that they live either.
            self._leases.forget()
            raise
        return claimed

    async def _claim(
        self,
        change: Change,
        owner: str,
        engines: Collection[str],
        lease: float,
        max_failures: int,
    ) -> Task | None:
        moment = self._clocks.now()
        limits = schema.rate_limits
        limited = exists().where(
            limits.c.workspace == _tasks.c.workspace,
            _ahead(limits.c.until, limits.c.wait, moment),
            _tasks.c.engine.startswith(limits.c.vendor + "/", autoescape=False),
        )
        waits = _ahead(_tasks.c.not_before, _tasks.c.wait, moment)
        due = and_(_tasks.c.state == State.QUEUED, ~waits)
        abandoned = await self._abandoned(change.connection, lease)
        query = (
            select(_tasks)
            .join(_workspaces, _workspaces.c.id == _tasks.c.workspace)
            .where(_tasks.c.engine.in_(engines), or_(due, abandoned), ~limited)
            .order_by(_workspaces.c.served_at, _tasks.c.created_at, _tasks.c.id)
            .limit(1)
            .with_for_update(of=_tasks, skip_locked=True)
        )
        row = (await change.connection.execute(query)).one_or_none()
        if row is None:
            return None
        claimed = task_state.claim(
            from_row(row), owner=owner, now=moment, max_failures=max_failures, abandoned=True
        )
        revision = await self._next_revision(change.connection, claimed.workspace)
        claimed = replace(claimed, revision=revision)
        await self._write(change, claimed)
        # Turns are counted: a clock that was set back would let one workspace go first for long.
        turn = select(func.max(_workspaces.c.served_at) + 1).scalar_subquery()
        await change.connection.execute(
            update(_workspaces).where(_workspaces.c.id == claimed.workspace).values(served_at=turn)
        )
        return claimed

    async def _abandoned(self, connection: AsyncConnection, lease: float) -> ColumnElement[bool]:
        """What is true of tasks whose worker has been silent for the length of a lease."""
        query = select(_tasks.c.id, _tasks.c.attempt, _tasks.c.beat).where(
            _tasks.c.state.in_(ACTIVE)
        )
        beats = {row.id: (row.attempt, row.beat) for row in await connection.execute(query)}
        silent = self._leases.look(beats, lease)
        # Also the beat: the row may have changed by the time that it is locked.
        return or_(
            false(),
            *(
                and_(_tasks.c.id == task, _tasks.c.attempt == attempt, _tasks.c.beat == beat)
                for task, (attempt, beat) in beats.items()
                if task in silent
            ),
        )

    async def next_due(self, engines: Collection[str], *, lease: float) -> float | None:
        """Seconds until it is worth asking again; None when nothing waits and nobody works.

        lease: as for `claim`.
        """
        moment = self._clocks.now()
        query = select(func.min(_tasks.c.not_before)).where(
            _tasks.c.state == State.QUEUED,
            _ahead(_tasks.c.not_before, _tasks.c.wait, moment),
            _tasks.c.engine.in_(engines),
        )
        async with transaction(self._engine, read_only=True) as connection:
            first = (await connection.execute(query)).scalar_one()
        waits = [self._leases.next_look(lease), first and (first - moment) / SECOND]
        known = [wait for wait in waits if wait is not None]
        return min(known) if known else None

    async def renew(self, owner: str, task_ids: Collection[str]) -> dict[str, int]:
        """A sign of life for tasks of a replica; answers with the attempt of each it still holds.

        A task of the replica's that it does not name is silent, as if the replica had died.
        """
        async with transaction(self._engine) as connection:
            rows = await connection.execute(
                update(_tasks)
                .where(
                    _tasks.c.owner == owner,
                    _tasks.c.id.in_(task_ids),
                    _tasks.c.state.in_(ACTIVE),
                )
                .values(beat=_tasks.c.beat + 1)
                .returning(_tasks.c.id, _tasks.c.attempt)
            )
            return {row.id: row.attempt for row in rows}

    async def limit_rate(self, workspace: str, vendor: str, until: Micros) -> None:
        """No replica takes the workspace's tasks for this vendor until then."""
        limits = schema.rate_limits
        values = {"until": until, "wait": max(until - self._clocks.now(), 0)}
        async with transaction(self._engine) as connection:
            await connection.execute(
                insert_or_update(connection, limits)
                .values(workspace=workspace, vendor=vendor, **values)
                .on_conflict_do_update(
                    index_elements=[limits.c.workspace, limits.c.vendor], set_=values
                )
            )

    async def limited_until(self, workspace: str, vendor: str) -> Micros:
        """When the vendor takes the workspace's calls again; 0 when it does."""
        limits = schema.rate_limits
        query = select(limits.c.until).where(
            limits.c.workspace == workspace,
            limits.c.vendor == vendor,
            _ahead(limits.c.until, limits.c.wait, self._clocks.now()),
        )
        async with transaction(self._engine, read_only=True) as connection:
            return (await connection.execute(query)).scalar_one_or_none() or 0

    async def pace(self, engine: str) -> float | None:
        """Seconds of work per second of video in the engine's last tasks; None without any."""
        query = (
            select(_tasks)
            .where(_tasks.c.engine == engine, _tasks.c.state == State.SUCCEEDED)
            .order_by(_tasks.c.ended_at.desc())
            .limit(20)
        )
        work = length = 0.0
        for task in await self._read(query):
            if task.started_at is not None and task.ended_at is not None:
                work += (task.ended_at - task.started_at) / SECOND
                length += task.video.duration
        return work / length if length else None

    async def is_live(self, workspace: str, task_id: str) -> bool:
        """Whether somebody still works, or will work, on the task, or it has succeeded."""
        query = select(_tasks).where(_tasks.c.workspace == workspace, _tasks.c.id == task_id)
        found = await self._read(query)
        return bool(found) and found[0].state not in (State.FAILED, State.CANCELLED)


def _ahead(moment: Column[int], wait: Column[int], now: Micros) -> ColumnElement[bool]:
    """Whether a wait is not over, given how long it was to be."""
    return and_(moment > now, moment - wait <= now + _SKEW)


def _held(task: Task) -> Select[Any]:
    """The task as long as this attempt of this worker holds it."""
    return select(_tasks).where(
        _tasks.c.id == task.id,
        _tasks.c.owner == task.owner,
        _tasks.c.attempt == task.attempt,
        _tasks.c.state.in_(ACTIVE),
    )
