"""How many proxies there are in each state, over all workspaces."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.adapters.tables import proxies
from services.ingest.proxies.proxy import ProxyState
from services.servicekit.database import transaction


class ProxyCensus:
    """Counts rows of the proxies table."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def counts(self) -> Mapping[ProxyState, int]:
        """Of every state that has proxies."""
        query = select(proxies.c.state, func.count()).group_by(proxies.c.state)
        async with transaction(self._engine, read_only=True) as connection:
            rows = await connection.execute(query)
            return {ProxyState(state): count for state, count in rows}
