"""Leases by the beats of their holders, and waits with their lengths, instead of by the clock"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wait", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("beat", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.drop_column("lease_until")
    with op.batch_alter_table("rate_limits", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wait", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("rate_limits", schema=None) as batch_op:
        batch_op.drop_column("wait")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        # Leases that have run out: whoever works on a task renews its lease within a second.
        batch_op.add_column(
            sa.Column("lease_until", sa.BigInteger(), nullable=False, server_default="0")
        )
        batch_op.drop_column("beat")
        batch_op.drop_column("wait")
