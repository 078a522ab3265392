"""Finished embeddings as rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, Select, and_, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.adapters import schema
from services.embed.adapters.lists import EMBEDDINGS
from services.embed.adapters.task_rows import segment_ms
from services.embed.artifacts.embeddings import Embedding, TrackFacts
from services.embed.tasks.task_state import ACTIVE, Micros, Modality, State
from services.servicekit.database import transaction
from services.servicekit.errors import SageError, not_found
from services.servicekit.listing.requests import ListRequest, Page

_rows = schema.embeddings


class EmbeddingStore:
    """Embeddings of all workspaces. A workspace never sees another's rows."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(
        self, workspace: str, embedding_id: str, *, videos: Collection[str] | None = None
    ) -> Embedding:
        """Raises SageError(NOT_FOUND) for an embedding that is missing or somebody else's.

        videos: when given, an embedding of the bytes of none of them is missing, too.
        """
        query = select(_rows).where(_rows.c.workspace == workspace, _rows.c.id == embedding_id)
        if videos is not None:
            query = query.where(_rows.c.sha256.in_(_bytes_of(workspace, videos)))
        found = await self._read(query)
        if not found:
            raise not_found(f"embeddings/{embedding_id}")
        return found[0]

    async def page(
        self, workspace: str, listing: ListRequest, *, video: str, engine: str
    ) -> Page[Embedding]:
        """Without damaged ones.

        A video's embeddings are those of its bytes, under whatever name. Raises
        SageError(INVALID_ARGUMENT, INVALID_PAGE_TOKEN).
        """
        query = select(_rows).where(_rows.c.workspace == workspace, ~_rows.c.damaged)
        if video:
            query = query.where(_rows.c.sha256.in_(_bytes_of(workspace, [video])))
        if engine:
            query = query.where(_rows.c.engine == engine)
        return await EMBEDDINGS.page(
            self._engine, query, listing, _from_row, workspace, video, engine
        )

    async def half_removed(self, limit: int) -> list[Embedding]:
        """Of all workspaces: embeddings that were marked and that no task makes anew.

        Those of FAILED tasks are not among them: they wait for the next task for the same work.
        """
        tasks = schema.tasks
        held = exists().where(tasks.c.id == _rows.c.id, tasks.c.state != State.CANCELLED)
        return await self._read(select(_rows).where(_rows.c.damaged, ~held).limit(limit))

    async def created_before(self, before: Micros, limit: int) -> list[Embedding]:
        """Of all workspaces: embeddings that are older, the oldest first."""
        old = select(_rows).where(_rows.c.created_at < before, ~_rows.c.damaged)
        return await self._read(old.order_by(_rows.c.created_at).limit(limit))

    async def uses_frame_track(self, embedding: Embedding) -> bool:
        """Whether anything else uses, or will use, the embedding's frame track, and with it the
        detail track."""
        tasks = schema.tasks
        others = select(_rows.c.id).where(
            _rows.c.workspace == embedding.workspace,
            _rows.c.frame_track_key == embedding.frame_track_key,
            _rows.c.id != embedding.id,
        )
        coming = select(tasks.c.id).where(
            tasks.c.workspace == embedding.workspace,
            tasks.c.sha256 == embedding.sha256,
            tasks.c.state.in_([State.QUEUED, *ACTIVE]),
        )
        async with transaction(self._engine, read_only=True) as connection:
            found = await connection.execute(others.union_all(coming).limit(1))
            return found.first() is not None

    async def remove(self, embedding: Embedding) -> None:
        """Removes the row of an embedding that was marked, unless it was made anew meanwhile."""
        async with transaction(self._engine) as connection:
            await connection.execute(
                delete(_rows).where(
                    _rows.c.workspace == embedding.workspace,
                    _rows.c.id == embedding.id,
                    _rows.c.damaged,
                )
            )

    async def delete_workspace(self, workspace: str) -> None:
        """Removes all rows of a workspace at once; what they point to in the store is left."""
        async with transaction(self._engine) as connection:
            await connection.execute(delete(_rows).where(_rows.c.workspace == workspace))

    async def _read(self, query: Select[Any]) -> list[Embedding]:
        async with transaction(self._engine, read_only=True) as connection:
            return [_from_row(row) for row in await connection.execute(query)]


def _bytes_of(workspace: str, videos: Collection[str]) -> Select[Any]:
    """The hashes of what these videos are made of."""
    known = schema.known_videos
    return select(known.c.sha256).where(
        known.c.workspace == workspace, known.c.video.in_(list(videos))
    )


async def keep(connection: AsyncConnection, embedding: Embedding) -> None:
    """Within the transaction in which its task succeeds: both are there, or neither.

    Takes the place of a damaged one that the task was to make anew.
    """
    await connection.execute(delete(_rows).where(_rows.c.id == embedding.id, _rows.c.damaged))
    await connection.execute(
        insert(_rows).values(
            id=embedding.id,
            workspace=embedding.workspace,
            video=embedding.video,
            sha256=embedding.sha256,
            engine=embedding.engine,
            model=embedding.model,
            segment_ms=segment_ms(embedding.segment_duration),
            duration=embedding.duration,
            tracks=[
                {
                    "modality": track.modality.value,
                    "segment_count": track.segment_count,
                    "dimension": track.dimension,
                    "has_fine_samples": track.has_fine_samples,
                }
                for track in embedding.tracks
            ],
            vectors_prefix=embedding.vectors_prefix,
            frame_track_key=embedding.frame_track_key,
            detail_track_key=embedding.detail_track_key,
            etag=embedding.etag,
            created_at=embedding.created_at,
        )
    )


async def mark(connection: AsyncConnection, workspace: str, embedding_id: str, etag: str) -> bool:
    """Within a transaction: the embedding is not used any more. Answers whether there is one.

    etag: of the embedding that is meant; empty for whichever it is. Raises
    SageError(ETAG_MISMATCH).
    """
    place = and_(_rows.c.workspace == workspace, _rows.c.id == embedding_id)
    row = (await connection.execute(select(_rows.c.etag).where(place))).one_or_none()
    if row is None:
        return False
    if etag and etag != row.etag:
        raise SageError(
            ErrorReason.ERROR_REASON_ETAG_MISMATCH,
            f"embeddings/{embedding_id} was made anew meanwhile. Read it again.",
            metadata={"name": f"embeddings/{embedding_id}"},
        )
    await connection.execute(update(_rows).where(place).values(damaged=True))
    return True


def _from_row(row: Row[Any]) -> Embedding:
    return Embedding(
        id=row.id,
        workspace=row.workspace,
        video=row.video,
        sha256=row.sha256,
        engine=row.engine,
        model=row.model,
        segment_duration=row.segment_ms / 1000,
        duration=row.duration,
        tracks=tuple(
            TrackFacts(
                modality=Modality(track["modality"]),
                segment_count=track["segment_count"],
                dimension=track["dimension"],
                has_fine_samples=track["has_fine_samples"],
            )
            for track in row.tracks
        ),
        vectors_prefix=row.vectors_prefix,
        frame_track_key=row.frame_track_key,
        detail_track_key=row.detail_track_key,
        etag=row.etag,
        created_at=row.created_at,
    )
