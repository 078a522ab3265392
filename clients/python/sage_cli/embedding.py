"""Embedding videos and following the tasks that do it, all through one stream."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing

from grpc import aio

from sage.embed.v1.embed_pb2 import (
    CreateEmbeddingTaskRequest,
    EmbeddingTask,
    RetryEmbeddingTaskRequest,
    WatchEmbeddingTasksRequest,
)
from sage_cli.client import SHORT, SageClient
from sage_cli.failures import Failure, connection_lost, status_reason
from sage_cli.progress import Line

SUCCEEDED = EmbeddingTask.STATE_SUCCEEDED
_ENDED_BADLY = (EmbeddingTask.STATE_FAILED, EmbeddingTask.STATE_CANCELLED)
FINAL = (SUCCEEDED, *_ENDED_BADLY)
# How long a server that went away is waited for.
_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 1.0


def state_name(task: EmbeddingTask) -> str:
    """`processing`."""
    return EmbeddingTask.State.Name(task.state).removeprefix("STATE_").lower()


async def start(sage: SageClient, video: str, engine: str) -> EmbeddingTask:
    """The task that embeds a video: the one that is there, started again if it had failed."""
    task = await sage.embed.CreateEmbeddingTask(
        CreateEmbeddingTaskRequest(video=video, engine=engine),
        metadata=sage.metadata,
        timeout=SHORT,
    )
    if task.state in _ENDED_BADLY:
        task = await sage.embed.RetryEmbeddingTask(
            RetryEmbeddingTaskRequest(name=task.name), metadata=sage.metadata, timeout=SHORT
        )
    return task


async def finish(
    sage: SageClient, tasks: Sequence[EmbeddingTask], lines: Mapping[str, Line]
) -> dict[str, EmbeddingTask]:
    """Waits for tasks; the finished ones by name. lines: where each task's progress is shown.

    Raises Failure as soon as one of them fails or is cancelled.
    """
    done = {task.name: task for task in tasks if task.state == SUCCEEDED}
    waiting = sorted({task.name for task in tasks} - done.keys())
    if waiting:
        async with aclosing(watch(sage, waiting)) as changes:
            async for task in changes:
                _show(task, lines[task.name])
                if task.state in _ENDED_BADLY:
                    raise _failed(task)
                if task.state == SUCCEEDED:
                    done[task.name] = task
                if done.keys() >= set(waiting):
                    break
    for name in done:
        lines[name].update("embedded", 1.0)
    return done


async def watch(sage: SageClient, names: Sequence[str]) -> AsyncGenerator[EmbeddingTask]:
    """The present state of tasks (none named: of all), then every change, without end.

    A dropped connection is opened again and goes on where it was.
    """
    revision = 0
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while True:
        stream = sage.embed.WatchEmbeddingTasks(
            WatchEmbeddingTasksRequest(names=names, after_revision=revision),
            metadata=sage.metadata,
        )
        try:
            async for message in stream:
                give_up = time.monotonic() + _PATIENCE_SECONDS
                revision = max(revision, message.revision)
                for task in message.embedding_tasks:
                    yield task
        except aio.AioRpcError as error:
            if not connection_lost(error) or time.monotonic() > give_up:
                raise
        finally:
            stream.cancel()
        await asyncio.sleep(_PAUSE_SECONDS)


def _show(task: EmbeddingTask, line: Line) -> None:
    stage = "waiting for a worker" if task.state == EmbeddingTask.STATE_QUEUED else "embedding"
    line.update(stage, task.progress)


def _failed(task: EmbeddingTask) -> Failure:
    who = task.video_display_name or task.video
    if task.state == EmbeddingTask.STATE_CANCELLED:
        return Failure(f"{who}: the embedding was cancelled ({task.name}).")
    reason = status_reason(task.error)
    return Failure(f"{who}: {task.error.message} ({reason or 'FAILED'})")
