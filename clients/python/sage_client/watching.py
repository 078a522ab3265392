"""What a watch of embedding tasks has told, so that a dropped one goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sage.embed.v1.embed_pb2 import (
    EmbeddingTask,
    WatchEmbeddingTasksRequest,
    WatchEmbeddingTasksResponse,
)

_ENDED_BADLY = (EmbeddingTask.STATE_FAILED, EmbeddingTask.STATE_CANCELLED)


class EmbeddingFailed(Exception):
    """A task failed or was cancelled; its message is for people."""

    def __init__(self, task: EmbeddingTask) -> None:
        super().__init__(f"{task.video_display_name}: {task.error.message or task.stage}")
        self.task = task


def ended_badly(task: EmbeddingTask) -> bool:
    return task.state in _ENDED_BADLY


class Watch:
    """The tasks that are waited for."""

    def __init__(self, tasks: Iterable[EmbeddingTask]) -> None:
        self._names = sorted({task.name for task in tasks})
        self._waiting = set(self._names)
        self._revision = 0

    @property
    def done(self) -> bool:
        return not self._waiting

    def request(self) -> WatchEmbeddingTasksRequest:
        """Asks for what has changed since the last message."""
        return WatchEmbeddingTasksRequest(names=self._names, after_revision=self._revision)

    def hear(
        self, message: WatchEmbeddingTasksResponse, progress: Callable[[EmbeddingTask], None]
    ) -> None:
        """Tells `progress` of every task that changed. Raises EmbeddingFailed."""
        self._revision = max(self._revision, message.revision)
        for task in message.embedding_tasks:
            progress(task)
            if ended_badly(task):
                raise EmbeddingFailed(task)
            if task.state == EmbeddingTask.STATE_SUCCEEDED:
                self._waiting.discard(task.name)
