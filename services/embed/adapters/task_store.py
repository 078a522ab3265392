"""The tasks table: the queue, its leases, and the place where every change gets its revision.

Each change runs in one transaction: read the row (locked where the database locks rows), let the
state machine decide, write it with the workspace's next revision. The order of locks is always
task, then workspace, and the workspace's row stays locked until the commit, so revisions become
visible in their order and a watcher that has seen n has seen everything before n.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed import tasks as machine
from services.embed.adapters import embedding_store, schema
from services.embed.adapters.announcements import Announcements
from services.embed.adapters.task_rows import (
    fingerprint,
    from_row,
    joined,
    segment_ms,
    to_row,
)
from services.embed.adapters.upserts import insert_or_update
from services.embed.clock import now
from services.embed.embeddings import Embedding
from services.embed.ports import LeaseLost
from services.embed.tasks import ACTIVE, SECOND, Micros, State, Task, Transition
from services.servicekit.errors import SageError, not_found
from services.servicekit.paging import Cursor

_tasks = schema.tasks
_workspaces = schema.workspaces


class TaskStore:
    """Tasks of all workspaces. A workspace's own methods never see another's rows."""

    def __init__(self, engine: AsyncEngine, announcements: Announcements) -> None:
        self._engine = engine
        self._announcements = announcements

    async def create(self, task: Task, request_id: str) -> Task:
        """Keeps a new task, or answers with the one that does the same work already.

        Raises SageError(REQUEST_ID_REUSED) when the request id came with another video or options.
        """
        async with self._engine.begin() as connection:
            # First of all: the workspace's lock makes two equal requests wait for each other.
            revision = await self._next_revision(connection, task.workspace)
            known = await self._of_request(connection, task, request_id)
            if known is None:
                await self._remember_video(connection, task)
                known = await self._twin(connection, task)
                if known is None:
                    task = replace(task, revision=revision)
                    await connection.execute(insert(_tasks).values(to_row(task)))
                    await self._announcements.prepare(connection, task.workspace, task.state)
                if request_id:
                    await connection.execute(
                        insert(schema.task_requests).values(
                            workspace=task.workspace,
                            request_id=request_id,
                            fingerprint=fingerprint(task),
                            task=(known or task).id,
                            created_at=task.created_at,
                        )
                    )
        if known is not None:
            return known
        self._announcements.announce(task.workspace, task.state)
        return task

    async def get(self, workspace: str, task_id: str) -> Task:
        """Raises SageError(NOT_FOUND) for a task that is missing or somebody else's."""
        found = await self.find(workspace, [task_id])
        if not found:
            raise not_found(f"embeddingTasks/{task_id}")
        return found[0]

    async def find(self, workspace: str, task_ids: Collection[str]) -> list[Task]:
        return await self._read(
            select(_tasks).where(_tasks.c.workspace == workspace, _tasks.c.id.in_(task_ids))
        )

    async def is_live(self, workspace: str, task_id: str) -> bool:
        """Whether somebody still works, or will work, on the task, or it has succeeded."""
        found = await self.find(workspace, [task_id])
        return bool(found) and found[0].state not in (State.FAILED, State.CANCELLED)

    async def page(
        self,
        workspace: str,
        *,
        video: str,
        states: Sequence[State],
        limit: int,
        after: Cursor | None,
    ) -> list[Task]:
        """Newest first."""
        query = select(_tasks).where(_tasks.c.workspace == workspace)
        if video:
            known = schema.known_videos
            query = query.where(
                _tasks.c.sha256.in_(
                    select(known.c.sha256).where(
                        known.c.workspace == workspace, known.c.video == video
                    )
                )
            )
        if states:
            query = query.where(_tasks.c.state.in_([state.value for state in states]))
        if after is not None:
            query = query.where(
                or_(
                    _tasks.c.created_at < after.created_at,
                    and_(_tasks.c.created_at == after.created_at, _tasks.c.id < after.id),
                )
            )
        ordered = query.order_by(_tasks.c.created_at.desc(), _tasks.c.id.desc())
        return await self._read(ordered.limit(limit))

    async def changes(self, workspace: str, after: int) -> list[Task]:
        """Tasks that changed after a revision, in the order of their last changes."""
        return await self._read(
            select(_tasks)
            .where(_tasks.c.workspace == workspace, _tasks.c.revision > after)
            .order_by(_tasks.c.revision)
        )

    async def revision(self, workspace: str) -> int:
        query = select(_workspaces.c.revision).where(_workspaces.c.id == workspace)
        async with self._engine.begin() as connection:
            return (await connection.execute(query)).scalar_one_or_none() or 0

    async def change(self, workspace: str, task_id: str, transition: Transition) -> Task:
        """Applies a change that a user asked for. Raises what `transition` does, or NOT_FOUND."""
        return await self._change(
            select(_tasks).where(_tasks.c.id == task_id, _tasks.c.workspace == workspace),
            transition,
            missing=not_found(f"embeddingTasks/{task_id}"),
        )

    async def change_held(self, held: Task, transition: Transition) -> Task:
        """Applies a change of the worker that holds the task. Raises LeaseLost if it does not."""
        return await self._change(_held(held), transition, missing=LeaseLost(held.name))

    async def complete(self, held: Task, embedding: Embedding) -> Task:
        """The task succeeds and its embedding appears, in one step. Raises LeaseLost."""

        async def keep(connection: AsyncConnection) -> None:
            await embedding_store.keep(connection, embedding)

        return await self._change(
            _held(held),
            lambda task: machine.succeed(task, embedding.name, now=now()),
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
        async with self._engine.begin() as connection:
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                return None
            claimed = machine.claim(
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
        async with self._engine.begin() as connection:
            for column, condition in ((_tasks.c.not_before, due), (_tasks.c.lease_until, leased)):
                query = select(func.min(column)).where(condition, _tasks.c.engine.in_(engines))
                moments.append((await connection.execute(query)).scalar_one())
        known = [moment for moment in moments if moment is not None]
        return min(known) if known else None

    async def renew(self, owner: str, lease: float) -> dict[str, int]:
        """Renews every lease of a replica; answers with the attempt of each task it still holds."""
        async with self._engine.begin() as connection:
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
        async with self._engine.begin() as connection:
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
        async with self._engine.begin() as connection:
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

    async def delete_workspace(self, workspace: str) -> list[Task]:
        """Removes all tasks of a workspace, running ones included; answers with them."""
        async with self._engine.begin() as connection:
            rows = await connection.execute(
                select(_tasks)
                .where(_tasks.c.workspace == workspace)
                .order_by(_tasks.c.id)
                .with_for_update()
            )
            removed = [from_row(row) for row in rows]
            for table in (_tasks, schema.task_requests, schema.known_videos):
                await connection.execute(delete(table).where(table.c.workspace == workspace))
            await self._announcements.prepare(connection, workspace, State.CANCELLED)
        self._announcements.announce(workspace, State.CANCELLED)
        return removed

    async def forget_requests(self, before: Micros) -> None:
        """Request ids protect against repetition soon after, not for ever."""
        requests = schema.task_requests
        async with self._engine.begin() as connection:
            await connection.execute(delete(requests).where(requests.c.created_at < before))

    async def _read(self, query: Select[Any]) -> list[Task]:
        async with self._engine.begin() as connection:
            return [from_row(row) for row in await connection.execute(query)]

    async def _change(
        self,
        query: Select[Any],
        transition: Transition,
        *,
        missing: Exception,
        also: Callable[[AsyncConnection], Awaitable[None]] | None = None,
    ) -> Task:
        async with self._engine.begin() as connection:
            row = (await connection.execute(query.with_for_update())).one_or_none()
            if row is None:
                raise missing
            before = from_row(row)
            revision = await self._next_revision(connection, before.workspace)
            changed = replace(transition(before), revision=revision)
            if before.is_final and not changed.is_final:
                await self._ensure_alone(connection, changed)
            await self._write(connection, changed)
            if also is not None:
                await also(connection)
        self._announcements.announce(changed.workspace, changed.state)
        return changed

    async def _write(self, connection: AsyncConnection, task: Task) -> None:
        await connection.execute(update(_tasks).where(_tasks.c.id == task.id).values(to_row(task)))
        await self._announcements.prepare(connection, task.workspace, task.state)

    async def _next_revision(self, connection: AsyncConnection, workspace: str) -> int:
        result = await connection.execute(
            update(_workspaces)
            .where(_workspaces.c.id == workspace)
            .values(revision=_workspaces.c.revision + 1)
            .returning(_workspaces.c.revision)
        )
        return int(result.scalar_one())

    async def _of_request(
        self, connection: AsyncConnection, task: Task, request_id: str
    ) -> Task | None:
        requests = schema.task_requests
        row = (
            await connection.execute(
                select(requests).where(
                    requests.c.workspace == task.workspace, requests.c.request_id == request_id
                )
            )
        ).one_or_none()
        if row is None:
            return None
        if row.fingerprint != fingerprint(task):
            raise SageError(
                ErrorReason.ERROR_REASON_REQUEST_ID_REUSED,
                "This request id was used for another video or other options. Choose a new one.",
                metadata={"request_id": request_id},
            )
        first = await connection.execute(select(_tasks).where(_tasks.c.id == row.task))
        return from_row(first.one())

    async def _remember_video(self, connection: AsyncConnection, task: Task) -> None:
        known = schema.known_videos
        place = and_(known.c.workspace == task.workspace, known.c.video == task.video.name)
        await connection.execute(delete(known).where(place))
        await connection.execute(
            insert(known).values(
                workspace=task.workspace, video=task.video.name, sha256=task.video.sha256
            )
        )

    async def _twin(self, connection: AsyncConnection, task: Task) -> Task | None:
        """The live task that does the same work."""
        row = (
            await connection.execute(
                select(_tasks).where(
                    _tasks.c.workspace == task.workspace,
                    _tasks.c.sha256 == task.video.sha256,
                    _tasks.c.engine == task.engine,
                    _tasks.c.segment_ms == segment_ms(task.segment_duration),
                    _tasks.c.modalities == joined(task.modalities),
                    _tasks.c.state.not_in([State.FAILED, State.CANCELLED]),
                )
            )
        ).one_or_none()
        return None if row is None else from_row(row)

    async def _ensure_alone(self, connection: AsyncConnection, task: Task) -> None:
        twin = await self._twin(connection, task)
        if twin is not None:
            raise SageError(
                ErrorReason.ERROR_REASON_TASK_STATE_CONFLICT,
                f"{twin.name} does the same work already.",
                metadata={"name": task.name, "existing": twin.name},
            )


def _held(task: Task) -> Select[Any]:
    """The task as long as this attempt of this worker holds it."""
    return select(_tasks).where(
        _tasks.c.id == task.id,
        _tasks.c.owner == task.owner,
        _tasks.c.attempt == task.attempt,
        _tasks.c.state.in_(ACTIVE),
    )
