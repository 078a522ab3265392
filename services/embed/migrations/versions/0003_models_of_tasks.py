"""The model that a task is for, so that another one's work doesn't stand in for it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LIVE = sa.text("state NOT IN ('FAILED', 'CANCELLED')")
_BEFORE = ["workspace", "sha256", "engine", "segment_ms", "modalities"]
_NOW = ["workspace", "sha256", "engine", "model", "segment_ms", "modalities"]


def upgrade() -> None:
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("model", sa.Text(), nullable=False, server_default=""))
        batch_op.drop_index("tasks_once")
    op.execute(
        "UPDATE tasks SET model = (SELECT model FROM embeddings WHERE embeddings.id = tasks.id) "
        "WHERE id IN (SELECT id FROM embeddings)"
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        _create_index(batch_op, _NOW)


def downgrade() -> None:
    # Of several tasks for the same video only the newest may stay live.
    op.execute(
        "UPDATE tasks SET state = 'CANCELLED' WHERE state NOT IN ('FAILED', 'CANCELLED') "
        "AND EXISTS (SELECT 1 FROM tasks AS newer WHERE newer.workspace = tasks.workspace "
        "AND newer.sha256 = tasks.sha256 AND newer.engine = tasks.engine "
        "AND newer.segment_ms = tasks.segment_ms AND newer.modalities = tasks.modalities "
        "AND newer.state NOT IN ('FAILED', 'CANCELLED') AND newer.id > tasks.id)"
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index("tasks_once")
        batch_op.drop_column("model")
        _create_index(batch_op, _BEFORE)


def _create_index(batch_op: BatchOperations, columns: list[str]) -> None:
    batch_op.create_index(
        "tasks_once", columns, unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
    )
