"""A service's database: SQLite on one machine, PostgreSQL at scale, one code path.

Migrations are the service's own (Alembic, `services/<service>/migrations`) and run at start, under
a lock so that several replicas can start together.
"""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import structlog
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, event, inspect, make_url, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit import tracing
from services.servicekit.errors import SageError
from services.servicekit.sqlite_check import check_sqlite
from services.servicekit.state import StateError

log = structlog.get_logger()

# Any number will do as long as every replica of every version uses the same one.
_MIGRATION_LOCK = 0x5A6E
_BUSY_TIMEOUT_MS = 10_000
_RETRY_SECONDS = 2.0
# As SQLite and PostgreSQL say it.
_FULL_MESSAGES = ("database or disk is full", "no space left on device", "disk full")
_DAMAGED_MESSAGES = (
    "disk image is malformed",
    "malformed database schema",
    "file is not a database",
    "invalid page in block",
)
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
async def open_database(
    url: str, migrations: Path, *, before_first_use: Callable[[], Awaitable[None]] | None = None
) -> AsyncIterator[AsyncEngine]:
    """Connects, brings the schema up to date, and disconnects at the end.

    url: `sqlite+aiosqlite:///file` or `postgresql+asyncpg://...`; `postgresql://` is taken too.
    before_first_use: awaited before anything is written to a database that holds nothing yet; may
    refuse it.

    Raises StateError for a database that a person must see to, and what before_first_use raises.
    """
    engine = create_engine(url)
    try:
        if (file := _sqlite_file(engine)) is not None:
            await asyncio.to_thread(check_sqlite, file)
        if before_first_use is not None and await _is_new(engine):
            await before_first_use()
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
        engine = create_async_engine(parsed, pool_pre_ping=True)
        tracing.trace_database(engine)
        return engine
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(parsed)
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    tracing.trace_database(engine)
    return engine


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction, with the database's failures as errors that say what they mean.

    Raises SageError(DEPENDENCY_UNAVAILABLE, STORAGE_FULL or DATABASE_DAMAGED); what a statement is
    to blame for comes through as it is.
    """
    try:
        async with engine.begin() as connection:
            yield connection
    except _STATEMENT_ERRORS:
        raise
    except _DATABASE_ERRORS as error:
        told = str(error).lower()
        if any(words in told for words in _DAMAGED_MESSAGES):
            log.error("database_damaged", error=repr(error))
            raise SageError(
                ErrorReason.ERROR_REASON_DATABASE_DAMAGED,
                "SAGE's database is damaged; trying again is of no use. Whoever runs SAGE must "
                "stop it and restore the database from a backup.",
            ) from error
        if any(words in told for words in _FULL_MESSAGES):
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
    if (file := _sqlite_file(engine)) is not None:
        with file.with_suffix(".migrating").open("w") as lock:
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


def _sqlite_file(engine: AsyncEngine) -> Path | None:
    if engine.dialect.name != "sqlite" or engine.url.database in (None, "", ":memory:"):
        return None
    return Path(str(engine.url.database)).resolve()


async def _is_new(engine: AsyncEngine) -> bool:
    """Whether no service has ever used the database."""
    file = _sqlite_file(engine)
    if file is not None and (not file.exists() or file.stat().st_size == 0):
        return True  # to connect would make the file
    async with engine.connect() as connection:
        return not await connection.run_sync(lambda it: inspect(it).has_table("alembic_version"))


def _upgrade(connection: Connection, migrations: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    # The migrations' env.py runs on this connection instead of opening its own.
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StateError(
            f"The database {connection.engine.url!r} does not fit this version of SAGE ({error}). "
            "Start the version that used it last, or restore the backup from before its upgrade."
        ) from error
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
