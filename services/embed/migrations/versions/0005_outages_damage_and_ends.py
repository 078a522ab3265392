"""Since when something that a task needs is away, damaged embeddings, and ended sessions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("away_since", sa.BigInteger(), nullable=False, server_default="0")
        )
    with op.batch_alter_table("embeddings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("damaged", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    # Without the column an ended session would be one that lasts.
    op.execute("DELETE FROM sessions WHERE ended_at IS NOT NULL")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("ended_at")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_column("away_since")
    with op.batch_alter_table("embeddings", schema=None) as batch_op:
        batch_op.drop_column("damaged")
