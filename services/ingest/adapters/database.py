"""Uploads and videos in SQLite or PostgreSQL, over SQLAlchemy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Update, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.adapters.tables import (
    microseconds,
    upload_of,
    upload_values,
    uploads,
    video_of,
    video_values,
    videos,
)
from services.ingest.library.video import Video, VideoState
from services.ingest.uploads.upload import State, Upload
from services.servicekit.database import transaction
from services.servicekit.paging import Cursor

_UNFINISHED = (State.ACTIVE.value, State.COMPLETING.value)


class UploadTable:
    """Uploads in the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, upload: Upload) -> Upload:
        async with transaction(self._engine) as connection:
            try:
                async with connection.begin_nested():
                    await connection.execute(insert(uploads).values(upload_values(upload)))
            except IntegrityError:
                same = select(uploads).where(
                    uploads.c.workspace == upload.workspace,
                    uploads.c.request_id == upload.request_id,
                )
                return upload_of((await connection.execute(same)).mappings().one())
        return upload

    async def get(self, workspace: str, upload_id: str) -> Upload | None:
        query = select(uploads).where(uploads.c.id == upload_id, uploads.c.workspace == workspace)
        async with transaction(self._engine) as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else upload_of(row)

    async def replace(self, upload: Upload) -> bool:
        async with transaction(self._engine) as connection:
            return await _replaced(connection, _next_version(upload))

    async def succeed(self, upload: Upload, video: Video) -> bool:
        async with transaction(self._engine) as connection:
            if not await _replaced(connection, _next_version(upload)):
                return False
            await connection.execute(insert(videos).values(video_values(video)))
        return True

    async def extend_lease(self, upload: Upload, until: datetime) -> bool:
        statement = (
            update(uploads)
            .where(
                uploads.c.id == upload.id,
                uploads.c.state == State.COMPLETING.value,
                uploads.c.lease_owner == upload.lease_owner,
            )
            .values(lease_end=microseconds(until))
        )
        async with transaction(self._engine) as connection:
            return await _replaced(connection, statement)

    async def expired(self, now: datetime, limit: int) -> Sequence[Upload]:
        time = microseconds(now)
        query = (
            select(uploads)
            .where(
                uploads.c.state.in_(_UNFINISHED),
                uploads.c.expires_at <= time,
                or_(uploads.c.lease_end.is_(None), uploads.c.lease_end <= time),
            )
            .order_by(uploads.c.expires_at)
            .limit(limit)
        )
        async with transaction(self._engine) as connection:
            return [upload_of(row) for row in (await connection.execute(query)).mappings()]

    async def with_leftovers(self, limit: int) -> Sequence[Upload]:
        query = (
            select(uploads)
            .where(uploads.c.leftovers.is_(True))
            .order_by(uploads.c.updated_at)
            .limit(limit)
        )
        async with transaction(self._engine) as connection:
            return [upload_of(row) for row in (await connection.execute(query)).mappings()]

    async def forget(self, before: datetime) -> int:
        statement = delete(uploads).where(
            uploads.c.state.not_in(_UNFINISHED),
            uploads.c.leftovers.is_(False),
            uploads.c.updated_at < microseconds(before),
        )
        async with transaction(self._engine) as connection:
            result = cast("CursorResult[Any]", await connection.execute(statement))
            return result.rowcount


class VideoTable:
    """Videos in the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, workspace: str, video_id: str) -> Video | None:
        query = select(videos).where(videos.c.id == video_id, videos.c.workspace == workspace)
        async with transaction(self._engine) as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else video_of(row)

    async def page(
        self, workspace: str, *, sha256: str, after: Cursor | None, limit: int
    ) -> Sequence[Video]:
        query = (
            select(videos)
            .where(videos.c.workspace == workspace, videos.c.state == VideoState.READY.value)
            .order_by(videos.c.created_at.desc(), videos.c.id.desc())
            .limit(limit)
        )
        if sha256:
            query = query.where(videos.c.sha256 == sha256)
        if after is not None:
            query = query.where(
                or_(
                    videos.c.created_at < after.created_at,
                    and_(videos.c.created_at == after.created_at, videos.c.id < after.id),
                )
            )
        async with transaction(self._engine) as connection:
            return [video_of(row) for row in (await connection.execute(query)).mappings()]

    async def replace(self, video: Video) -> bool:
        statement = (
            update(videos)
            .where(videos.c.id == video.id, videos.c.version == video.version - 1)
            .values(video_values(video))
        )
        async with transaction(self._engine) as connection:
            return await _replaced(connection, statement)

    async def remove(self, video: Video) -> None:
        async with transaction(self._engine) as connection:
            await connection.execute(delete(videos).where(videos.c.id == video.id))

    async def deleting(self, limit: int) -> Sequence[Video]:
        query = select(videos).where(videos.c.state == VideoState.DELETING.value).limit(limit)
        async with transaction(self._engine) as connection:
            return [video_of(row) for row in (await connection.execute(query)).mappings()]


def _next_version(upload: Upload) -> Update:
    return (
        update(uploads)
        .where(uploads.c.id == upload.id, uploads.c.version == upload.version - 1)
        .values(upload_values(upload))
    )


async def _replaced(connection: AsyncConnection, statement: Update) -> bool:
    result = cast("CursorResult[Any]", await connection.execute(statement))
    return result.rowcount == 1
