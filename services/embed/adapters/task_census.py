"""How many tasks wait and run, over all workspaces."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.embed.adapters import schema
from services.embed.clock import SYSTEM, Clocks
from services.embed.tasks.task_state import ACTIVE, SECOND, State
from services.servicekit.database import transaction

_tasks = schema.tasks


@dataclass(frozen=True, kw_only=True)
class Count:
    """Tasks of one engine in one state. oldest: seconds since the first of them was created."""

    engine: str
    state: State
    tasks: int
    oldest: float


class TaskCensus:
    """Counts rows of the tasks table."""

    def __init__(self, engine: AsyncEngine, clocks: Clocks = SYSTEM) -> None:
        self._engine = engine
        self._clocks = clocks

    async def counts(self) -> Collection[Count]:
        """Of every engine and state that has tasks and is not final."""
        query = (
            select(
                _tasks.c.engine,
                _tasks.c.state,
                func.count().label("tasks"),
                func.min(_tasks.c.created_at).label("first"),
            )
            .where(_tasks.c.state.in_((State.QUEUED, *ACTIVE)))
            .group_by(_tasks.c.engine, _tasks.c.state)
        )
        now = self._clocks.now()
        async with transaction(self._engine, read_only=True) as connection:
            return [
                Count(
                    engine=row.engine,
                    state=State(row.state),
                    tasks=row.tasks,
                    oldest=max(0.0, (now - row.first) / SECOND),
                )
                for row in await connection.execute(query)
            ]
