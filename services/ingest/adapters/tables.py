"""The tables of ingest's database, and how their rows become uploads and videos."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    UniqueConstraint,
)

from services.ingest.library.video import Video, VideoState
from services.ingest.uploads.upload import FileSpec, State, Upload

metadata = MetaData()

# Times are microseconds since 1970 (UTC), the same in every database.
uploads = Table(
    "uploads",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("display_name", String(255), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("content_type", String(127), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("part_size", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("video_id", String(40), nullable=False),
    Column("request_id", String(36)),
    Column("store_upload", String(1024)),
    Column("failure_reason", String(64), nullable=False),
    Column("failure_message", String(2000), nullable=False),
    Column("lease_owner", String(64), nullable=False),
    Column("lease_end", BigInteger),
    Column("leftovers", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("workspace", "request_id", name="uploads_request"),
    Index("uploads_expiry", "state", "expires_at"),
    Index("uploads_leftovers", "leftovers"),
    Index("uploads_newest", "workspace", "created_at", "id"),
)

videos = Table(
    "videos",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("display_name", String(255), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("object_key", String(255), nullable=False),
    Column("content_type", String(127), nullable=False),
    Column("duration", Float, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("frame_rate", Float, nullable=False),
    Column("video_codec", String(32), nullable=False),
    Column("audio_codec", String(32), nullable=False),
    Column("has_audio", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Index("videos_newest", "workspace", "created_at", "id"),
    Index("videos_bytes", "workspace", "sha256"),
    Index("videos_state", "state"),
    Index("videos_object", "object_key"),
    Index("videos_age", "state", "created_at"),
)

# Copies of videos for browsers; videos that share an object share its copy.
proxies = Table(
    "proxies",
    metadata,
    Column("object_key", String(255), primary_key=True),
    Column("workspace", String(64), nullable=False),
    Column("source_bytes", BigInteger, nullable=False),
    Column("duration", Float, nullable=False),
    Column("cause", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("progress", Float, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("owner", String(64), nullable=False),
    # Grows with every sign of life of the owner.
    Column("beat", BigInteger, nullable=False, server_default="0"),
    Column("store_key", String(255), nullable=False),
    Column("store_upload", String(1024), nullable=False),
    Column("failure_reason", String(64), nullable=False),
    Column("failure_message", String(2000), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Index("proxies_queue", "state", "created_at"),
    Index("proxies_turns", "workspace", "updated_at"),
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(time: datetime) -> int:
    """Since 1970, as all times of the tables are. Raises TypeError for a time without a zone."""
    return (time - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """A stored time, in UTC."""
    return _EPOCH + value * _MICROSECOND


def upload_values(upload: Upload) -> dict[str, Any]:
    """The row of an upload by column; a message of failure is cut to what the column holds."""
    return {
        "id": upload.id,
        "workspace": upload.workspace,
        "display_name": upload.spec.display_name,
        "size_bytes": upload.spec.size_bytes,
        "content_type": upload.spec.content_type,
        "sha256": upload.spec.sha256,
        "part_size": upload.part_size,
        "state": upload.state.value,
        "video_id": upload.video_id,
        # Absent ids must not collide with each other.
        "request_id": upload.request_id or None,
        "store_upload": upload.store_upload,
        "failure_reason": upload.failure_reason,
        "failure_message": upload.failure_message[:2000],
        "lease_owner": upload.lease_owner,
        "lease_end": None if upload.lease_end is None else microseconds(upload.lease_end),
        "leftovers": upload.leftovers,
        "created_at": microseconds(upload.created_at),
        "updated_at": microseconds(upload.updated_at),
        "expires_at": microseconds(upload.expires_at),
        "version": upload.version,
    }


def upload_of(row: RowMapping) -> Upload:
    """The upload of a row of `uploads`; NULL becomes the empty text where the field has that."""
    return Upload(
        id=row["id"],
        workspace=row["workspace"],
        spec=FileSpec(
            display_name=row["display_name"],
            size_bytes=row["size_bytes"],
            content_type=row["content_type"],
            sha256=row["sha256"],
        ),
        part_size=row["part_size"],
        state=State(row["state"]),
        video_id=row["video_id"],
        request_id=row["request_id"] or "",
        store_upload=row["store_upload"],
        failure_reason=row["failure_reason"],
        failure_message=row["failure_message"],
        lease_owner=row["lease_owner"],
        lease_end=None if row["lease_end"] is None else moment(row["lease_end"]),
        leftovers=row["leftovers"],
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        expires_at=moment(row["expires_at"]),
        version=row["version"],
    )


def video_values(video: Video) -> dict[str, Any]:
    """The row of a video by column."""
    return {
        "id": video.id,
        "workspace": video.workspace,
        "display_name": video.display_name,
        "size_bytes": video.size_bytes,
        "sha256": video.sha256,
        "object_key": video.object_key,
        "content_type": video.content_type,
        "duration": video.duration,
        "width": video.width,
        "height": video.height,
        "frame_rate": video.frame_rate,
        "video_codec": video.video_codec,
        "audio_codec": video.audio_codec,
        "has_audio": video.has_audio,
        "state": video.state.value,
        "created_at": microseconds(video.created_at),
        "updated_at": microseconds(video.updated_at),
        "version": video.version,
    }


def video_of(row: RowMapping) -> Video:
    """The video of a row of `videos`."""
    return Video(
        id=row["id"],
        workspace=row["workspace"],
        display_name=row["display_name"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        object_key=row["object_key"],
        content_type=row["content_type"],
        duration=row["duration"],
        width=row["width"],
        height=row["height"],
        frame_rate=row["frame_rate"],
        video_codec=row["video_codec"],
        audio_codec=row["audio_codec"],
        has_audio=row["has_audio"],
        state=VideoState(row["state"]),
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        version=row["version"],
    )
