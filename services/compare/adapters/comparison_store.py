"""Comparisons in SQLite or PostgreSQL.

Each change runs in one transaction: read the row (locked where the database locks rows), let the
plain function decide, write it with the workspace's next revision, announce it. Locks are taken in
the order comparison, then workspace, and the workspace's row stays locked until the commit, so
revisions become visible in their order and a watcher that has seen n has seen everything before.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import (
    CursorResult,
    Select,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.compare.adapters import schema
from services.compare.adapters.comparison_rows import fingerprint, from_row, to_row
from services.compare.adapters.lists import COMPARISONS
from services.compare.saved import comparison as changes
from services.compare.saved.comparison import Micros, SavedComparison, Transition
from services.compare.saved.quota import MOST_COMPARISONS, check_comparisons
from services.compare.saved.records import Selection
from services.servicekit.announcements import Announcements, Change
from services.servicekit.database import transaction
from services.servicekit.errors import SageError, not_found, reason_name
from services.servicekit.listing.requests import ListRequest, Page
from services.servicekit.upserts import insert_or_update

_comparisons = schema.comparisons
_workspaces = schema.workspaces
# What is announced of a comparison: listeners look for themselves.
_CHANGED = "CHANGED"
_NOT_FOUND = reason_name(ErrorReason.ERROR_REASON_NOT_FOUND)
# Comparisons that expire in one sweep.
_BATCH = 500


class ComparisonStore:
    """Comparisons of all workspaces. A workspace's own methods never see another's rows.

    limit: how many comparisons a workspace may keep.
    """

    def __init__(
        self, engine: AsyncEngine, announcements: Announcements, *, limit: int = MOST_COMPARISONS
    ) -> None:
        self._engine = engine
        self._announcements = announcements
        self._limit = limit

    async def create(self, comparison: SavedComparison, request_id: str) -> SavedComparison:
        """Keeps a new comparison, or answers with the one that the same request created.

        Raises SageError(REQUEST_ID_REUSED, QUOTA_EXCEEDED).
        """

        async def create(change: Change) -> SavedComparison:
            connection = change.connection
            # First of all: the workspace's lock makes two equal requests wait for each other.
            revision = await _next_revision(connection, comparison.workspace)
            known = await _of_request(connection, comparison, request_id)
            if known is not None:
                return known
            check_comparisons(self._limit, await _kept(connection, comparison.workspace))
            made = replace(comparison, revision=revision)
            await connection.execute(
                insert(_comparisons).values(
                    **to_row(made),
                    request_id=request_id or None,
                    fingerprint=fingerprint(comparison),
                )
            )
            await change.tell(made.workspace, _CHANGED)
            return made

        return await self._announcements.committed(create)

    async def get(self, workspace: str, comparison_id: str) -> SavedComparison:
        """Raises SageError(NOT_FOUND) for one that is missing or somebody else's."""
        found = await self.find(workspace, [comparison_id])
        if not found:
            raise not_found(f"comparisons/{comparison_id}")
        return found[0]

    async def find(self, workspace: str, ids: Collection[str]) -> list[SavedComparison]:
        """Those that exist, whole."""
        return await self._read(
            select(_comparisons).where(
                _comparisons.c.workspace == workspace,
                _comparisons.c.id.in_(ids),
                _comparisons.c.deleted == false(),
            )
        )

    async def page(
        self, workspace: str, listing: ListRequest, selection: Selection
    ) -> Page[SavedComparison]:
        """Outlines. Raises SageError(INVALID_ARGUMENT, INVALID_PAGE_TOKEN)."""
        columns = _comparisons.c
        video, a, b = selection.video, selection.a, selection.b
        query = select(*schema.outline).where(
            columns.workspace == workspace, columns.deleted == false()
        )
        if video:
            query = query.where(or_(columns.a == video, columns.b == video))
        if a:
            query = query.where(columns.a == a)
        if b:
            query = query.where(columns.b == b)
        if selection.statuses:
            statuses = [status.value for status in selection.statuses]
            query = query.where(columns.status.in_(statuses))
        bound_to = (workspace, video, a, b, *sorted(selection.statuses))
        return await COMPARISONS.page(self._engine, query, listing, from_row, *bound_to)

    async def change(
        self, workspace: str, comparison_id: str, transition: Transition
    ) -> SavedComparison:
        """Applies a change. Raises what `transition` does, or SageError(NOT_FOUND)."""

        async def change(it: Change) -> SavedComparison:
            found = await it.connection.execute(
                select(_comparisons)
                .where(
                    _comparisons.c.id == comparison_id,
                    _comparisons.c.workspace == workspace,
                    _comparisons.c.deleted == false(),
                )
                .with_for_update()
            )
            row = found.one_or_none()
            if row is None:
                raise not_found(f"comparisons/{comparison_id}")
            before = from_row(row)
            after = transition(before)
            if after is before:
                return before
            after = replace(after, revision=await _next_revision(it.connection, workspace))
            values = to_row(after)
            if after.deleted:
                values["request_id"] = None
            await it.connection.execute(
                update(_comparisons).where(_comparisons.c.id == comparison_id).values(values)
            )
            await it.tell(workspace, _CHANGED)
            return after

        return await self._announcements.committed(change)

    async def changes(self, workspace: str, after: int) -> list[SavedComparison]:
        """Outlines of what changed after a revision, deleted ones included, in the order of their
        last changes."""
        return await self._read(
            select(*schema.outline)
            .where(_comparisons.c.workspace == workspace, _comparisons.c.revision > after)
            .order_by(_comparisons.c.revision)
        )

    async def revision(self, workspace: str) -> int:
        query = select(_workspaces.c.revision).where(_workspaces.c.id == workspace)
        async with transaction(self._engine, read_only=True) as connection:
            return (await connection.execute(query)).scalar_one_or_none() or 0

    async def forget_deleted(self, before: Micros) -> int:
        """Forgets the comparisons that were deleted before then; answers how many."""
        old = delete(_comparisons).where(
            _comparisons.c.deleted == true(), _comparisons.c.updated_at < before
        )
        async with transaction(self._engine) as connection:
            return cast("CursorResult[Any]", await connection.execute(old)).rowcount

    async def expire(self, before: Micros, now: Micros) -> int:
        """Deletes, at `now`, the comparisons that were last changed before then; how many.

        Who watches them is told, as when their owner deletes them.
        """
        query = (
            select(_comparisons.c.workspace, _comparisons.c.id)
            .where(_comparisons.c.deleted == false(), _comparisons.c.updated_at < before)
            .order_by(_comparisons.c.updated_at)
            .limit(_BATCH)
        )

        def delete_old(comparison: SavedComparison) -> SavedComparison:
            if comparison.updated_at >= before:
                return comparison
            return changes.delete(comparison, etag="", now=now)

        expired = 0
        async with transaction(self._engine) as connection:
            old = (await connection.execute(query)).all()
        for row in old:
            try:
                after = await self.change(row.workspace, row.id, delete_old)
            except SageError as error:
                if error.reason_name != _NOT_FOUND:
                    raise
                continue  # its owner was faster
            expired += after.deleted
        return expired

    async def _read(self, query: Select[Any]) -> list[SavedComparison]:
        async with transaction(self._engine, read_only=True) as connection:
            return [from_row(row) for row in await connection.execute(query)]


