"""Tasks as the users of a workspace see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.adapters import embedding_store, schema
from services.embed.adapters.lists import TASKS
from services.embed.adapters.task_changes import TaskChanges
from services.embed.adapters.task_rows import (
    fingerprint,
    from_row,
    joined,
    segment_ms,
    to_row,
)
from services.embed.clock import SYSTEM, Clocks
from services.embed.tasks import task_state
from services.embed.tasks.quota import OPEN_TASKS, check_open_tasks
from services.embed.tasks.task_state import ACTIVE, FINAL, Failure, Micros, State, Task, Transition
from services.servicekit.announcements import Announcements, Change
from services.servicekit.database import transaction
from services.servicekit.errors import SageError, not_found
from services.servicekit.listing.requests import ListRequest, Page

_tasks = schema.tasks
_workspaces = schema.workspaces


class _TakenBack(Exception):
    """Rolls a transaction back. task: what came of it."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.task = task


class TaskStore(TaskChanges):
    """Tasks of all workspaces. A workspace's own methods never see another's rows.

    open_tasks: how many tasks of a workspace may be queued or running.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        announcements: Announcements,
        clocks: Clocks = SYSTEM,
        *,
        open_tasks: int = OPEN_TASKS,
    ) -> None:
        super().__init__(engine, announcements, clocks)
        self._open_tasks = open_tasks

    async def create(self, task: Task, request_id: str) -> Task:
        """Keeps a new task, or answers with the one that does the same work already.

        Raises SageError: REQUEST_ID_REUSED when the request id came with another video or options,
        QUOTA_EXCEEDED when the workspace has too many tasks that are not finished.
        """
        return await self._announcements.committed(
            lambda change: self._create(change, task, request_id)
        )

    async def rehearse(self, task: Task, request_id: str) -> Task:
        """What `create` would answer with, or raise: it is done, and taken back."""

        async def take_back(change: Change) -> None:
            made = await self._create(change, task, request_id)
            change.told.clear()
            raise _TakenBack(made)

        try:
            await self._announcements.committed(take_back)
        except _TakenBack as rehearsed:
            return rehearsed.task
        raise AssertionError("the transaction was committed")

    async def _create(self, change: Change, task: Task, request_id: str) -> Task:
        connection = change.connection
        # First of all: the workspace's lock makes two equal requests wait for each other.
        await connection.execute(
            select(_workspaces.c.id).where(_workspaces.c.id == task.workspace).with_for_update()
        )
        known = await self._of_request(connection, task, request_id)
        if known is not None:
            return known
        await self._remember_video(connection, task)
        made = await self._twin(connection, task) or await self._anew(change, task)
        if made is None:
            await self._check_quota(connection, task.workspace)
            found = await self._left_behind(connection, task)
            revision = await self._next_revision(connection, task.workspace)
            made = replace(task, revision=revision, engine_state=found)
            await connection.execute(insert(_tasks).values(to_row(made, now=self._clocks.now())))
            await change.tell(made.workspace, made.state)
        if request_id:
            await connection.execute(
                insert(schema.task_requests).values(
                    workspace=task.workspace,
                    request_id=request_id,
                    fingerprint=fingerprint(task),
                    task=made.id,
                    created_at=task.created_at,
                )
            )
        return made

    async def get(self, workspace: str, task_id: str) -> Task:
        """Raises SageError(NOT_FOUND) for a task that is missing or somebody else's."""
        found = await self.find(workspace, [task_id])
        if not found:
            raise not_found(f"embeddingTasks/{task_id}")
        return found[0]

    async def find(self, workspace: str, task_ids: Collection[str]) -> list[Task]:
        """Those of the tasks that are the workspace's, in any order; the others are left out."""
        return await self._read(
            select(_tasks).where(_tasks.c.workspace == workspace, _tasks.c.id.in_(task_ids))
        )

    async def page(
        self, workspace: str, listing: ListRequest, *, video: str = "", states: Sequence[State] = ()
    ) -> Page[Task]:
        """video: tasks of its bytes, under whatever name. Empty values leave nothing out.

        Raises SageError(INVALID_ARGUMENT, INVALID_PAGE_TOKEN).
        """
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
        return await TASKS.page(
            self._engine, query, listing, from_row, workspace, video, *sorted(states)
        )

    async def changes(self, workspace: str, after: int) -> list[Task]:
        """Tasks that changed after a revision, in the order of their last changes."""
        return await self._read(
            select(_tasks)
            .where(_tasks.c.workspace == workspace, _tasks.c.revision > after)
            .order_by(_tasks.c.revision)
        )

    async def revision(self, workspace: str) -> int:
        query = select(_workspaces.c.revision).where(_workspaces.c.id == workspace)
        async with transaction(self._engine, read_only=True) as connection:
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

        async def delete_all(change: Change) -> list[Task]:
            rows = await change.connection.execute(
                select(_tasks)
                .where(_tasks.c.workspace == workspace)
                .order_by(_tasks.c.id)
                .with_for_update()
            )
            removed = [from_row(row) for row in rows]
            for table in (_tasks, schema.task_requests, schema.known_videos):
                await change.connection.execute(delete(table).where(table.c.workspace == workspace))
            await change.tell(workspace, State.CANCELLED)
            return removed

        return await self._announcements.committed(delete_all)

    async def forget_requests(self, before: Micros, limit: int) -> int:
        """Request ids protect against repetition soon after, not for ever."""
        requests = schema.task_requests
        key = tuple_(requests.c.workspace, requests.c.request_id)
        old = select(requests.c.workspace, requests.c.request_id).where(
            requests.c.created_at < before
        )
        async with transaction(self._engine) as connection:
            found = await connection.execute(delete(requests).where(key.in_(old.limit(limit))))
            return found.rowcount

    async def forget_ended(self, before: Micros, limit: int) -> int:
        """Removes tasks that ended before then and whose work is not there (any more).

        What else leads to them goes too. Nobody is told: watchers may keep what they have seen.
        """
        embeddings, requests, known = schema.embeddings, schema.task_requests, schema.known_videos
        old = (
            select(_tasks.c.id, _tasks.c.workspace)
            .where(
                _tasks.c.state.in_(FINAL),
                _tasks.c.ended_at < before,
                ~exists().where(embeddings.c.id == _tasks.c.id),
            )
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with transaction(self._engine) as connection:
            rows = (await connection.execute(old)).all()
            ids = [row.id for row in rows]
            if not ids:
                return 0
            await connection.execute(delete(requests).where(requests.c.task.in_(ids)))
            await connection.execute(delete(_tasks).where(_tasks.c.id.in_(ids)))
            of_same_bytes = and_(
                _tasks.c.workspace == known.c.workspace, _tasks.c.sha256 == known.c.sha256
            )
            await connection.execute(
                delete(known).where(
                    known.c.workspace.in_({row.workspace for row in rows}),
                    ~exists().where(of_same_bytes),
                )
            )
        return len(ids)

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
                    _same_work(task),
                    _tasks.c.model.in_([task.model, ""]),
                    _tasks.c.state.not_in([State.FAILED, State.CANCELLED]),
                )
                .order_by(_tasks.c.model.desc())
                .limit(1)
            )
        ).one_or_none()
        return None if row is None else from_row(row)

    async def _anew(self, change: Change, task: Task) -> Task | None:
        """The task whose embedding was found damaged, started again to make it anew."""
        damaged = select(schema.embeddings.c.id).where(
            schema.embeddings.c.workspace == task.workspace, schema.embeddings.c.damaged
        )
        row = (
            await change.connection.execute(
                select(_tasks)
                .where(
                    _same_work(task),
                    _tasks.c.model == task.model,
                    _tasks.c.state == State.FAILED,
                    _tasks.c.id.in_(damaged),
                )
                .limit(1)
            )
        ).one_or_none()
        if row is None:
            return None
        await self._check_quota(change.connection, task.workspace)
        revision = await self._next_revision(change.connection, task.workspace)
        # The video that it was made of first may be gone; these are the same bytes.
        again = replace(
            task_state.retry(from_row(row), model=task.model), video=task.video, revision=revision
        )
        await self._write(change, again)
        return again

    async def _left_behind(self, connection: AsyncConnection, task: Task) -> Mapping[str, str]:
        """What the last task that did the same work has left outside; it may have been paid for."""
        row = (
            await connection.execute(
                select(_tasks)
                .where(
                    _same_work(task),
                    _tasks.c.model == task.model,
                    _tasks.c.state.in_([State.FAILED, State.CANCELLED]),
                )
                .order_by(_tasks.c.revision.desc())
                .limit(1)
            )
        ).one_or_none()
        return {} if row is None else task_state.left_behind(from_row(row), model=task.model)

    async def retire(
        self, workspace: str, embedding_id: str, *, etag: str, failure: Failure | None
    ) -> bool:
        """The embedding is not used any more, and its task does not stand for it any longer.

        failure: what is wrong with it; None when a user removes it. Answers whether there was such
        an embedding. Raises SageError(ETAG_MISMATCH), and TASK_STATE_CONFLICT while its task is
        making it.
        """
        marked: list[bool] = []

        async def mark(connection: AsyncConnection) -> None:
            marked.append(await embedding_store.mark(connection, workspace, embedding_id, etag))

        try:
            await self._change(
                select(_tasks).where(_tasks.c.id == embedding_id, _tasks.c.workspace == workspace),
                lambda task: task_state.lose_embedding(task, failure, now=self._clocks.now()),
                missing=LookupError(embedding_id),
                also=mark,
            )
        except LookupError:
            # Its task is no longer remembered.
            async with transaction(self._engine) as connection:
                await mark(connection)
        return marked[-1]

    async def _admitted(self, connection: AsyncConnection, before: Task, after: Task) -> Task:
        """What was final may live again only when nothing does its work meanwhile.

        It goes on from what the last task that did its work has left, which may be a later one.
        """
        if not before.is_final or after.is_final:
            return after
        twin = await self._twin(connection, after)
        if twin is not None:
            raise SageError(
                ErrorReason.ERROR_REASON_TASK_STATE_CONFLICT,
                f"{twin.name} does the same work already.",
                metadata={"name": after.name, "existing": twin.name},
            )
        await self._check_quota(connection, after.workspace)
        return replace(after, engine_state=await self._left_behind(connection, after))

    async def _check_quota(self, connection: AsyncConnection, workspace: str) -> None:
        """Runs under the workspace's lock, so that no two callers count the same free place."""
        query = select(func.count()).where(
            _tasks.c.workspace == workspace,
            _tasks.c.state.in_([state.value for state in (State.QUEUED, *ACTIVE)]),
        )
        check_open_tasks(self._open_tasks, (await connection.execute(query)).scalar_one())


def _same_work(task: Task) -> ColumnElement[bool]:
    """Tasks for the same bytes by the same engine with the same options."""
    return and_(
        _tasks.c.workspace == task.workspace,
        _tasks.c.sha256 == task.video.sha256,
        _tasks.c.engine == task.engine,
        _tasks.c.segment_ms == segment_ms(task.segment_duration),
        _tasks.c.modalities == joined(task.modalities),
    )
