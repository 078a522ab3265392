"""Copies of videos for browsers, and who makes which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
# Nobody before it knows the table.
expands = True


def upgrade() -> None:
    op.create_table(
        "proxies",
        sa.Column("object_key", sa.String(255), primary_key=True),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("source_bytes", sa.BigInteger, nullable=False),
        sa.Column("duration", sa.Float, nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("beat", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("store_key", sa.String(255), nullable=False),
        sa.Column("store_upload", sa.String(1024), nullable=False),
        sa.Column("failure_reason", sa.String(64), nullable=False),
        sa.Column("failure_message", sa.String(2000), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("proxies_queue", "proxies", ["state", "created_at"])
    op.create_index("proxies_turns", "proxies", ["workspace", "updated_at"])


def downgrade() -> None:
    op.drop_table("proxies")
