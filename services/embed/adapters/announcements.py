"""Tells everybody who waits that a task has changed: in this process, and on other replicas.

Whoever changes tasks does so through `committed`, which announces what was committed: no caller's
cancellation comes between the two. On one machine announcing is a function call; with PostgreSQL
the transaction itself carries a NOTIFY, which reaches every replica that listens. An announcement
says where to look, never what is there, so a doubled one does no harm, and a lost one only delays:
who waits looks by itself every few seconds.
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

from services.embed.tasks.task_state import State
from services.servicekit.background import end
from services.servicekit.database import transaction
from services.servicekit.uninterrupted import uninterrupted

log = structlog.get_logger()

_CHANNEL = "sage_embed_tasks"
_RECONNECT_SECONDS = 1.0
_PROBE_SECONDS = 15.0

# Called with a workspace and the new state of one of its tasks; with None for "look at everything".
Listener = Callable[[str | None, State | None], None]

Answer = TypeVar("Answer")


class Change:
    """A transaction that changes tasks, and what is to be said of it."""

    def __init__(self, connection: AsyncConnection, *, shared: bool) -> None:
        self.connection = connection
        self.told: list[tuple[str, State]] = []
        self._shared = shared

    async def tell(self, workspace: str, state: State) -> None:
        """A task of the workspace comes into this state when the transaction is committed."""
        self.told.append((workspace, state))
        if self._shared:
            await self.connection.execute(
                text("SELECT pg_notify(:channel, :payload)"),
                {"channel": _CHANNEL, "payload": f"{workspace} {state}"},
            )


class Announcements:
    """Listeners of this process, and the wire to other replicas where there is one."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._shared = engine.dialect.name == "postgresql"
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def committed(self, work: Callable[[Change], Awaitable[Answer]]) -> Answer:
        """Does the work in a transaction and announces what it told.

        Cancelling the caller cuts off neither: it is raised when both are done. Raises what `work`
        does, then nothing has changed, and SageError as `transaction` does.
        """
        return await uninterrupted(self._committed(work))

    def announce(self, workspace: str | None, state: State | None) -> None:
        """Says it to the listeners of this process."""
        for listener in self._listeners:
            listener(workspace, state)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Hears other replicas for as long as the body runs."""
        if not self._shared:
            yield
            return
        listening = asyncio.create_task(self._listen(), name="embed: hears other replicas")
        try:
            yield
        finally:
            await end(listening)

    async def _committed(self, work: Callable[[Change], Awaitable[Answer]]) -> Answer:
        told: list[tuple[str, State]] = []
        try:
            async with transaction(self._engine) as connection:
                change = Change(connection, shared=self._shared)
                told = change.told
                return await work(change)
        finally:
            # Even after an error: the commit may have been done when its answer was lost.
            for workspace, state in told:
                self.announce(workspace, state)

    async def _listen(self) -> None:
        url = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                connection = await asyncpg.connect(url)
                try:
                    await connection.add_listener(_CHANNEL, self._heard)
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
        self.announce(workspace, State(state))
