from __future__ import annotations

import asyncio
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit import database
from services.servicekit.errors import SageError
from services.servicekit.state import StateError

ENV = """
from alembic import context
context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
"""
FIRST = """
from alembic import op
import sqlalchemy as sa
revision, down_revision = "1", None
def upgrade():
    op.create_table("counters", sa.Column("name", sa.String, primary_key=True),
                    sa.Column("value", sa.Integer, nullable=False))
    op.execute("INSERT INTO counters VALUES ('c', 0)")
"""


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text(ENV)
    (folder / "versions" / "first.py").write_text(FIRST)
    return folder


async def count(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(text("SELECT value FROM counters"))).scalar_one())


async def count_in_transaction(engine: AsyncEngine) -> int:
    async with database.transaction(engine) as connection:
        return int((await connection.execute(text("SELECT value FROM counters"))).scalar_one())


def join_threads_of_sqlite() -> None:
    """The driver doesn't wait for the thread of a connection that could not be opened, which may
    then miss its event loop."""
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            thread.join()


async def test_migrations_run_once_whoever_comes_first(tmp_path: Path, migrations: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/state/db"

    async def start() -> int:
        async with database.open_database(url, migrations) as engine:
            return await count(engine)

    assert await asyncio.gather(*(start() for _ in range(4))) == [0, 0, 0, 0]


async def test_read_then_write_never_fails_as_locked(tmp_path: Path, migrations: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/db"
    async with database.open_database(url, migrations) as engine:

        async def increment() -> None:
            async with engine.begin() as connection:
                row = await connection.execute(text("SELECT value FROM counters"))
                value = int(row.scalar_one())
                await connection.execute(text("UPDATE counters SET value = :v"), {"v": value + 1})

        await asyncio.gather(*(increment() for _ in range(50)))
        assert await count(engine) == 50


@pytest.mark.parametrize("url", ["postgresql://u@h/d", "postgresql+asyncpg://u@h/d"])
async def test_postgresql_urls_use_the_asynchronous_driver(url: str) -> None:
    engine = database.create_engine(url)
    assert engine.url.drivername == "postgresql+asyncpg"
    await engine.dispose()


@pytest.mark.parametrize("scheme", ["postgresql", "sqlite"])
async def test_a_database_that_is_away_is_an_unavailable_dependency(
    tmp_path: Path, scheme: str
) -> None:
    if scheme == "sqlite":
        (tmp_path / "folder").mkdir()
        url = f"sqlite:///{tmp_path}/folder"
    else:
        # Bound and not listening: whoever connects is refused.
        url = "postgresql://sage@127.0.0.1:{port}/none"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        engine = database.create_engine(url.format(port=closed.getsockname()[1]))
        with pytest.raises(SageError) as caught:
            async with database.transaction(engine) as connection:
                await connection.execute(text("SELECT 1"))
        await engine.dispose()
    await asyncio.to_thread(join_threads_of_sqlite)
    assert caught.value.reason == ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE
    assert caught.value.retry_after


async def test_a_call_that_is_cancelled_before_its_rows_came_leaves_no_lock(
    tmp_path: Path, migrations: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queried = asyncio.Event()

    async def hang(_: aiosqlite.Cursor) -> Iterable[sqlite3.Row]:
        queried.set()
        return await asyncio.Future[Iterable[sqlite3.Row]]()

    async with database.open_database(f"sqlite:///{tmp_path}/x.sqlite", migrations) as engine:
        with monkeypatch.context() as patched:
            patched.setattr(aiosqlite.Cursor, "fetchall", hang)
            call = asyncio.create_task(count_in_transaction(engine))
            await queried.wait()
            call.cancel()
            # The traceback, which is kept, refers to the statement.
            with pytest.raises(asyncio.CancelledError) as cancelled:
                await call
        async with asyncio.timeout(5):
            assert await count_in_transaction(engine) == 0
        assert cancelled.tb is not None


async def test_who_only_reads_waits_for_no_writer(tmp_path: Path, migrations: Path) -> None:
    async with database.open_database(f"sqlite:///{tmp_path}/x.sqlite", migrations) as engine:
        async with database.transaction(engine) as writer:
            await writer.execute(text("UPDATE counters SET value = 1"))
            async with asyncio.timeout(5), database.transaction(engine, read_only=True) as reader:
                before = (await reader.execute(text("SELECT value FROM counters"))).scalar_one()
        assert before == 0
        assert await count(engine) == 1


async def test_a_statement_that_is_to_blame_is_not_the_databases_absence(
    tmp_path: Path, migrations: Path
) -> None:
    async with database.open_database(f"sqlite:///{tmp_path}/x.sqlite", migrations) as engine:
        with pytest.raises(IntegrityError):
            async with database.transaction(engine) as connection:
                await connection.execute(text("INSERT INTO counters VALUES ('c', 1)"))
        assert await count(engine) == 0


def noise(file: Path) -> None:
    file.write_bytes(b"\x17" * 8192)


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


def scribbled_on(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096:12288] = b"\x2a" * 8192
    file.write_bytes(content)


@pytest.mark.parametrize("damage", [noise, cut_off, scribbled_on])
async def test_a_damaged_database_is_refused_in_a_sentence_with_the_file(
    tmp_path: Path, migrations: Path, damage: Callable[[Path], None]
) -> None:
    file = tmp_path / "x.sqlite"
    async with database.open_database(f"sqlite:///{file}", migrations):
        pass
    damage(file)
    damaged = file.read_bytes()

    with pytest.raises(StateError, match=rf"^The database {file} is damaged \(.*\)\. Restore it"):
        async with database.open_database(f"sqlite:///{file}", migrations):
            pass
    assert file.read_bytes() == damaged


async def refuse() -> None:
    raise StateError("There are objects of an earlier one.")


async def test_a_database_that_holds_nothing_is_asked_about_before_it_is_touched(
    tmp_path: Path, migrations: Path
) -> None:
    file = tmp_path / "x.sqlite"
    url = f"sqlite:///{file}"
    for before in (False, True):
        if before:
            file.touch()
        with pytest.raises(StateError, match="earlier"):
            async with database.open_database(url, migrations, before_first_use=refuse):
                pass
        assert file.exists() == before
    async with database.open_database(url, migrations):
        pass
    async with database.open_database(url, migrations, before_first_use=refuse) as engine:
        assert await count(engine) == 0


async def test_damage_that_shows_later_is_not_worth_another_try(
    tmp_path: Path, migrations: Path
) -> None:
    file = tmp_path / "x.sqlite"
    async with database.open_database(f"sqlite:///{file}", migrations):
        pass
    noise(file)
    engine = database.create_engine(f"sqlite:///{file}")
    with pytest.raises(SageError) as caught:
        async with database.transaction(engine) as connection:
            await connection.execute(text("SELECT * FROM counters"))
    await engine.dispose()
    await asyncio.to_thread(join_threads_of_sqlite)

    assert caught.value.reason == ErrorReason.ERROR_REASON_DATABASE_DAMAGED
    assert caught.value.retry_after is None
