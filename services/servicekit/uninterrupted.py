"""Work that a cancellation of its caller must not cut off in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")


async def uninterrupted(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Does all of the work, also when the caller is cancelled meanwhile.

    The caller's CancelledError is raised once the work is over, so that what follows it sees the
    work done. What the work itself raises comes through as it is. For short work only: nothing but
    its own end ends it.
    """
    working = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not working.done():
        try:
            await asyncio.wait([working])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        if not working.cancelled():
            working.exception()  # looked at, so that it is not reported as forgotten
        raise cancelled
    return working.result()
