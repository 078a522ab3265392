"""Removing embeddings: because a user wants it, or because they cannot be read any more."""

from __future__ import annotations

from typing import Protocol

import structlog

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.artifacts.embeddings import Embedding
from services.embed.artifacts.keys import detail_track_key, embedding_prefix
from services.embed.tasks.task_state import Failure, Micros
from services.servicekit.errors import SageError, not_found, reason_name

log = structlog.get_logger()

_NOT_FOUND = reason_name(ErrorReason.ERROR_REASON_NOT_FOUND)
# Removed by somebody else, made anew, or just being made anew.
_CHANGED_MEANWHILE = (
    _NOT_FOUND,
    reason_name(ErrorReason.ERROR_REASON_ETAG_MISMATCH),
    reason_name(ErrorReason.ERROR_REASON_TASK_STATE_CONFLICT),
)


class Embeddings(Protocol):
    """Where embeddings are kept."""

    async def get(self, workspace: str, embedding_id: str) -> Embedding:
        """A damaged one too. Raises SageError(NOT_FOUND) for a missing or foreign one."""
        ...

    async def half_removed(self, limit: int) -> list[Embedding]:
        """Of all workspaces: those whose removal began and did not end, `limit` at most."""
        ...

    async def created_before(self, before: Micros, limit: int) -> list[Embedding]:
        """Of all workspaces: the oldest `limit` of those that are older."""
        ...

    async def uses_frame_track(self, embedding: Embedding) -> bool:
        """Whether another embedding or a task under way needs the tracks that this one has."""
        ...

    async def remove(self, embedding: Embedding) -> None:
        """Removes the row, unless a task has made the embedding anew meanwhile."""
        ...


class Tasks(Protocol):
    """Where the tasks that made them are kept."""

    async def retire(
        self, workspace: str, embedding_id: str, *, etag: str, failure: Failure | None
    ) -> bool:
        """Marks the embedding and takes it from its task; False when there is none.

        failure: what is wrong with it; None when a user removes it. Raises
        SageError(ETAG_MISMATCH), and TASK_STATE_CONFLICT while the task makes it anew.
        """
        ...


class Objects(Protocol):
    """Where artifacts lie."""

    async def remove_under(self, prefix: str, *, keep: str = "") -> None:
        """Removes every object whose key begins with `prefix`, apart from those with `keep`.

        Raises SageError(DEPENDENCY_UNAVAILABLE); some may be gone then.
        """
        ...


class Removal:
    """Removes embeddings so that no step left undone is forgotten: the row goes last."""

    def __init__(self, embeddings: Embeddings, tasks: Tasks, objects: Objects) -> None:
        self._embeddings = embeddings
        self._tasks = tasks
        self._objects = objects

    async def delete(self, workspace: str, embedding_id: str, etag: str) -> None:
        """Removes an embedding for a user.

        Raises SageError(NOT_FOUND, ETAG_MISMATCH, TASK_STATE_CONFLICT), and
        DEPENDENCY_UNAVAILABLE when the store is away: the same call again finishes it, or else the
        next sweep.
        """
        if not await self._tasks.retire(workspace, embedding_id, etag=etag, failure=None):
            raise not_found(f"embeddings/{embedding_id}")
        try:
            embedding = await self._embeddings.get(workspace, embedding_id)
        except SageError as error:
            if error.reason_name != _NOT_FOUND:
                raise
            # A sweep was faster.
            return
        await self._remove(embedding)

    async def finish_begun(self, limit: int) -> int:
        """Finishes what was begun by a process that died; answers with how many there were.

        limit: how many at most. Raises SageError(DEPENDENCY_UNAVAILABLE).
        """
        begun = await self._embeddings.half_removed(limit)
        for embedding in begun:
            await self._remove(embedding)
        return len(begun)

    async def expire(self, before: Micros, limit: int) -> int:
        """Removes what was made before a moment, as its owner would; answers with how many.

        limit: how many at most. Raises SageError(DEPENDENCY_UNAVAILABLE).
        """
        removed = 0
        for embedding in await self._embeddings.created_before(before, limit):
            try:
                await self.delete(embedding.workspace, embedding.id, embedding.etag)
            except SageError as error:
                if error.reason_name not in _CHANGED_MEANWHILE:
                    raise
                continue
            removed += 1
        return removed

    async def damaged(self, embedding: Embedding, key: str, failure: Failure) -> None:
        """Sees to it that the next task for the same work makes the embedding anew.

        key: of the artifact that cannot be read. Raises SageError(DEPENDENCY_UNAVAILABLE).
        """
        log.warning("embedding_damaged", embedding=embedding.name, key=key, error=failure.message)
        try:
            await self._tasks.retire(
                embedding.workspace, embedding.id, etag=embedding.etag, failure=failure
            )
        except SageError as error:
            # It is being made anew already, or was.
            log.info("embedding_replaced", embedding=embedding.name, reason=error.reason_name)
            return
        if key in (embedding.frame_track_key, embedding.detail_track_key):
            # As long as both lie there, no task makes others.
            await self._objects.remove_under(key)

    async def _remove(self, embedding: Embedding) -> None:
        """All of an embedding that is marked."""
        await self._objects.remove_under(embedding_prefix(embedding.workspace, embedding.id))
        if embedding.frame_track_key and not await self._embeddings.uses_frame_track(embedding):
            await self._objects.remove_under(embedding.frame_track_key)
            # Whoever made it: another embedding may have come later than this one.
            await self._objects.remove_under(
                detail_track_key(embedding.workspace, embedding.sha256)
            )
        await self._embeddings.remove(embedding)
