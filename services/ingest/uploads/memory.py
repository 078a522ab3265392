"""A bound on the bytes that are in memory at once, and memory that is given back."""

from __future__ import annotations

import asyncio
import ctypes
from collections import deque
from contextlib import suppress

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError

_RETRY_SECONDS = 1.0
# The number of this parameter in glibc's malloc.h.
_MMAP_THRESHOLD = -3
_LARGE_BYTES = 1 << 20


def return_large_blocks() -> None:
    """Has large blocks given back to the system as soon as they are freed.

    glibc would learn from the first freed part to keep blocks of that size in its heaps, one for
    each thread, and the process would stay at its peak. Other C libraries have no such setting.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)


class Reservation:
    """Bytes taken from a budget; give them back exactly once."""

    def __init__(self, budget: MemoryBudget, size: int) -> None:
        self._budget = budget
        self._size = size

    def release(self) -> None:
        """Those who wait are served at once. A second time, it gives nothing back."""
        self._budget.give_back(self._size)
        self._size = 0


class MemoryBudget:
    """Bytes to be reserved before they are received; first come, first served.

    limit: bytes in all. patience: seconds that a caller waits for its turn, which slows its client
    down, before it is told to come back.
    """

    def __init__(self, limit: int, *, patience: float) -> None:
        self._free = limit
        self._limit = limit
        self._patience = patience
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def free(self) -> int:
        """In bytes, for metrics; whoever waits comes before a new caller."""
        return self._free

    async def reserve(self, size: int) -> Reservation:
        """Waits until `size` bytes are free and takes them.

        Raises SageError(OVERLOADED) when they do not become free in time.
        """
        size = min(size, self._limit)
        if self._waiting or size > self._free:
            await self._wait(size)
        else:
            self._free -= size
        return Reservation(self, size)

    def give_back(self, size: int) -> None:
        """size: in bytes, as it was reserved."""
        self._free += size
        self._admit()

    async def _wait(self, size: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        try:
            async with asyncio.timeout(self._patience):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():  # admitted in the very moment of giving up
                self.give_back(size)
            else:
                with suppress(ValueError):
                    self._waiting.remove((size, turn))
                self._admit()
            if isinstance(error, TimeoutError):
                raise SageError(
                    ErrorReason.ERROR_REASON_OVERLOADED,
                    "As many uploads are under way as the server takes. Try again in a moment.",
                    retry_after=_RETRY_SECONDS,
                ) from None
            raise

    def _admit(self) -> None:
        while self._waiting and self._waiting[0][0] <= self._free:
            size, turn = self._waiting.popleft()
            if not turn.done():
                self._free -= size
                turn.set_result(None)
