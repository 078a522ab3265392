"""Links to comparisons in SQLite or PostgreSQL."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, cast

from sqlalchemy import CursorResult, Row, Select, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.compare.adapters import schema
from services.compare.adapters.lists import SHARE_LINKS
from services.compare.saved.comparison import Micros
from services.compare.saved.share_links import ShareLink
from services.servicekit.database import transaction
from services.servicekit.listing.requests import ListRequest, Page

_links = schema.share_links


class ShareLinkStore:
    """Links of all workspaces. A workspace's own methods never see another's rows."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def of(self, workspace: str, comparison: str, now: Micros) -> list[ShareLink]:
        async with transaction(self._engine, read_only=True) as connection:
            found = await connection.execute(_good(workspace, comparison, now))
            return [_link(row) for row in found]

    async def page(
        self, workspace: str, comparison: str, now: Micros, listing: ListRequest
    ) -> Page[ShareLink]:
        query = _good(workspace, comparison, now)
        return await SHARE_LINKS.page(self._engine, query, listing, _link, workspace, comparison)

    async def keep(self, link: ShareLink) -> None:
        """Keeps a link; its comparison need not be there any more."""
        async with transaction(self._engine) as connection:
            await connection.execute(
                insert(_links).values(
                    id=link.id,
                    workspace=link.workspace,
                    comparison=link.comparison,
                    display_name=link.display_name,
                    created_at=link.created_at,
                    expires_at=link.expires_at,
                )
            )

    async def remove(self, workspace: str, link_id: str) -> None:
        """Forgets the workspace's link; nothing happens when there is none."""
        async with transaction(self._engine) as connection:
            await connection.execute(
                delete(_links).where(_links.c.workspace == workspace, _links.c.id == link_id)
            )

    async def forget_deleted(self, before: Micros) -> int:
        """Forgets the links that expired before then; answers how many."""
        async with transaction(self._engine) as connection:
            old = delete(_links).where(_links.c.expires_at < before)
            return cast("CursorResult[Any]", await connection.execute(old)).rowcount


def _good(workspace: str, comparison: str, now: Micros) -> Select[Any]:
    """The links of a comparison that have not expired."""
    return select(_links).where(
        _links.c.workspace == workspace,
        _links.c.comparison == comparison,
        _links.c.expires_at > now,
    )


def _link(row: Row[Any]) -> ShareLink:
    return ShareLink(**{field.name: row._mapping[field.name] for field in fields(ShareLink)})
