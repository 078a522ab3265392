"""A watch of embedding tasks that can go on."""

from __future__ import annotations

import pytest
from google.rpc.status_pb2 import Status

from sage.embed.v1.embed_pb2 import EmbeddingTask, WatchEmbeddingTasksResponse
from sage_client.watching import EmbeddingFailed, Watch


def task(name: str, state: EmbeddingTask.State.ValueType, error: str = "") -> EmbeddingTask:
    return EmbeddingTask(
        name=f"embeddingTasks/{name}",
        state=state,
        video_display_name="cut.mp4",
        error=Status(message=error) if error else None,
    )


A, B = (task(name, EmbeddingTask.STATE_QUEUED) for name in "ab")


def test_a_dropped_watch_asks_for_what_came_after_the_last_message() -> None:
    watch = Watch([A, B, A])
    assert list(watch.request().names) == ["embeddingTasks/a", "embeddingTasks/b"]
    assert watch.request().after_revision == 0
    watch.hear(WatchEmbeddingTasksResponse(revision=7), lambda task: None)
    assert watch.request().after_revision == 7


def test_it_is_done_when_every_task_has_succeeded() -> None:
    watch = Watch([A, B])
    told: list[str] = []
    for name in "ab":
        assert not watch.done
        done = task(name, EmbeddingTask.STATE_SUCCEEDED)
        message = WatchEmbeddingTasksResponse(embedding_tasks=[done])
        watch.hear(message, lambda task: told.append(task.name))
    assert watch.done
    assert told == ["embeddingTasks/a", "embeddingTasks/b"]


def test_a_failed_task_says_why() -> None:
    failed = task("a", EmbeddingTask.STATE_FAILED, "The file is damaged.")
    message = WatchEmbeddingTasksResponse(embedding_tasks=[failed])
    with pytest.raises(EmbeddingFailed, match=r"cut\.mp4: The file is damaged\."):
        Watch([A]).hear(message, lambda task: None)
