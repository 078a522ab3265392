"""Tells everybody who waits that a task has changed: in this process, and on other replicas.

A change is announced after its transaction. On one machine that is a function call; with PostgreSQL
the transaction itself carries a NOTIFY, which reaches every replica that listens. An announcement
says where to look, never what is there, so a lost or doubled one does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.embed.tasks.task_state import State
from services.servicekit.background import end

log = structlog.get_logger()

_CHANNEL = "sage_embed_tasks"
_RECONNECT_SECONDS = 1.0
_PROBE_SECONDS = 15.0

# Called with a workspace and the new state of one of its tasks; with None for "look at everything".
Listener = Callable[[str | None, State | None], None]


class Announcements:
    """Listeners of this process, and the wire to other replicas where there is one."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._shared = engine.dialect.name == "postgresql"
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def prepare(self, connection: AsyncConnection, workspace: str, state: State) -> None:
        """Within the transaction of a change: other replicas hear of it when it commits."""
        if self._shared:
            await connection.execute(
                text("SELECT pg_notify(:channel, :payload)"),
                {"channel": _CHANNEL, "payload": f"{workspace} {state}"},
            )

    def announce(self, workspace: str | None, state: State | None) -> None:
        """After the transaction of a change."""
        for listener in self._listeners:
            listener(workspace, state)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Hears other replicas for as long as the body runs."""
        if not self._shared:
            yield
            return
        listening = asyncio.create_task(self._listen(), name="announcements")
        try:
            yield
        finally:
            await end(listening)

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
