"""By which fields the lists of ingest are filtered and ordered."""

from __future__ import annotations

from services.ingest.adapters.tables import uploads, videos
from services.ingest.uploads.upload import State
from services.servicekit.listing import table
from services.servicekit.listing.table import ListTable

VIDEOS = ListTable(
    "videos",
    videos.c.id,
    {
        "display_name": table.text(videos.c.display_name),
        "size_bytes": table.integer(videos.c.size_bytes),
        "sha256": table.name(videos.c.sha256),
        "content_type": table.name(videos.c.content_type),
        "duration": table.duration(videos.c.duration),
        "width": table.integer(videos.c.width),
        "height": table.integer(videos.c.height),
        "frame_rate": table.number(videos.c.frame_rate),
        "video_codec": table.name(videos.c.video_codec),
        "audio_codec": table.name(videos.c.audio_codec),
        "has_audio": table.yes_no(videos.c.has_audio),
        "create_time": table.time(videos.c.created_at),
        "update_time": table.time(videos.c.updated_at),
    },
)

UPLOADS = ListTable(
    "uploads",
    uploads.c.id,
    {
        "display_name": table.text(uploads.c.display_name),
        "size_bytes": table.integer(uploads.c.size_bytes),
        "state": table.choice(uploads.c.state, {f"STATE_{state}": state.value for state in State}),
        "failure_reason": table.name(uploads.c.failure_reason),
        "create_time": table.time(uploads.c.created_at),
        "expire_time": table.time(uploads.c.expires_at),
    },
)
