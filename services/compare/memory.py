"""How much memory the comparisons under way may take together.

A comparison reserves what it is expected to need before it loads anything, and waits until there is
room. What it really loads is charged as it arrives, since a video's stated length says little about
how many pictures it has. So whatever videos are compared, and however many at once, the service
stays within its limit.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError
from services.servicekit.settings import MIB

# Comparing takes about as much again as what it compares (measured: 0.8 times as much), and once
# more what it compares when a look is taken away from it.
_WORKING = 3
# Takes the number of bytes that were just loaded; raises when there is no room for them.
Charge = Callable[[int], None]

_RETRY_SECONDS = 5.0


class MemoryBudget:
    """Shares out a number of bytes, first come, first served.

    limit_bytes: for all comparisons together.
    waiting: how many may wait for room; more are refused.
    """

    def __init__(self, limit_bytes: int, *, waiting: int) -> None:
        self._limit = limit_bytes
        self._most_waiting = waiting
        self._taken = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def taken_bytes(self) -> int:
        """By all comparisons under way, charged or reserved."""
        return self._taken

    async def reserve(self, *, known: int, expected: int) -> Reservation:
        """Room for a comparison, once there is some.

        known: bytes that it loads for certain. expected: bytes that it is likely to load.
        Raises SageError: COMPARISON_TOO_LARGE when it can never fit, and OVERLOADED when too many
        wait already.
        """
        if _WORKING * known > self._limit:
            raise self._too_large(_WORKING * known)
        size = min(_WORKING * max(known, expected), self._limit)
        if not self._waiting and self._taken + size <= self._limit:
            self._taken += size
        else:
            await self._wait_for(size)
        return Reservation(self, size)

    async def _wait_for(self, size: int) -> None:
        if len(self._waiting) >= self._most_waiting:
            raise _no_room()
        admitted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (size, admitted)
        self._waiting.append(entry)
        try:
            await admitted
        except asyncio.CancelledError:
            if entry in self._waiting:
                self._waiting.remove(entry)
                self._admit()
            else:  # admitted and cancelled in the same moment
                self.give_back(size)
            raise

    def take(self, size: int, held: int) -> None:
        """`size` bytes more for a reservation that holds `held`, which must not wait for them:
        those that it waited for might be waiting for it.

        Raises SageError(COMPARISON_TOO_LARGE, OVERLOADED).
        """
        if held + size > self._limit:
            raise self._too_large(held + size)
        if self._taken + size > self._limit:
            raise _no_room()
        self._taken += size

    def give_back(self, size: int) -> None:
        """size: in bytes. Who waits is let in in turn, the first as soon as it fits."""
        self._taken -= size
        self._admit()

    def _admit(self) -> None:
        while self._waiting and self._taken + self._waiting[0][0] <= self._limit:
            size, admitted = self._waiting.popleft()
            self._taken += size
            if not admitted.done():  # else its caller has gone, and gives the room back itself
                admitted.set_result(None)

    def _too_large(self, size: int) -> SageError:
        return SageError(
            ErrorReason.ERROR_REASON_COMPARISON_TOO_LARGE,
            f"Comparing these videos takes at least {size / MIB:.0f} MiB of memory; this server "
            f"has {self._limit / MIB:.0f} MiB for it. Compare shorter videos, turn refinement off, "
            "or ask the operator to raise SAGE_COMPARE_MEMORY_BYTES.",
            metadata={"needed_bytes": str(size), "limit_bytes": str(self._limit)},
        )


class Reservation:
    """Some of the budget, held until it is released."""

    def __init__(self, budget: MemoryBudget, size: int) -> None:
        self._budget = budget
        self._size = size
        self._used = 0
        self._released = False

    def charge(self, size: int) -> None:
        """Counts bytes that are loaded, and takes more room when they exceed what is reserved.

        Raises SageError: COMPARISON_TOO_LARGE, or OVERLOADED when others take the room that is
        missing.
        """
        size *= _WORKING
        missing = self._used + size - self._size
        if missing > 0:
            self._budget.take(missing, self._size)
            self._size += missing
        self._used += size

    def settle(self, coming: int = 0) -> None:
        """Gives back what was expected but is not needed. coming: bytes that will be loaded yet."""
        unused = max(self._size - self._used - _WORKING * coming, 0)
        self._size -= unused
        self._budget.give_back(unused)

    def release(self) -> None:
        """Gives everything back. May be called more than once."""
        if not self._released:
            self._released = True
            self._budget.give_back(self._size)


def _no_room() -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_OVERLOADED,
        "Other comparisons take the memory that this one needs. Try again in a moment.",
        retry_after=_RETRY_SECONDS,
    )
