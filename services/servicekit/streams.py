"""Long streams that end by themselves when the service stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Protocol, TypeVar

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError

Item = TypeVar("Item")


class Ending(Protocol):
    """Something that begins at some time."""

    async def wait(self) -> object:
        """Returns once it has begun, whatever it answers."""
        ...


async def until(ending: Ending, items: AsyncGenerator[Item, None]) -> AsyncIterator[Item]:
    """Passes items on, and raises SageError(SHUTTING_DOWN) once `ending` has begun."""
    ended = asyncio.ensure_future(ending.wait())
    step: asyncio.Future[Item] | None = None
    try:
        while True:
            step = asyncio.ensure_future(anext(items))
            await asyncio.wait([ended, step], return_when=asyncio.FIRST_COMPLETED)
            if not step.done():
                raise SageError(
                    ErrorReason.ERROR_REASON_SHUTTING_DOWN,
                    "The server is being restarted. Watch again; nothing is lost.",
                    retry_after=1.0,
                )
            try:
                item = step.result()
            except StopAsyncIteration:
                return
            yield item
    finally:
        ended.cancel()
        if step is not None and not step.done():
            step.cancel()
            await asyncio.wait([step])
        await items.aclose()
