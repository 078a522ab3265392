"""Work that goes on beside the calls, and its certain end.

Every task of a service that outlives the function that started it belongs to the service's exit
stack: it has a name, its failure is logged, and at the end it is cancelled and awaited within a
bound, so that no task can hold up a stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

import structlog

log = structlog.get_logger()

_END_SECONDS = 2.0


def background(
    stack: AsyncExitStack,
    name: str,
    work: Coroutine[Any, Any, None],
    *,
    patience: float = 0.0,
) -> asyncio.Task[None]:
    """Starts `work` as a task that ends with the stack.

    name: of the task, for logs.
    patience: seconds that the task gets to end by itself, when it hears of the stop in another
    way, before it is cancelled.
    """
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_log_failure)
    stack.push_async_callback(end, task, patience=patience)
    return task


async def end(task: asyncio.Task[Any], *, patience: float = 0.0) -> None:
    """Cancels a task and waits for its end; one that refuses is logged by name and left behind.

    patience: seconds until it is cancelled. What the task raises is not raised here.
    """
    if patience and not task.done():
        await asyncio.wait({task}, timeout=patience)
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_END_SECONDS)
    if not task.done():
        log.warning("task_does_not_end", task=task.get_name(), seconds=patience + _END_SECONDS)


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("background_task_failed", task=task.get_name(), exc_info=error)
