"""A service's database: SQLite on one machine, PostgreSQL at scale, one code path.

Migrations are the service's own (Alembic, `services/<service>/migrations`) and run at start, under
a lock so that several replicas can start together.
"""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError

log = structlog.get_logger()

# Any number will do as long as every replica of every version uses the same one.
_MIGRATION_LOCK = 0x5A6E
_BUSY_TIMEOUT_MS = 10_000
_RETRY_SECONDS = 2.0
# As SQLite and PostgreSQL say it.
_FULL_MESSAGES = ("database or disk is full", "no space left on device", "disk full")
# What a statement is to blame for, not the database.
_STATEMENT_ERRORS = (DataError, IntegrityError, ProgrammingError)
# A server that cannot be reached, or does not take us now, is not always told through SQLAlchemy.
_DATABASE_ERRORS = (
    DBAPIError,
    PoolTimeoutError,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
)


@asynccontextmanager
async def open_database(url: str, migrations: Path) -> AsyncIterator[AsyncEngine]:
    """Connects, brings the schema up to date, and disconnects at the end.

    url: `sqlite+aiosqlite:///file` or `postgresql+asyncpg://...`; `postgresql://` is taken too.
    """
    engine = create_engine(url)
    try:
        await migrate(engine, migrations)
        yield engine
    finally:
        await engine.dispose()


def create_engine(url: str) -> AsyncEngine:
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+asyncpg")
    if parsed.drivername == "sqlite":
        parsed = parsed.set(drivername="sqlite+aiosqlite")
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(parsed, pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(parsed)
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction, with the database's failures as errors that say what they mean.

    Raises SageError(DEPENDENCY_UNAVAILABLE or STORAGE_FULL); what a statement is to blame for comes
    through as it is.
    """
    try:
        async with engine.begin() as connection:
            yield connection
    except _STATEMENT_ERRORS:
        raise
    except _DATABASE_ERRORS as error:
        if any(words in str(error).lower() for words in _FULL_MESSAGES):
            raise SageError(
                ErrorReason.ERROR_REASON_STORAGE_FULL,
                "The disk of SAGE's database is full. Make room, then try again.",
            ) from error
        log.warning("database_failed", error=repr(error))
        raise SageError(
            ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
            "SAGE's database does not answer at the moment. Try again.",
            retry_after=_RETRY_SECONDS,
        ) from error


async def ping(engine: AsyncEngine) -> None:
    """Raises unless the database answers."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


async def migrate(engine: AsyncEngine, migrations: Path) -> None:
    """Brings the schema up to the newest migration. Safe to run from several processes at once."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        lock_file = Path(engine.url.database).with_suffix(".migrating")
        with lock_file.open("w") as lock:
            await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
            async with engine.connect() as connection:
                await connection.run_sync(_upgrade, migrations)
        return
    async with engine.connect() as connection:
        key = {"key": _MIGRATION_LOCK}
        await connection.execute(text("SELECT pg_advisory_lock(:key)"), key)
        try:
            await connection.run_sync(_upgrade, migrations)
        finally:
            await connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def _upgrade(connection: Connection, migrations: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    # The migrations' env.py runs on this connection instead of opening its own.
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def _configure_sqlite(connection: Any, _: object) -> None:
    # SQLAlchemy, not the driver, begins transactions (see _begin_immediate).
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    # A transaction that starts as a reader and then writes can fail at once with "locked";
    # one that takes the write lock first waits for its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
