"""Several calls at once, failing as one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

Result = TypeVar("Result")

# Fewer than a server lets one workspace have under way.
_AT_ONCE = 16


async def together(calls: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """The results in order. The first failure cancels the other calls and is raised by itself."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def in_turn(call: Coroutine[Any, Any, Result]) -> Result:
        async with turns:
            return await call

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(in_turn(call)) for call in calls]
    except BaseExceptionGroup as failures:
        raise _first(failures) from None
    return [task.result() for task in tasks]


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
