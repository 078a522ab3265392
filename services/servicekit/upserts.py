"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL spell alike."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_or_update(
    connection: AsyncConnection, table: Table
) -> sqlite.Insert | postgresql.Insert:
    """An insert that can be told what to do when the row is there already."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
