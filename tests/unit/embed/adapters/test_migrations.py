"""The schema's history ends where the code is, and takes along what was stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

import services.embed
from services.embed.adapters import schema
from services.embed.adapters.task_rows import to_row
from services.embed.tasks.task_state import State
from tests.fixtures.tasks import make_task

MIGRATIONS = Path(services.embed.__file__).parent / "migrations"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    with sa.create_engine(f"sqlite:///{tmp_path}/db").connect() as connection:
        yield connection


def configuration(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def add_embedded_task(connection: sa.Connection, model: str) -> str:
    """A task that succeeded, as the second migration knew tasks, and its embedding."""
    task = make_task(state=State.SUCCEEDED)
    row = to_row(task, now=0)
    for since in ("model", "wait", "beat", "away_since", "traceparent"):
        del row[since]
    columns = [sa.column(c.name, c.type) for c in schema.tasks.c if c.name in row]
    tasks = sa.table("tasks", *columns, sa.column("lease_until", sa.BigInteger()))
    row["lease_until"] = 0
    connection.execute(sa.insert(tasks).values(row))
    connection.execute(
        sa.insert(schema.embeddings).values(
            id=task.id,
            workspace=task.workspace,
            video=task.video.name,
            sha256=task.video.sha256,
            engine=task.engine,
            model=model,
            segment_ms=2000,
            duration=10.0,
            tracks=[],
            vectors_prefix="",
            frame_track_key="",
            etag="",
            created_at=1,
        )
    )
    connection.commit()
    return task.id


def test_the_migrations_make_the_tables_that_the_code_uses(connection: sa.Connection) -> None:
    command.upgrade(configuration(connection), "head")
    assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_tasks_learn_the_model_of_their_embeddings(connection: sa.Connection) -> None:
    command.upgrade(configuration(connection), "0002")
    known = add_embedded_task(connection, "model-1")
    command.upgrade(configuration(connection), "0003")
    tasks = schema.tasks
    rows = connection.execute(sa.select(tasks.c.id, tasks.c.model)).all()
    assert [tuple(row) for row in rows] == [(known, "model-1")]


def test_the_migration_can_be_taken_back(connection: sa.Connection) -> None:
    command.upgrade(configuration(connection), "head")
    for model in ("model-1", "model-2"):
        task = make_task(model=model, state=State.SUCCEEDED)
        connection.execute(sa.insert(schema.tasks).values(to_row(task, now=0)))
    connection.commit()
    command.downgrade(configuration(connection), "0002")
    states = connection.execute(sa.text("SELECT state FROM tasks ORDER BY id")).scalars().all()
    assert states == ["CANCELLED", "SUCCEEDED"]
