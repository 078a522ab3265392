"""API tokens as rows: sessions that have a name and a narrower scope."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.embed.adapters import schema
from services.embed.adapters.lists import API_TOKENS
from services.embed.sessions.api_tokens import ApiToken
from services.embed.tasks.task_state import Micros
from services.servicekit.database import transaction
from services.servicekit.identity import Scope
from services.servicekit.listing.requests import ListRequest, Page

_rows = schema.sessions
_SCOPES = (Scope.READ.value, Scope.WRITE.value)


class ApiTokenStore:
    """The API tokens of all workspaces."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, token: ApiToken, now: Micros, most: int) -> bool:
        count = select(func.count()).where(
            _rows.c.workspace == token.workspace,
            _rows.c.scope.in_(_SCOPES),
            _rows.c.expires_at > now,
        )
        # One at a time in a workspace, so that none is counted twice.
        turn = (
            select(schema.workspaces.c.id)
            .where(schema.workspaces.c.id == token.workspace)
            .with_for_update()
        )
        async with transaction(self._engine) as connection:
            await connection.execute(turn)
            if (await connection.execute(count)).scalar_one() >= most:
                return False
            await connection.execute(
                insert(_rows).values(
                    id=token.id,
                    workspace=token.workspace,
                    key_hash=token.key_hash,
                    created_at=token.created_at,
                    expires_at=token.expires_at,
                    scope=token.scope.value,
                    display_name=token.display_name,
                    token_hash=token.token_hash,
                )
            )
        return True

    async def get(self, workspace: str, token_id: str, now: Micros) -> ApiToken | None:
        query = select(_rows).where(_good(workspace, now), _rows.c.id == token_id)
        async with transaction(self._engine, read_only=True) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _token(row)

    async def page(self, workspace: str, now: Micros, listing: ListRequest) -> Page[ApiToken]:
        query = select(_rows).where(_good(workspace, now))
        return await API_TOKENS.page(self._engine, query, listing, _token, workspace)

    async def revoke(self, workspace: str, token_id: str, now: Micros) -> bool:
        change = (
            update(_rows).where(_good(workspace, now), _rows.c.id == token_id).values(ended_at=now)
        )
        async with transaction(self._engine) as connection:
            return bool((await connection.execute(change)).rowcount)


def _good(workspace: str, now: Micros) -> ColumnElement[bool]:
    return and_(
        _rows.c.workspace == workspace,
        _rows.c.scope.in_(_SCOPES),
        _rows.c.ended_at.is_(None),
        _rows.c.expires_at > now,
    )


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(
        id=row.id,
        workspace=row.workspace,
        display_name=row.display_name,
        scope=Scope(row.scope),
        token_hash=row.token_hash,
        key_hash=row.key_hash,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
