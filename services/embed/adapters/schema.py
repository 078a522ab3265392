"""The tables of the embed service, for SQLite and PostgreSQL alike.

Times are microseconds since 1970; facts that no query looks into are JSON.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
)

metadata = MetaData()

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", String(40), primary_key=True),
    # Grows with every change of any task of the workspace.
    Column("revision", BigInteger, nullable=False),
    # In which turn a worker last took a task of it: the one served longest ago comes first.
    Column("served_at", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    # The key itself is only in `sealed`, encrypted; its keyed hash finds the workspace.
    Column("key_hash", String(64), primary_key=True),
    Column("workspace", String(40), nullable=False, index=True),
    Column("master_key", String(40), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

# Where an API key leads that its owner linked; the others lead where their own hash says. A link
# outlives the key, so that its owner finds the way back.
linked_keys = Table(
    "linked_keys",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("workspace", String(40), nullable=False, index=True),
)

# The service's own secrets, sealed like API keys.
secrets = Table(
    "secrets",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("master_key", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("workspace", String(40), nullable=False, index=True),
    Column("key_hash", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    # When it was ended before it expired; NULL while it lasts.
    Column("ended_at", BigInteger),
    # An API token is a session with a name, a narrower scope, and a token known by its hash.
    Column("scope", String(20), nullable=False, server_default="user"),
    Column("display_name", Text, nullable=False, server_default=""),
    Column("token_hash", String(64), nullable=False, server_default=""),
)

# What a vendor told about its rate limit, for all replicas to obey.
rate_limits = Table(
    "rate_limits",
    metadata,
    Column("workspace", String(40), primary_key=True),
    Column("vendor", String(40), primary_key=True),
    Column("until", BigInteger, nullable=False),
    # How far ahead `until` lay when it was written.
    Column("wait", BigInteger, nullable=False, server_default="0"),
)

# The bytes behind each video name that was ever asked for: the same bytes may have several names.
known_videos = Table(
    "known_videos",
    metadata,
    Column("workspace", String(40), primary_key=True),
    Column("video", String(64), primary_key=True),
    Column("sha256", String(64), nullable=False),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("workspace", String(40), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("engine", String(64), nullable=False),
    Column("model", Text, nullable=False, server_default=""),
    Column("segment_ms", Integer, nullable=False),
    Column("modalities", String(64), nullable=False),
    Column("video", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("progress", Float, nullable=False),
    Column("progress_estimated", Boolean, nullable=False),
    Column("stage", Text, nullable=False),
    Column("eta", Float),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("away_since", BigInteger, nullable=False, server_default="0"),
    Column("not_before", BigInteger, nullable=False),
    # How far ahead `not_before` lay when it was written.
    Column("wait", BigInteger, nullable=False, server_default="0"),
    Column("owner", String(40), nullable=False),
    # Grows with every sign of life of the owner.
    Column("beat", BigInteger, nullable=False, server_default="0"),
    Column("engine_state", JSON, nullable=False),
    Column("engine_since", BigInteger, nullable=False),
    Column("failure", JSON(none_as_null=True)),
    Column("embedding", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("revision", BigInteger, nullable=False),
    # W3C's, of the call that asked for the task; an attempt goes on with that trace.
    Column("traceparent", String(64), nullable=False, server_default=""),
    Index("tasks_changes", "workspace", "revision"),
    Index("tasks_newest", "workspace", "created_at", "id"),
    Index("tasks_queue", "state", "engine", "created_at"),
    Index("tasks_leases", "owner"),
)

# The same bytes, engine, model and options are embedded once.
_LIVE = text("state NOT IN ('FAILED', 'CANCELLED')")
Index(
    "tasks_once",
    tasks.c.workspace,
    tasks.c.sha256,
    tasks.c.engine,
    tasks.c.model,
    tasks.c.segment_ms,
    tasks.c.modalities,
    unique=True,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)

task_requests = Table(
    "task_requests",
    metadata,
    Column("workspace", String(40), primary_key=True),
    Column("request_id", String(36), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("task", String(40), nullable=False),
    Column("created_at", BigInteger, nullable=False, index=True),
)

embeddings = Table(
    "embeddings",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("workspace", String(40), nullable=False),
    Column("video", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("engine", String(64), nullable=False),
    Column("model", Text, nullable=False),
    Column("segment_ms", Integer, nullable=False),
    Column("duration", Float, nullable=False),
    Column("tracks", JSON, nullable=False),
    # Where the artifacts lie; the tracks are shared by all embeddings of the same bytes.
    Column("vectors_prefix", Text, nullable=False),
    Column("frame_track_key", Text, nullable=False),
    Column("detail_track_key", Text, nullable=False, server_default=""),
    Column("etag", String(64), nullable=False),
    # Found unreadable, or about to be removed: not to be used until it has been made anew.
    Column("damaged", Boolean, nullable=False, server_default=false()),
    Column("created_at", BigInteger, nullable=False),
    Index("embeddings_newest", "workspace", "created_at", "id"),
)
