"""A clock that stands still, and death in the middle of things.

`Mortal` counts the calls of one or several of what ingest depends on and dies at a chosen one,
before or after it has done its work, as a process may.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 1, 1, tzinfo=UTC)


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START
        self._passed = 0.0

    def monotonic(self) -> float:
        """Seconds, whatever the wall clock is set to."""
        return self._passed

    def jump(self, time: timedelta) -> None:
        """Somebody sets the wall clock."""
        self.now += time

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time
        self._passed += time.total_seconds()


class Died(Exception):
    """The process ended here."""


class Mortal:
    """Passes calls on to what it wraps, until the fatal one.

    calls_left: shared by everything that dies together. after: whether the fatal call's work is
    still done.
    """

    def __init__(self, wrapped: Any, calls_left: list[int], *, after: bool) -> None:
        self._wrapped = wrapped
        self._calls_left = calls_left
        self._after = after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._wrapped, name)

        async def call(*arguments: Any, **options: Any) -> Any:
            self._calls_left[0] -= 1
            if self._calls_left[0] < 0:
                raise Died
            if self._calls_left[0] == 0:
                if self._after:
                    await method(*arguments, **options)
                raise Died
            return await method(*arguments, **options)

        return call
