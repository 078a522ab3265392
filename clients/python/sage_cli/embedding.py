"""Embedding videos and following the tasks that do it, all through one stream.

The stream tells of every change at once. When it is silent for a while the tasks are read one by
one besides: a message that got lost on the way delays, and is not waited for without end.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing

from grpc import StatusCode, aio

from sage.embed.v1.embed_pb2 import (
    CreateEmbeddingTaskRequest,
    EmbeddingTask,
    GetEmbeddingTaskRequest,
    RetryEmbeddingTaskRequest,
    WatchEmbeddingTasksRequest,
    WatchEmbeddingTasksResponse,
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
# How long no news is taken for good news.
_SILENCE_SECONDS = 15.0

_Stream = aio.UnaryStreamCall[WatchEmbeddingTasksRequest, WatchEmbeddingTasksResponse]


def state_name(task: EmbeddingTask) -> str:
    """`processing`."""
    return EmbeddingTask.State.Name(task.state).removeprefix("STATE_").lower()


async def start(sage: SageClient, video: str, engine: str) -> EmbeddingTask:
    """The task that embeds a video: the one that is there, started again if it had failed."""
    task = await sage.outage.wait_out(
        lambda: sage.embed.CreateEmbeddingTask(
            CreateEmbeddingTaskRequest(video=video, engine=engine),
            metadata=sage.metadata,
            timeout=SHORT,
        )
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
    """The present state of tasks, then every change, without end.

    A dropped connection is opened again and goes on where it was. A silent one is not believed:
    the tasks are read besides, and a state that the stream did not tell comes from there.
    """
    revision = 0
    told: dict[str, int] = {}
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while True:
        stream = sage.embed.WatchEmbeddingTasks(
            WatchEmbeddingTasksRequest(names=names, after_revision=revision),
            metadata=sage.metadata,
        )
        try:
            async with aclosing(_messages(stream)) as messages:
                async for message in messages:
                    give_up = time.monotonic() + _PATIENCE_SECONDS
                    if message is not None:
                        revision = max(revision, message.revision)
                        tasks = list(message.embedding_tasks)
                    else:
                        tasks = [await _read(sage, name) for name in names]
                        tasks = [task for task in tasks if task.revision > told.get(task.name, -1)]
                    for task in tasks:
                        told[task.name] = task.revision
                        yield task
        except aio.AioRpcError as error:
            late = error.code() is StatusCode.DEADLINE_EXCEEDED
            if not (late or connection_lost(error)) or time.monotonic() > give_up:
                raise
        finally:
            stream.cancel()
        await asyncio.sleep(_PAUSE_SECONDS)


async def _messages(stream: _Stream) -> AsyncGenerator[WatchEmbeddingTasksResponse | None]:
    """The messages of a stream until it ends, and None whenever none told of a task for a while."""
    heard = time.monotonic()
    reading = asyncio.ensure_future(stream.read())
    try:
        while True:
            left = max(heard + _SILENCE_SECONDS - time.monotonic(), 0.0)
            await asyncio.wait([reading], timeout=left)
            if not reading.done():
                heard = time.monotonic()
                yield None
                continue
            message = reading.result()
            if not isinstance(message, WatchEmbeddingTasksResponse):  # the end of the stream
                return
            if message.embedding_tasks:
                heard = time.monotonic()
            yield message
            reading = asyncio.ensure_future(stream.read())
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _read(sage: SageClient, name: str) -> EmbeddingTask:
    return await sage.embed.GetEmbeddingTask(
        GetEmbeddingTaskRequest(name=name), metadata=sage.metadata, timeout=SHORT
    )


def _show(task: EmbeddingTask, line: Line) -> None:
    stage = "waiting for a worker" if task.state == EmbeddingTask.STATE_QUEUED else "embedding"
    line.update(stage, task.progress)


def _failed(task: EmbeddingTask) -> Failure:
    who = task.video_display_name or task.video
    if task.state == EmbeddingTask.STATE_CANCELLED:
        return Failure(f"{who}: the embedding was cancelled ({task.name}).")
    reason = status_reason(task.error)
    return Failure(f"{who}: {task.error.message} ({reason or 'FAILED'})")
