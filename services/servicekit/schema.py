"""The schema of a service's database: brought up to date, or found to fit.

Migrations are the service's own (Alembic, `services/<service>/migrations`). One that sets
`expands = True` changes nothing that the code of the migration before it reads or writes. The
database remembers which code that is, so that older code knows whether it may use a schema that was
made after it: while pods are replaced, and after a release was taken back.
"""

from __future__ import annotations

import asyncio
import fcntl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.servicekit.state import StateError

log = structlog.get_logger()

# Any number will do as long as every replica of every version uses the same one.
_MIGRATION_LOCK = 0x5A6E
_LOOK_SECONDS = 1.0

# The newest migrations that code may know and yet work with this schema.
_readers = Table("schema_readers", MetaData(), Column("revision", String(32), primary_key=True))


@dataclass(frozen=True, kw_only=True)
class _Fit:
    """What a schema is to this code.

    found: its revision; None of a database that holds nothing. wanted: the newest that the code
    knows. known: whether the code knows the found one. readable: whether code of the wanted one
    works with it.
    """

    found: str | None
    wanted: str
    known: bool
    readable: bool

    @property
    def usable(self) -> bool:
        return self.found == self.wanted or (not self.known and self.readable)


async def migrate(engine: AsyncEngine, migrations: Path) -> None:
    """Brings the schema up to the newest migration. Safe to run from several processes at once.

    A schema of a later version stays as it is. Raises StateError when this code cannot use it.
    """
    if (file := sqlite_file(engine)) is not None:
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


async def require_schema(engine: AsyncEngine, migrations: Path, *, patience: float) -> None:
    """Returns when the schema is one that this code can use; changes nothing.

    patience: seconds to wait for whoever migrates. Raises StateError when nobody has until then.
    """
    deadline = time.monotonic() + patience
    waiting = False
    while True:
        async with engine.connect() as connection:
            fit = await connection.run_sync(lambda it: _fit(it, _scripts(migrations)))
        if fit.usable:
            return
        if not fit.known:
            raise _misfit(engine, fit)
        if time.monotonic() > deadline:
            raise StateError(
                f"The database {engine.url!r} is at migration {fit.found or 'none'}, and this "
                f"version of SAGE needs {fit.wanted}. Run this service's migrations first "
                "(python -m services.NAME.migrate), or set SAGE_MIGRATE_ON_START=true."
            )
        if not waiting:
            log.info("waiting_for_migration", found=fit.found, wanted=fit.wanted)
            waiting = True
        await asyncio.sleep(_LOOK_SECONDS)


def sqlite_file(engine: AsyncEngine) -> Path | None:
    """The file of a SQLite database; None of any other."""
    if engine.dialect.name != "sqlite" or engine.url.database in (None, "", ":memory:"):
        return None
    return Path(str(engine.url.database)).resolve()


def _scripts(migrations: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(_configuration(migrations))


def _configuration(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    return config


def _upgrade(connection: Connection, migrations: Path) -> None:
    scripts = _scripts(migrations)
    fit = _fit(connection, scripts)
    if fit.known:
        config = _configuration(migrations)
        # The migrations' env.py runs on this connection instead of opening its own.
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _remember_readers(connection, readers(scripts))
        if fit.found != fit.wanted:
            log.info("migrated", found=fit.found, now=fit.wanted)
    elif fit.readable:
        log.info("schema_of_later_version", found=fit.found, known=fit.wanted)
    else:
        raise _misfit(connection.engine, fit)
    connection.commit()


def _fit(connection: Connection, scripts: ScriptDirectory) -> _Fit:
    found = MigrationContext.configure(connection).get_current_revision()
    wanted = scripts.get_current_head()
    if wanted is None:
        raise ValueError(f"there are no migrations in {scripts.dir}")
    known = {each.revision for each in scripts.walk_revisions()}
    read_by = (
        connection.execute(select(_readers)).scalars().all()
        if inspect(connection).has_table(_readers.name)
        else ()
    )
    return _Fit(
        found=found,
        wanted=wanted,
        known=found is None or found in known,
        readable=wanted in read_by,
    )


def readers(scripts: ScriptDirectory) -> Sequence[str]:
    """The newest migration, and those whose code works with its schema as well, newest first."""
    found = []
    for each in scripts.walk_revisions():
        found.append(each.revision)
        if not getattr(each.module, "expands", False):
            break
    return found


def _remember_readers(connection: Connection, revisions: Sequence[str]) -> None:
    _readers.create(connection, checkfirst=True)
    if set(connection.execute(select(_readers)).scalars()) != set(revisions):
        connection.execute(_readers.delete())
        connection.execute(_readers.insert(), [{"revision": each} for each in revisions])


def _misfit(engine: object, fit: _Fit) -> StateError:
    url = getattr(engine, "url", None)
    return StateError(
        f"The database {url!r} does not fit this version of SAGE (it is at migration {fit.found}, "
        f"and this version knows none after {fit.wanted}). Start the version that used it last, or "
        "restore the backup from before its upgrade."
    )
