"""Videos name their object, which equal files share; uploads are listed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("videos") as videos:
        videos.add_column(sa.Column("object_key", sa.String(255)))
    op.execute(
        "UPDATE videos SET object_key ="
        " 'workspaces/' || workspace || '/videos/' || id || '/original'"
    )
    with op.batch_alter_table("videos") as videos:
        videos.alter_column("object_key", existing_type=sa.String(255), nullable=False)
    op.create_index("videos_object", "videos", ["object_key"])
    op.create_index("uploads_newest", "uploads", ["workspace", "created_at", "id"])


def downgrade() -> None:
    op.drop_index("uploads_newest", "uploads")
    op.drop_index("videos_object", "videos")
    with op.batch_alter_table("videos") as videos:
        videos.drop_column("object_key")