async def _next_revision(connection: AsyncConnection, workspace: str) -> int:
    """Makes the workspace known when it is new. Locks its row until the commit."""
    statement = (
        insert_or_update(connection, _workspaces)
        .values(id=workspace, revision=1)
        .on_conflict_do_update(
            index_elements=[_workspaces.c.id], set_={"revision": _workspaces.c.revision + 1}
        )
        .returning(_workspaces.c.revision)
    )
    return int((await connection.execute(statement)).scalar_one())


async def _of_request(
    connection: AsyncConnection, comparison: SavedComparison, request_id: str
) -> SavedComparison | None:
    if not request_id:
        return None
    found = await connection.execute(
        select(_comparisons).where(
            _comparisons.c.workspace == comparison.workspace,
            _comparisons.c.request_id == request_id,
        )
    )
    row = found.one_or_none()
    if row is None:
        return None
    if row.fingerprint != fingerprint(comparison):
        raise SageError(
            ErrorReason.ERROR_REASON_REQUEST_ID_REUSED,
            "This request id was used for another comparison. Choose a new one.",
            metadata={"request_id": request_id},
        )
    return from_row(row)


async def _kept(connection: AsyncConnection, workspace: str) -> int:
    query = (
        select(func.count())
        .select_from(_comparisons)
        .where(_comparisons.c.workspace == workspace, _comparisons.c.deleted == false())
    )
    return int((await connection.execute(query)).scalar_one())
