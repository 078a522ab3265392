"""Sessions that ended before their tokens expire: every service refuses them within seconds.

A token proves itself, so that no call waits for the service that issued it. What it cannot prove is
that its session still lasts. Embed, which knows, keeps a list of the sessions that ended early in
the object store (`revocation_list`); the services read it every few seconds. Nobody needs embed to
be up for that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager

import structlog

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError
from services.servicekit.identity import Identity, Scope, unauthenticated

log = structlog.get_logger()

INTERVAL_SECONDS = 2.0
# With an older list nobody knows any more whose session lasts.
_GOOD_FOR_SECONDS = 60.0
# Until the list was read once, nobody who has a session is let in.
_FIRST_INTERVAL_SECONDS = 0.2
# The list is small.
TIMEOUT_SECONDS = 5.0

ReadEnded = Callable[[], Awaitable[Collection[str]]]


class Revocations:
    """Refuses calls of ended sessions, and ends the calls that such a session has under way.

    read: the ids of the sessions that ended before their tokens do.
    clock: seconds that never jump.
    """

    def __init__(self, read: ReadEnded, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._ended: frozenset[str] = frozenset()
        self._read_at: float | None = None
        self._under_way: dict[str, set[asyncio.Timeout]] = {}

    @asynccontextmanager
    async def guarding(self, caller: Identity | None) -> AsyncIterator[None]:
        """Runs a call's body; raises SageError(UNAUTHENTICATED) when the session has ended or ends.

        Raises SageError(DEPENDENCY_UNAVAILABLE) when it is not known whether it has.
        """
        if caller is None or caller.scope is Scope.SERVICE:
            yield
            return
        self._check(caller)
        limit = asyncio.timeout(None)
        calls = self._under_way.setdefault(caller.session, set())
        calls.add(limit)
        try:
            async with limit:
                yield
        except TimeoutError:
            if limit.expired():
                raise _ended() from None
            raise
        finally:
            calls.discard(limit)
            if not calls and self._under_way.get(caller.session) is calls:
                del self._under_way[caller.session]

    async def refresh(self) -> None:
        """Reads the list once; when that fails, the one before holds for a while."""
        began = self._clock()
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                self._ended = frozenset(await self._read())
        except Exception as error:
            log.warning("revocations_not_read", error=repr(error))
            return
        self._read_at = began
        for session in self._ended & self._under_way.keys():
            for limit in self._under_way[session]:
                if limit.when() is None:  # not told to end yet
                    limit.reschedule(asyncio.get_running_loop().time())

    async def run(self) -> None:
        """Reads the list again and again, until it is cancelled."""
        while True:
            waiting = self._read_at is None
            await asyncio.sleep(_FIRST_INTERVAL_SECONDS if waiting else INTERVAL_SECONDS)
            await self.refresh()

    def _check(self, caller: Identity) -> None:
        if caller.session in self._ended:
            raise _ended()
        if self._read_at is None or self._clock() - self._read_at > _GOOD_FOR_SECONDS:
            raise SageError(
                ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                "Which sessions have ended cannot be read at the moment. Try again.",
                retry_after=INTERVAL_SECONDS,
            )


def _ended() -> SageError:
    return unauthenticated("The session has ended, or the API token was revoked: get a new one.")
