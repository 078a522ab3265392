"""The real queue on a real database, with replicas that work at it and clients that watch it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

import services.embed
from services.embed.adapters.task_queue import TaskQueue
from services.embed.adapters.task_store import TaskStore
from services.embed.tasks.task_state import (
    Task,
)
from services.servicekit.database import open_database
from services.servicekit.names import new_id
from services.servicekit.watch import Hub, Update
from tests.fixtures.clocks import Time

MIGRATIONS = Path(services.embed.__file__).parent / "migrations"
# A watcher that needs longer than this to be told has not been told.
PATIENCE_SECONDS = 20.0
# Nobody but announcements wakes the feeds.
NEVER = 3600.0

Answer = TypeVar("Answer")


class Tasks(TaskStore, TaskQueue):
    """Both sides of the table."""


class World:
    """A database and the loop that its connections belong to; outlives the examples."""

    def __init__(self, runner: asyncio.Runner, engine: AsyncEngine) -> None:
        self.runner = runner
        self.engine = engine
        self.numbers = itertools.count()

    def do(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self.runner.run(work)


@contextmanager
def opened(url: str) -> Iterator[World]:
    with asyncio.Runner() as runner:
        database = open_database(url, MIGRATIONS)
        engine = runner.run(database.__aenter__())
        try:
            yield World(runner, engine)
        finally:
            runner.run(database.__aexit__(None, None, None))


@dataclass
class Replica:
    """One process. Its death gives it another owner's name, and it has watched no lease yet.

    held: what it works on, as it last saw it.
    """

    tasks: Tasks
    time: Time
    owner: str = field(default_factory=new_id)
    held: dict[str, Task] = field(default_factory=dict)


class Viewer:
    """A client that follows the workspace."""

    def __init__(self, hub: Hub[Task], workspace: str, after: int) -> None:
        self.seen: dict[str, Task] = {}
        self._watch: AsyncGenerator[Update[Task], None] = hub.watch(
            workspace, (), after=after, silence=NEVER
        )
        self._following = asyncio.ensure_future(self._follow())
        self.told = asyncio.Event()

    async def _follow(self) -> None:
        async for update in self._watch:
            for task in update.rows:
                # What a watcher is told never goes back.
                assert task.revision >= getattr(self.seen.get(task.id), "revision", 0)
                self.seen[task.id] = task
            self.told.set()

    async def has_seen(self, tasks: list[Task]) -> None:
        """Waits until the newest state of each task has come."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while any(self.seen.get(task.id) != task for task in tasks):
                self.told.clear()
                await self.told.wait()

    async def leave(self) -> None:
        self._following.cancel()
        await asyncio.gather(self._following, return_exceptions=True)
        await self._watch.aclose()
