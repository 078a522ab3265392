"""The queue of tasks: leases, turns, and the limits that all replicas obey."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.embed.adapters import embedding_store, schema
from services.embed.adapters.task_changes import TaskChanges
from services.embed.adapters.task_rows import from_row
from services.embed.adapters.upserts import insert_or_update
from services.embed.artifacts.embeddings import Embedding
from services.embed.clock import now
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
from services.servicekit.database import transaction

_tasks = schema.tasks
_workspaces = schema.workspaces


class TaskQueue(TaskChanges):
    """Tasks as workers see them: of all workspaces, and only what they hold."""

    async def change_held(self, held: Task, transition: Transition) -> Task:
        """Applies a change of the worker that holds the task. Raises LeaseLost if it does not."""
        return await self._change(_held(held), transition, missing=LeaseLost(held.name))

    async def complete(self, held: Task, embedding: Embedding) -> Task:
        """The task succeeds and its embedding appears, in one step. Raises LeaseLost."""

        async def keep(connection: AsyncConnection) -> None:
            await embedding_store.keep(connection, embedding)

        return await self._change(
            _held(held),
            lambda task: task_state.succeed(task, embedding.name, now=now()),
            missing=LeaseLost(held.name),
            also=keep,
        )

    async def claim(
        self, owner: str, engines: Collection[str], *, lease: float, max_failures: int
    ) -> Task | None:
        """Takes the next task of the workspace that was served longest ago; None without work.

        lease: seconds. Tasks whose worker died are taken too; one that killed too many comes back
        FAILED. What a vendor's rate limit holds back stays where it is.
        """
        moment = now()
        limits = schema.rate_limits
        limited = exists().where(
            limits.c.workspace == _tasks.c.workspace,
            limits.c.until > moment,
            _tasks.c.engine.startswith(limits.c.vendor + "/", autoescape=False),
        )
        due = and_(_tasks.c.state == State.QUEUED, _tasks.c.not_before <= moment)
        abandoned = and_(_tasks.c.state.in_(ACTIVE), _tasks.c.lease_until < moment)
        query = (
            select(_tasks)
            .join(_workspaces, _workspaces.c.id == _tasks.c.workspace)
            .where(_tasks.c.engine.in_(engines), or_(due, abandoned), ~limited)
            .order_by(_workspaces.c.served_at, _tasks.c.created_at, _tasks.c.id)
            .limit(1)
            .with_for_update(of=_tasks, skip_locked=True)
        )
        async with transaction(self._engine) as connection:
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                return None
            claimed = task_state.claim(
                from_row(row),
                owner=owner,
                now=moment,
                lease_until=moment + round(lease * SECOND),
                max_failures=max_failures,
            )
            revision = await self._next_revision(connection, claimed.workspace)
            claimed = replace(claimed, revision=revision)
            await self._write(connection, claimed)
            await connection.execute(
                update(_workspaces)
                .where(_workspaces.c.id == claimed.workspace)
                .values(served_at=moment)
            )
        self._announcements.announce(claimed.workspace, claimed.state)
        return claimed

    async def next_due(self, engines: Collection[str]) -> Micros | None:
        """When the next task that waits, for a retry or for a lease to run out, can be taken."""
        due = and_(_tasks.c.state == State.QUEUED, _tasks.c.not_before > now())
        leased = _tasks.c.state.in_(ACTIVE)
        moments = []
        async with transaction(self._engine) as connection:
            for column, condition in ((_tasks.c.not_before, due), (_tasks.c.lease_until, leased)):
                query = select(func.min(column)).where(condition, _tasks.c.engine.in_(engines))
                moments.append((await connection.execute(query)).scalar_one())
        known = [moment for moment in moments if moment is not None]
        return min(known) if known else None

    async def renew(self, owner: str, lease: float) -> dict[str, int]:
        """Renews every lease of a replica; answers with the attempt of each task it still holds."""
        async with transaction(self._engine) as connection:
            rows = await connection.execute(
                update(_tasks)
                .where(_tasks.c.owner == owner, _tasks.c.state.in_(ACTIVE))
                .values(lease_until=now() + round(lease * SECOND))
                .returning(_tasks.c.id, _tasks.c.attempt)
            )
            return {row.id: row.attempt for row in rows}

    async def limit_rate(self, workspace: str, vendor: str, until: Micros) -> None:
        """No replica takes the workspace's tasks for this vendor until then."""
        limits = schema.rate_limits
        async with transaction(self._engine) as connection:
            await connection.execute(
                insert_or_update(connection, limits)
                .values(workspace=workspace, vendor=vendor, until=until)
                .on_conflict_do_update(
                    index_elements=[limits.c.workspace, limits.c.vendor], set_={"until": until}
                )
            )

    async def limited_until(self, workspace: str, vendor: str) -> Micros:
        """When the vendor takes the workspace's calls again; 0 when it does."""
        limits = schema.rate_limits
        query = select(limits.c.until).where(
            limits.c.workspace == workspace, limits.c.vendor == vendor
        )
        async with transaction(self._engine) as connection:
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


def _held(task: Task) -> Select[Any]:
    """The task as long as this attempt of this worker holds it."""
    return select(_tasks).where(
        _tasks.c.id == task.id,
        _tasks.c.owner == task.owner,
        _tasks.c.attempt == task.attempt,
        _tasks.c.state.in_(ACTIVE),
    )
