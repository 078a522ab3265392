"""Uploads and videos in SQLite or PostgreSQL, over SQLAlchemy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    CursorResult,
    Update,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.adapters.lists import UPLOADS, VIDEOS
from services.ingest.adapters.tables import (
    microseconds,
    proxies,
    upload_of,
    upload_values,
    uploads,
    video_of,
    video_values,
    videos,
)
from services.ingest.library.video import Video, VideoState
from services.ingest.uploads.quota import Quota, Usage
from services.ingest.uploads.upload import State, Upload
from services.servicekit.database import transaction
from services.servicekit.listing.requests import ListRequest, Page

_UNFINISHED = (State.ACTIVE.value, State.COMPLETING.value)
# Keeps these locks apart from other users of the same hash in one database.
_WORKSPACE_LOCKS = 0x5A6E


class UploadTable:
    """Uploads in the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, upload: Upload, quota: Quota, *, rehearse: bool = False) -> Upload:
        async with transaction(self._engine) as connection:
            await _lock_workspace(connection, upload.workspace)
            if upload.request_id:
                same = select(uploads).where(
                    uploads.c.workspace == upload.workspace,
                    uploads.c.request_id == upload.request_id,
                )
                known = (await connection.execute(same)).mappings().one_or_none()
                if known is not None:
                    return upload_of(known)
            quota.check(await _usage(connection, upload.workspace), upload.spec.size_bytes)
            if not rehearse:
                await connection.execute(insert(uploads).values(upload_values(upload)))
        return upload

    async def usage(self, workspace: str) -> Usage:
        async with transaction(self._engine, read_only=True) as connection:
            return await _usage(connection, workspace)

    async def page(
        self, workspace: str, listing: ListRequest, *, states: Collection[State]
    ) -> Page[Upload]:
        query = select(uploads).where(uploads.c.workspace == workspace)
        if states:
            query = query.where(uploads.c.state.in_([state.value for state in states]))
        return await UPLOADS.page(
            self._engine,
            query,
            listing,
            lambda row: upload_of(row._mapping),
            workspace,
            *sorted(states),
        )

    async def get(self, workspace: str, upload_id: str) -> Upload | None:
        query = select(uploads).where(uploads.c.id == upload_id, uploads.c.workspace == workspace)
        async with transaction(self._engine, read_only=True) as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else upload_of(row)

    async def replace(self, upload: Upload) -> bool:
        async with transaction(self._engine) as connection:
            return await _replaced(connection, _next_version(upload))

    async def succeed(
        self, upload: Upload, video: Video, *, lost: Collection[str] = ()
    ) -> Video | None:
        async with transaction(self._engine) as connection:
            # Two equal files that come in at the same time: the second one finds the first.
            await _lock_workspace(connection, upload.workspace)
            key = await _shareable_object(connection, video, lost)
            if key is not None:
                upload = replace(upload, leftovers=True)
                video = replace(video, object_key=key)
            if not await _replaced(connection, _next_version(upload)):
                return None
            await connection.execute(insert(videos).values(video_values(video)))
            if lost:
                await _mend(connection, video, lost)
        return video

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
        async with transaction(self._engine, read_only=True) as connection:
            return [upload_of(row) for row in (await connection.execute(query)).mappings()]

    async def with_leftovers(self, limit: int) -> Sequence[Upload]:
        query = (
            select(uploads)
            .where(uploads.c.leftovers.is_(True))
            .order_by(uploads.c.updated_at)
            .limit(limit)
        )
        async with transaction(self._engine, read_only=True) as connection:
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
        async with transaction(self._engine, read_only=True) as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else video_of(row)

    async def page(self, workspace: str, listing: ListRequest, *, sha256: str) -> Page[Video]:
        query = select(videos).where(
            videos.c.workspace == workspace, videos.c.state == VideoState.READY.value
        )
        if sha256:
            query = query.where(videos.c.sha256 == sha256)
        return await VIDEOS.page(
            self._engine, query, listing, lambda row: video_of(row._mapping), workspace, sha256
        )

    async def replace(self, video: Video) -> bool:
        statement = (
            update(videos)
            .where(videos.c.id == video.id, videos.c.version == video.version - 1)
            .values(video_values(video))
        )
        async with transaction(self._engine) as connection:
            return await _replaced(connection, statement)

    async def objects(self, workspace: str, sha256: str) -> Sequence[str]:
        query = (
            select(videos.c.object_key)
            .where(
                videos.c.workspace == workspace,
                videos.c.sha256 == sha256,
                videos.c.state == VideoState.READY.value,
            )
            .distinct()
        )
        async with transaction(self._engine, read_only=True) as connection:
            return (await connection.execute(query)).scalars().all()

    async def is_shared(self, video: Video) -> bool:
        query = select(
            exists().where(
                videos.c.object_key == video.object_key,
                videos.c.id != video.id,
                videos.c.state == VideoState.READY.value,
            )
        )
        async with transaction(self._engine, read_only=True) as connection:
            return bool((await connection.execute(query)).scalar_one())

    async def remove(self, video: Video) -> None:
        async with transaction(self._engine) as connection:
            await connection.execute(delete(videos).where(videos.c.id == video.id))

    async def deleting(self, limit: int) -> Sequence[Video]:
        query = select(videos).where(videos.c.state == VideoState.DELETING.value).limit(limit)
        async with transaction(self._engine, read_only=True) as connection:
            return [video_of(row) for row in (await connection.execute(query)).mappings()]

    async def created_before(self, before: datetime, limit: int) -> Sequence[Video]:
        query = (
            select(videos)
            .where(
                videos.c.state == VideoState.READY.value,
                videos.c.created_at < microseconds(before),
            )
            .order_by(videos.c.created_at)
            .limit(limit)
        )
        async with transaction(self._engine, read_only=True) as connection:
            return [video_of(row) for row in (await connection.execute(query)).mappings()]


