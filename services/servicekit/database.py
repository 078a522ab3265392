"""A service's database: SQLite on one machine, PostgreSQL at scale, one code path."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import structlog
from sqlalchemy import Connection, event, inspect, make_url, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit import tracing
from services.servicekit.errors import SageError
from services.servicekit.schema import migrate, require_schema, sqlite_file
from services.servicekit.sqlite_check import check_sqlite

log = structlog.get_logger()

# SQLAlchemy's name of the option; SQLite's transactions look at it too.
_READ_ONLY = "postgresql_readonly"
_BUSY_TIMEOUT_MS = 10_000
_RETRY_SECONDS = 2.0
_LOOK_SECONDS = 0.5
# How long a service that does not migrate waits for those who do.
_MIGRATION_PATIENCE = 60.0
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
    url: str,
    migrations: Path,
    *,
    migrating: bool = True,
    patience: float = _MIGRATION_PATIENCE,
    before_first_use: Callable[[], Awaitable[None]] | None = None,
) -> AsyncIterator[AsyncEngine]:
    """Connects to a database whose schema fits the code, and disconnects at the end.

    url: `sqlite+aiosqlite:///file` or `postgresql+asyncpg://...`; `postgresql://` is taken too.
    migrating: whether the schema is brought up to date; if not, it is waited for.
    patience: seconds of that.
    before_first_use: awaited before anything is written to a database that holds nothing yet; may
    refuse it.

    Raises StateError for a database that a person must see to, and what before_first_use raises.
    """
    engine = create_engine(url)
    try:
        if (file := sqlite_file(engine)) is not None:
            await asyncio.to_thread(check_sqlite, file)
        if migrating:
            if before_first_use is not None and await _is_new(engine):
                await before_first_use()
            await migrate(engine, migrations)
        else:
            await require_schema(engine, migrations, patience=patience)
        yield engine
    finally:
        await engine.dispose()


async def await_database(url: str, *, patience: float) -> None:
    """Returns when the database answers; raises its error when it has not for so many seconds."""
    engine = create_engine(url)
    deadline = time.monotonic() + patience
    try:
        while True:
            try:
                await ping(engine)
                return
            except _DATABASE_ERRORS as error:
                if time.monotonic() > deadline:
                    raise
                log.info("waiting_for_database", error=repr(error))
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        await engine.dispose()


def create_engine(url: str) -> AsyncEngine:
    """An engine for `sqlite:` and `postgresql:` URLs, with the asynchronous driver of each.

    Makes the folder of an SQLite file. The caller disposes of the engine.
    """
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
    engine = create_async_engine(parsed, connect_args={"factory": _SqliteConnection})
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    tracing.trace_database(engine)
    return engine


@asynccontextmanager
async def transaction(
    engine: AsyncEngine, *, read_only: bool = False
) -> AsyncIterator[AsyncConnection]:
    """A transaction, with the database's failures as errors that say what they mean.

    read_only: of one state of the database, for which it waits for no writer.

    Raises SageError(DEPENDENCY_UNAVAILABLE, STORAGE_FULL or DATABASE_DAMAGED); what a statement is
    to blame for comes through as it is.
    """
    if read_only:
        engine = engine.execution_options(**{_READ_ONLY: True})
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


async def _is_new(engine: AsyncEngine) -> bool:
    """Whether no service has ever used the database."""
    file = sqlite_file(engine)
    if file is not None and (not file.exists() or file.stat().st_size == 0):
        return True  # to connect would make the file
    async with engine.connect() as connection:
        return not await connection.run_sync(lambda it: inspect(it).has_table("alembic_version"))


class _SqliteConnection(sqlite3.Connection):
    """Gives up its transaction when it is closed.

    SQLite itself keeps a closed connection, with the write lock, for as long as anything still
    refers to a statement whose rows were not all fetched: when a call is cancelled between its
    query and its rows, the traceback does, and the database is locked until it is collected.
    """

    def close(self) -> None:
        with suppress(sqlite3.Error):  # closed before, or a database that fails: nothing to give up
            self.rollback()
        super().close()


def _configure_sqlite(connection: Any, _: object) -> None:
    # SQLAlchemy, not the driver, begins transactions (see _begin_sqlite).
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


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get(_READ_ONLY):
        connection.exec_driver_sql("BEGIN")
        return
    # A transaction that starts as a reader and then writes can fail at once with "locked";
    # one that takes the write lock first waits for its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
