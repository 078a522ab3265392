"""Tells everybody who waits that a row has changed: in this process, and on other replicas.

Whoever changes such rows does so through `committed`, which announces what was committed: no
caller's cancellation comes between the two. On one machine announcing is a function call; with
PostgreSQL the transaction itself carries a NOTIFY, which reaches every replica that listens. An
announcement says where to look, never what is there, so a doubled one does no harm, and a lost one
only delays: who waits looks by itself every few seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg  # type: ignore[import-untyped]
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.servicekit.background import end
from services.servicekit.database import transaction
from services.servicekit.uninterrupted import uninterrupted

log = structlog.get_logger()

_RECONNECT_SECONDS = 1.0
_PROBE_SECONDS = 15.0

# Called with a workspace and the new state of one of its rows; with None for "look at everything".
Listener = Callable[[str | None, str | None], None]

Answer = TypeVar("Answer")


class Change:
    """A transaction that changes rows, and what is to be said of it.

    channel: where PostgreSQL's NOTIFY says it; None when there are no other replicas.
    """

    def __init__(self, connection: AsyncConnection, channel: str | None) -> None:
        self.connection = connection
        self.told: list[tuple[str, str]] = []
        self._channel = channel

    async def tell(self, workspace: str, state: str) -> None:
        """A row of the workspace comes into this state when the transaction is committed."""
        self.told.append((workspace, state))
        if self._channel is not None:
            await self.connection.execute(
                text("SELECT pg_notify(:channel, :payload)"),
                {"channel": self._channel, "payload": f"{workspace} {state}"},
            )


class Announcements:
    """Listeners of this process, and the wire to other replicas where there is one.

    channel: of PostgreSQL's NOTIFY; one for each kind of row.
    """

    def __init__(self, engine: AsyncEngine, channel: str) -> None:
        self._engine = engine
        self._channel = channel if engine.dialect.name == "postgresql" else None
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """Calls it on this event loop for each change from now on, one of another replica too."""
        self._listeners.append(listener)

    async def committed(self, work: Callable[[Change], Awaitable[Answer]]) -> Answer:
        """Does the work in a transaction and announces what it told.

        Cancelling the caller cuts off neither: it is raised when both are done. Raises what `work`
        does, then nothing has changed, and SageError as `transaction` does.
        """
        return await uninterrupted(self._committed(work))

    def announce(self, workspace: str | None, state: str | None) -> None:
        """Says it to the listeners of this process."""
        for listener in self._listeners:
            listener(workspace, state)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Hears other replicas for as long as the body runs."""
        if self._channel is None:
            yield
            return
        listening = asyncio.create_task(self._listen(self._channel), name=f"hears {self._channel}")
        try:
            yield
        finally:
            await end(listening)

    async def _committed(self, work: Callable[[Change], Awaitable[Answer]]) -> Answer:
        told: list[tuple[str, str]] = []
        try:
            async with transaction(self._engine) as connection:
                change = Change(connection, self._channel)
                told = change.told
                return await work(change)
        finally:
            # Even after an error: the commit may have been done when its answer was lost.
            for workspace, state in told:
                self.announce(workspace, state)

    async def _listen(self, channel: str) -> None:
        url = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                connection = await asyncpg.connect(url)
                try:
                    await connection.add_listener(channel, self._heard)
                    # What was said before we listened.
                    self.announce(None, None)
                    while True:
                        await asyncio.sleep(_PROBE_SECONDS)
                        await connection.execute("SELECT 1")
                finally:
                    connection.terminate()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("listening_broken", error=repr(error))
                await asyncio.sleep(_RECONNECT_SECONDS)

    def _heard(self, _connection: Any, _pid: int, _channel: str, payload: Any) -> None:
        workspace, _, state = str(payload).partition(" ")
        self.announce(workspace, state)
