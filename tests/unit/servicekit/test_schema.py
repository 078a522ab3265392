"""Which schema code may use: its own, and a later one that only adds to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from services.servicekit.database import open_database
from services.servicekit.state import StateError

ENV = """
from alembic import context
context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
"""
MIGRATION = """
from alembic import op
revision, down_revision, expands = {revision!r}, {before!r}, {expands}
def upgrade():
    op.execute("CREATE TABLE made_by_{revision} (it INTEGER)")
"""

Release = Callable[..., Path]


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """Makes the migrations of a release, each with whether it only expands."""

    def make(*expands: bool) -> Path:
        folder = tmp_path / "releases" / "".join("xc"[not each] for each in expands)
        (folder / "versions").mkdir(parents=True)
        (folder / "env.py").write_text(ENV)
        for number, each in enumerate(expands, start=1):
            before = str(number - 1) if number > 1 else None
            script = MIGRATION.format(revision=str(number), before=before, expands=each)
            (folder / "versions" / f"{number}.py").write_text(script)
        return folder

    return make


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/x.sqlite"


async def start(url: str, release: Path, *, migrating: bool = True) -> str:
    """A start of that release's service; the revision that it works with."""
    async with (
        open_database(url, release, migrating=migrating, patience=0) as engine,
        engine.connect() as connection,
    ):
        found = await connection.execute(text("SELECT version_num FROM alembic_version"))
        return str(found.scalar_one())


@pytest.mark.parametrize("migrating", [True, False])
async def test_code_starts_on_a_later_schema_that_only_adds(
    url: str, release: Release, migrating: bool
) -> None:
    before, after = release(False), release(False, True, True)
    await start(url, before)
    await start(url, after)

    assert await start(url, before, migrating=migrating) == "3"
    assert await start(url, after, migrating=migrating) == "3"


@pytest.mark.parametrize("migrating", [True, False])
async def test_code_leaves_a_later_schema_alone_that_took_something_away(
    url: str, release: Release, migrating: bool
) -> None:
    before, after = release(False), release(False, False, True)
    await start(url, before)
    await start(url, after)

    with pytest.raises(StateError, match="does not fit this version"):
        await start(url, before, migrating=migrating)
    assert await start(url, release(False, False)) == "3"


async def test_who_does_not_migrate_refuses_an_older_schema_and_one_that_is_none(
    url: str, release: Release
) -> None:
    with pytest.raises(StateError, match=r"at migration none, .* needs 1\. Run .*migrate"):
        await start(url, release(False), migrating=False)
    await start(url, release(False, True))
    after = release(False, True, True)

    with pytest.raises(StateError, match=r"at migration 2, .* needs 3"):
        await start(url, after, migrating=False)
    assert await start(url, release(False, True, False)) == "3"


async def test_who_does_not_migrate_waits_for_those_who_do(url: str, release: Release) -> None:
    migrations = release(False)

    async def wait() -> bool:
        async with open_database(url, migrations, migrating=False, patience=60):
            return True

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    await start(url, migrations)

    assert await waiting
