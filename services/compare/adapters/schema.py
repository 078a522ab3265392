"""The tables of compare's database, for SQLite and PostgreSQL alike.

Times are microseconds since 1970; what no query looks into is JSON.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

workspaces = Table(
    "workspaces",
    metadata,
    Column("id", String(40), primary_key=True),
    # Grows with every change of any comparison of the workspace.
    Column("revision", BigInteger, nullable=False),
)

comparisons = Table(
    "comparisons",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("workspace", String(40), nullable=False),
    Column("a", String(60), nullable=False),
    Column("b", String(60), nullable=False),
    Column("options", Text, nullable=False),
    Column("display_name", String(255), nullable=False),
    Column("status", String(20), nullable=False),
    Column("notes", JSON, nullable=False),
    Column("marks", JSON, nullable=False),
    Column("note_count", Integer, nullable=False),
    Column("reviewed_count", Integer, nullable=False),
    Column("ignored_count", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("revision", BigInteger, nullable=False),
    # Kept for a while after the comparison, for those who watch it.
    Column("deleted", Boolean, nullable=False),
    # Of the call that created it, and what that asked for.
    Column("request_id", String(36)),
    Column("fingerprint", String(64), nullable=False),
    UniqueConstraint("workspace", "request_id", name="comparisons_request"),
    Index("comparisons_newest", "workspace", "created_at", "id"),
    Index("comparisons_changed", "workspace", "updated_at", "id"),
    Index("comparisons_revision", "workspace", "revision"),
    Index("comparisons_deleted", "deleted", "updated_at"),
)

# A link has the id of the session behind it.
share_links = Table(
    "share_links",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("workspace", String(40), nullable=False),
    Column("comparison", String(40), nullable=False),
    Column("display_name", String(80), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("share_links_of", "workspace", "comparison", "expires_at"),
    Index("share_links_expired", "expires_at"),
)

# All that lists and feeds tell: notes and marks may be large.
outline = [column for column in comparisons.c if column.name not in ("notes", "marks")]
