"""Upgrades with the previous release at work: what only expands a schema takes nothing away.

The laws hold for every migration that says `expands`, whoever writes the next one.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    Table,
    insert,
    select,
    types,
)
from sqlalchemy.ext.asyncio import AsyncEngine

import services
from services.servicekit.database import create_engine, open_database
from services.servicekit.schema import readers
from services.servicekit.state import StateError
from tests.integration.postgres import Postgres, start_postgres

SERVICES = {
    name: Path(services.__file__).parent / name / "migrations"
    for name in ("ingest", "embed", "compare")
}
OURS = {"alembic_version", "schema_readers"}
MANY_ROWS = 20


def scripts(service: str) -> ScriptDirectory:
    return ScriptDirectory(str(SERVICES[service]))


def earlier_readers() -> Iterator[tuple[str, str]]:
    """Each service with a revision whose code may work on the newest schema."""
    for service in SERVICES:
        for revision in readers(scripts(service))[1:]:
            yield service, revision


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with start_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/x.sqlite"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.create_database(f"db{abs(hash(tmp_path))}")


@asynccontextmanager
async def database_at(url: str, service: str, revision: str) -> Any:
    """The database as that revision made it, left alone by everything later."""

    def upgrade(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(SERVICES[service]))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()

    engine = create_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(upgrade)
        yield engine
    finally:
        await engine.dispose()


async def tables_now(engine: AsyncEngine) -> Sequence[Table]:
    metadata = MetaData()
    async with engine.connect() as connection:
        await connection.run_sync(metadata.reflect)
    return [each for each in metadata.sorted_tables if each.name not in OURS]


def made_up(column: Column[Any], number: int) -> Any:
    kind = column.type
    if isinstance(kind, JSON):
        return {}
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, LargeBinary):
        return b"sealed"
    return str(number) if isinstance(kind, types.String) else number


class OldRelease:
    """Reads and writes every column of every table that it knows, and no other."""

    def __init__(self, engine: AsyncEngine, tables: Sequence[Table]) -> None:
        self._engine = engine
        self._tables = tables
        self._numbers = itertools.count(1)
        self.rows = 0

    async def write(self) -> None:
        number = next(self._numbers)
        async with self._engine.begin() as connection:
            for table in self._tables:
                row = {each.name: made_up(each, number) for each in table.c}
                await connection.execute(insert(table).values(row))
        self.rows += 1

    async def read(self) -> None:
        async with self._engine.connect() as connection:
            for table in self._tables:
                found = (await connection.execute(select(table))).all()
                assert len(found) == self.rows

    async def work(self, until: asyncio.Event) -> int:
        rounds = 0
        while not until.is_set():
            await self.write()
            await self.read()
            rounds += 1
        return rounds


@pytest.mark.parametrize(("service", "revision"), list(earlier_readers()))
async def test_the_previous_release_works_on_while_the_schema_grows(
    url: str, service: str, revision: str
) -> None:
    async with database_at(url, service, revision) as engine:
        old = OldRelease(engine, await tables_now(engine))
        for _ in range(MANY_ROWS):
            await old.write()
        upgraded = asyncio.Event()
        working = asyncio.create_task(old.work(upgraded))

        async with open_database(url, SERVICES[service]) as now:
            await asyncio.sleep(0.1)
            upgraded.set()
            assert await working > 0
            await old.write()
            await old.read()
            new = {table.name: set(table.c.keys()) for table in await tables_now(now)}

        head = scripts(service).get_current_head()
        assert head != revision
        assert all(set(table.c.keys()) <= new[table.name] for table in await tables_now(engine))


@pytest.mark.parametrize(("service", "revision"), list(earlier_readers()))
async def test_a_pod_of_the_previous_release_starts_again_after_the_upgrade(
    url: str, service: str, revision: str, tmp_path: Path
) -> None:
    before = tmp_path / "migrations"
    shutil.copytree(SERVICES[service], before, ignore=shutil.ignore_patterns("__pycache__"))
    for each in scripts(service).iterate_revisions("head", revision):
        (before / "versions" / Path(each.path).name).unlink()
    async with open_database(url, before):
        pass
    async with open_database(url, SERVICES[service]):
        pass

    for migrating in (True, False):
        async with open_database(url, before, migrating=migrating, patience=0) as engine:
            old = OldRelease(engine, await tables_now(engine))
            await old.read()


def test_some_migration_is_held_to_these_laws() -> None:
    assert {service for service, _ in earlier_readers()} >= {"ingest", "embed"}


@pytest.mark.parametrize("service", SERVICES)
async def test_all_that_there_was_is_there_after_every_migration(url: str, service: str) -> None:
    """From the first release on, whether a migration expands or not."""
    first = list(scripts(service).walk_revisions())[-1].revision
    async with database_at(url, service, first) as engine:
        tables = await tables_now(engine)
        old = OldRelease(engine, tables)
        for _ in range(3):
            await old.write()
    async with open_database(url, SERVICES[service]) as engine:
        now = {table.name: table for table in await tables_now(engine)}
        async with engine.connect() as connection:
            for table in tables:
                rows = (await connection.execute(select(now[table.name]))).all()
                assert len(rows) == 3


@pytest.mark.parametrize("service", SERVICES)
def test_the_command_of_the_job_migrates_and_says_what_it_cannot(
    service: str, tmp_path: Path
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/x.sqlite"

    def migrate() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", f"services.{service}.migrate"],
            cwd=Path(services.__file__).parents[1],
            env={
                **os.environ,
                f"SAGE_{service.upper()}_DATABASE_URL": url,
                "SAGE_START_EMPTY": "true",
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    first = migrate()
    assert first.returncode == 0, first.stderr
    assert '"migrated"' in first.stderr
    with closing(sqlite3.connect(tmp_path / "x.sqlite")) as connection:
        (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("DELETE FROM schema_readers")
        connection.commit()
    assert found == scripts(service).get_current_head()
    later = migrate()
    assert later.returncode == StateError.EXIT_CODE
    assert '"cannot_migrate"' in later.stderr
