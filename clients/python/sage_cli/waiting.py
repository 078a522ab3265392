"""Waiting for a server that went away in the middle of a command."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
from grpc import StatusCode, aio

from sage_cli.failures import connection_lost

# How long a server that went away is waited for, in seconds; and the pauses between two tries, each
# twice as long as the one before.
PATIENCE_SECONDS = 90.0
_FIRST_PAUSE_SECONDS = 0.2
_MAX_PAUSE_SECONDS = 5.0

Answer = TypeVar("Answer")


class Outage:
    """Of one server: calls that wait for it at the same time say so in one line."""

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        """patience: how long a call waits, in seconds."""
        self._patience = patience
        self._waiting = 0

    async def wait_out(
        self, call: Callable[[], Awaitable[Answer]], *, or_too_slow: bool = False
    ) -> Answer:
        """The answer of a call that is safe to repeat, once the server is there again.

        or_too_slow: a call that ran into its time limit is repeated as well.
        Raises the last AioRpcError when the server stays away for too long, and any other at once.
        """
        try:
            return await call()
        except aio.AioRpcError as error:
            if not _may_repeat(error, or_too_slow=or_too_slow):
                raise
        if not self._waiting:
            click.echo(
                f"sage: the server went away; waiting for it, up to {self._patience:.0f} s",
                err=True,
            )
        self._waiting += 1
        try:
            return await self._repeated(call, or_too_slow=or_too_slow)
        finally:
            self._waiting -= 1

    async def _repeated(
        self, call: Callable[[], Awaitable[Answer]], *, or_too_slow: bool
    ) -> Answer:
        give_up = time.monotonic() + self._patience
        pause = _FIRST_PAUSE_SECONDS
        while True:
            await asyncio.sleep(pause)
            pause = min(2 * pause, _MAX_PAUSE_SECONDS)
            try:
                return await call()
            except aio.AioRpcError as error:
                again = _may_repeat(error, or_too_slow=or_too_slow)
                if not again or time.monotonic() > give_up:
                    raise


def _may_repeat(error: aio.AioRpcError, *, or_too_slow: bool) -> bool:
    too_slow = error.code() is StatusCode.DEADLINE_EXCEEDED
    return connection_lost(error) or (or_too_slow and too_slow)
