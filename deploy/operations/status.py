"""What whoever runs SAGE wants to know of its work: tasks, who holds which, and what is used up.

Read in the databases, and nothing is written there. Callers of the API see their own workspace; to
look over all of them takes the databases' passwords, not a token that could be stolen.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from deploy.operations.databases import SQLITE, Database
from deploy.operations.installation import Installation
from services.compare.adapters.schema import comparisons
from services.embed.adapters.schema import embeddings, rate_limits, tasks
from services.ingest.adapters.tables import proxies, uploads, videos

_MICROS = 1_000_000
_FINAL = ("SUCCEEDED", "FAILED", "CANCELLED")
_UNFINISHED = ("ACTIVE", "COMPLETING")
# Of each kind: what needs a look comes first.
_MOST = 50


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A table for people. title: what its rows are."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


async def status(installation: Installation) -> list[Listing]:
    """Every listing, of this moment. Raises OperationError, and what the databases raise."""
    databases = {each.service: each for each in installation.databases}
    async with _reading(databases["embed"]) as embed:
        found = [
            await _listed(embed, "Tasks by engine and state", _tasks_by_state()),
            await _listed(embed, "Leases: tasks that a worker holds", _leases()),
            await _listed(embed, "Waiting longest", _waiting()),
            await _listed(embed, "Failed last", _failed()),
            await _listed(embed, "Vendors' rate limits", _limits()),
            await _listed(embed, "Open tasks and embeddings of workspaces", _embed_quotas()),
        ]
    async with _reading(databases["ingest"]) as ingest:
        found += [
            await _listed(ingest, "Bytes and videos of workspaces", _stored()),
            await _listed(ingest, "Unfinished uploads of workspaces", _uploads()),
            await _listed(ingest, "Copies for browsers", _proxies()),
        ]
    async with _reading(databases["compare"]) as compare:
        found.append(await _listed(compare, "Comparisons that workspaces keep", _kept()))
    return found


def as_text(listing: Listing) -> str:
    """The listing with its columns under each other."""
    cells = [listing.columns, *(tuple(_shown(it) for it in row) for row in listing.rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(listing.columns))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
    return "\n".join([f"## {listing.title}", *lines, ""])


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


@asynccontextmanager
async def _reading(database: Database) -> AsyncIterator[AsyncConnection]:
    """A connection that cannot write."""
    database.require_file()
    if database.kind == SQLITE:
        # Or else a database that is not there would be made.
        url = f"sqlite+aiosqlite:///file:{database.url.database}?mode=ro&uri=true"
        engine = create_async_engine(url)
    else:
        url = database.url.set(drivername="postgresql+asyncpg").render_as_string(False)
        engine = create_async_engine(url, execution_options={"postgresql_readonly": True})
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


async def _listed(connection: AsyncConnection, title: str, query: Select[Any]) -> Listing:
    answer = await connection.execute(query)
    return Listing(
        title=title, columns=tuple(answer.keys()), rows=[tuple(row) for row in answer.all()]
    )


def _age(column: Any) -> Any:
    """Whole seconds since a column's moment."""
    return ((time.time_ns() // 1000 - column) // _MICROS).label("seconds")


def _tasks_by_state() -> Select[Any]:
    return (
        select(tasks.c.engine, tasks.c.state, func.count().label("tasks"))
        .group_by(tasks.c.engine, tasks.c.state)
        .order_by(tasks.c.engine, tasks.c.state)
    )


def _leases() -> Select[Any]:
    """beat: grows with each sign of life of the worker; two looks tell whether it lives."""
    return (
        select(
            tasks.c.owner.label("worker"),
            tasks.c.id.label("task"),
            tasks.c.workspace,
            tasks.c.engine,
            tasks.c.state,
            tasks.c.attempt,
            tasks.c.beat,
            tasks.c.progress,
        )
        .where(tasks.c.owner != "")
        .order_by(tasks.c.owner, tasks.c.id)
    )


def _waiting() -> Select[Any]:
    return (
        select(
            tasks.c.id.label("task"),
            tasks.c.workspace,
            tasks.c.engine,
            tasks.c.failures,
            tasks.c.stage,
            _age(tasks.c.created_at),
        )
        .where(tasks.c.state == "QUEUED")
        .order_by(tasks.c.created_at)
        .limit(_MOST)
    )


def _failed() -> Select[Any]:
    return (
        select(
            tasks.c.id.label("task"),
            tasks.c.workspace,
            tasks.c.engine,
            tasks.c.attempt,
            tasks.c.failure["reason"].as_string().label("reason"),
            _age(tasks.c.ended_at),
        )
        .where(tasks.c.state == "FAILED")
        .order_by(tasks.c.ended_at.desc())
        .limit(_MOST)
    )


def _limits() -> Select[Any]:
    left = (rate_limits.c.until - time.time_ns() // 1000) // _MICROS
    return select(rate_limits.c.workspace, rate_limits.c.vendor, left.label("seconds_left")).where(
        left > 0
    )


def _embed_quotas() -> Select[Any]:
    """Against SAGE_OPEN_TASKS."""
    made = (
        select(embeddings.c.workspace, func.count().label("embeddings"))
        .group_by(embeddings.c.workspace)
        .subquery()
    )
    is_open = func.sum(case((tasks.c.state.in_(_FINAL), 0), else_=1))
    return (
        select(
            tasks.c.workspace,
            is_open.label("open_tasks"),
            func.coalesce(func.max(made.c.embeddings), 0).label("embeddings"),
        )
        .outerjoin(made, made.c.workspace == tasks.c.workspace)
        .group_by(tasks.c.workspace)
        .order_by(is_open.desc(), tasks.c.workspace)
        .limit(_MOST)
    )


def _stored() -> Select[Any]:
    """Against SAGE_INGEST_WORKSPACE_BYTES. Videos with equal bytes share an object."""
    objects = (
        select(
            videos.c.workspace,
            func.max(videos.c.size_bytes).label("bytes"),
            func.count().label("videos"),
        )
        .group_by(videos.c.workspace, videos.c.object_key)
        .subquery()
    )
    stored = func.sum(objects.c.bytes)
    return (
        select(
            objects.c.workspace,
            stored.label("bytes"),
            func.sum(objects.c.videos).label("videos"),
        )
        .group_by(objects.c.workspace)
        .order_by(stored.desc(), objects.c.workspace)
        .limit(_MOST)
    )


def _uploads() -> Select[Any]:
    """Against SAGE_INGEST_OPEN_UPLOADS."""
    count = func.count()
    return (
        select(
            uploads.c.workspace,
            count.label("uploads"),
            func.sum(uploads.c.size_bytes).label("announced_bytes"),
        )
        .where(uploads.c.state.in_(_UNFINISHED))
        .group_by(uploads.c.workspace)
        .order_by(count.desc(), uploads.c.workspace)
        .limit(_MOST)
    )


def _proxies() -> Select[Any]:
    return (
        select(proxies.c.state, func.count().label("copies"))
        .group_by(proxies.c.state)
        .order_by(proxies.c.state)
    )


def _kept() -> Select[Any]:
    """Against SAGE_COMPARE_KEPT."""
    count = func.count()
    return (
        select(comparisons.c.workspace, count.label("comparisons"))
        .where(~comparisons.c.deleted)
        .group_by(comparisons.c.workspace)
        .order_by(count.desc(), comparisons.c.workspace)
        .limit(_MOST)
    )
