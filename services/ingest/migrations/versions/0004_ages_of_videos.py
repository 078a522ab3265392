"""An index by which old videos are found."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
# An index changes nothing for those who do not know it.
expands = True


def upgrade() -> None:
    op.create_index("videos_age", "videos", ["state", "created_at"])


def downgrade() -> None:
    op.drop_index("videos_age", table_name="videos")
