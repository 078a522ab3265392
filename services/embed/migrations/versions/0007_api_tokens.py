"""Sessions with a name, a scope and the hash of their token: API tokens"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
# Code from before it neither knows the columns nor has to fill them.
expands = True


def upgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("scope", sa.String(20), nullable=False, server_default="user")
        )
        batch_op.add_column(sa.Column("display_name", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("token_hash", sa.String(64), nullable=False, server_default="")
        )


def downgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("token_hash")
        batch_op.drop_column("display_name")
        batch_op.drop_column("scope")
