"""API keys that their owners linked to a workspace"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "linked_keys",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("workspace", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("key_hash"),
    )
    op.create_index("ix_linked_keys_workspace", "linked_keys", ["workspace"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_linked_keys_workspace", "linked_keys")
    op.drop_table("linked_keys")