async def _lock_workspace(connection: AsyncConnection, workspace: str) -> None:
    """Makes other transactions that ask for the same lock wait until this one has ended."""
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(workspace, _WORKSPACE_LOCKS)
        await connection.execute(select(func.pg_advisory_xact_lock(key)))
    # SQLite has one writer at a time, and every transaction begins as one.


async def _usage(connection: AsyncConnection, workspace: str) -> Usage:
    opened = uploads.c.state.in_(_UNFINISHED)
    coming = select(
        func.coalesce(func.sum(uploads.c.size_bytes), 0),
        func.coalesce(func.sum(case((opened, 1), else_=0)), 0),
    ).where(uploads.c.workspace == workspace, or_(opened, uploads.c.leftovers.is_(True)))
    announced, open_uploads = (await connection.execute(coming)).one()
    objects = (
        select(func.max(videos.c.size_bytes).label("size_bytes"))
        .where(videos.c.workspace == workspace)
        .group_by(videos.c.object_key)
        .subquery()
    )
    stored = select(func.coalesce(func.sum(objects.c.size_bytes), 0))
    kept = (await connection.execute(stored)).scalar_one()
    return Usage(bytes=int(announced) + int(kept), open_uploads=int(open_uploads))


async def _shareable_object(
    connection: AsyncConnection, video: Video, lost: Collection[str]
) -> str | None:
    """The object of a READY video with the same bytes, which stays READY until the commit."""
    query = (
        select(videos.c.object_key)
        .where(
            videos.c.workspace == video.workspace,
            videos.c.sha256 == video.sha256,
            videos.c.state == VideoState.READY.value,
            videos.c.object_key.not_in(lost),
        )
        .order_by(videos.c.created_at, videos.c.id)
        .limit(1)
        .with_for_update()
    )
    key: str | None = (await connection.execute(query)).scalar_one_or_none()
    return key


async def _mend(connection: AsyncConnection, video: Video, lost: Collection[str]) -> None:
    """Gives the READY videos whose object was lost the one of a video with the same bytes.

    Copies of what was lost went with it.
    """
    await connection.execute(delete(proxies).where(proxies.c.object_key.in_(lost)))
    await connection.execute(
        update(videos)
        .where(
            videos.c.workspace == video.workspace,
            videos.c.sha256 == video.sha256,
            videos.c.state == VideoState.READY.value,
            videos.c.object_key.in_(lost),
        )
        .values(
            object_key=video.object_key,
            updated_at=microseconds(video.updated_at),
            version=videos.c.version + 1,
        )
    )


def _next_version(upload: Upload) -> Update:
    return (
        update(uploads)
        .where(uploads.c.id == upload.id, uploads.c.version == upload.version - 1)
        .values(upload_values(upload))
    )


async def _replaced(connection: AsyncConnection, statement: Update) -> bool:
    result = cast("CursorResult[Any]", await connection.execute(statement))
    return result.rowcount == 1
