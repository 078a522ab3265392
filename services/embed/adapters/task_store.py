"""Tasks as the users of a workspace see them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import and_, delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.adapters import schema
from services.embed.adapters.announcements import Announcements
from services.embed.adapters.task_changes import TaskChanges
from services.embed.adapters.task_rows import (
    fingerprint,
    from_row,
    joined,
    segment_ms,
    to_row,
)
from services.embed.tasks.quota import OPEN_TASKS, check_open_tasks
from services.embed.tasks.task_state import ACTIVE, Micros, State, Task, Transition
from services.servicekit.database import transaction
from services.servicekit.errors import SageError, not_found
from services.servicekit.paging import Cursor

_tasks = schema.tasks
_workspaces = schema.workspaces


class TaskStore(TaskChanges):
    """Tasks of all workspaces. A workspace's own methods never see another's rows.

    open_tasks: how many tasks of a workspace may be queued or running.
    """

    def __init__(
        self, engine: AsyncEngine, announcements: Announcements, *, open_tasks: int = OPEN_TASKS
    ) -> None:
        super().__init__(engine, announcements)
        self._open_tasks = open_tasks

    async def create(self, task: Task, request_id: str) -> Task:
        """Keeps a new task, or answers with the one that does the same work already.

        Raises SageError: REQUEST_ID_REUSED when the request id came with another video or options,
        QUOTA_EXCEEDED when the workspace has too many tasks that are not finished.
        """
        async with transaction(self._engine) as connection:
            # First of all: the workspace's lock makes two equal requests wait for each other.
            revision = await self._next_revision(connection, task.workspace)
            known = await self._of_request(connection, task, request_id)
            if known is None:
                await self._remember_video(connection, task)
                known = await self._twin(connection, task)
                if known is None:
                    await self._check_quota(connection, task.workspace)
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
        async with transaction(self._engine) as connection:
            return (await connection.execute(query)).scalar_one_or_none() or 0

    async def change(self, workspace: str, task_id: str, transition: Transition) -> Task:
        """Applies a change that a user asked for. Raises what `transition` does, or NOT_FOUND."""
        return await self._change(
            select(_tasks).where(_tasks.c.id == task_id, _tasks.c.workspace == workspace),
            transition,
            missing=not_found(f"embeddingTasks/{task_id}"),
        )

    async def delete_workspace(self, workspace: str) -> list[Task]:
        """Removes all tasks of a workspace, running ones included; answers with them."""
        async with transaction(self._engine) as connection:
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
        async with transaction(self._engine) as connection:
            await connection.execute(delete(requests).where(requests.c.created_at < before))

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
        """The live task that does the same work.

        One of which no model is known was unfinished when models began to be kept.
        """
        row = (
            await connection.execute(
                select(_tasks)
                .where(
                    _tasks.c.workspace == task.workspace,
                    _tasks.c.sha256 == task.video.sha256,
                    _tasks.c.engine == task.engine,
                    _tasks.c.model.in_([task.model, ""]),
                    _tasks.c.segment_ms == segment_ms(task.segment_duration),
                    _tasks.c.modalities == joined(task.modalities),
                    _tasks.c.state.not_in([State.FAILED, State.CANCELLED]),
                )
                .order_by(_tasks.c.model.desc())
                .limit(1)
            )
        ).one_or_none()
        return None if row is None else from_row(row)

    async def _admit(self, connection: AsyncConnection, before: Task, after: Task) -> None:
        """What was final may live again only when nothing does its work meanwhile."""
        if not before.is_final or after.is_final:
            return
        twin = await self._twin(connection, after)
        if twin is not None:
            raise SageError(
                ErrorReason.ERROR_REASON_TASK_STATE_CONFLICT,
                f"{twin.name} does the same work already.",
                metadata={"name": after.name, "existing": twin.name},
            )
        await self._check_quota(connection, after.workspace)

    async def _check_quota(self, connection: AsyncConnection, workspace: str) -> None:
        """Runs under the workspace's lock, so that no two callers count the same free place."""
        query = select(func.count()).where(
            _tasks.c.workspace == workspace,
            _tasks.c.state.in_([state.value for state in (State.QUEUED, *ACTIVE)]),
        )
        check_open_tasks(self._open_tasks, (await connection.execute(query)).scalar_one())
