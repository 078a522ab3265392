"""Workspaces, sessions and sealed API keys as rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.embed.adapters import schema
from services.embed.sessions.sessions import KeptKey, Session
from services.embed.sessions.vault import KeyedHash, Sealed, Vault
from services.embed.tasks.task_state import SECOND, Micros
from services.servicekit.database import transaction
from services.servicekit.upserts import insert_or_update

_keys = schema.api_keys
_links = schema.linked_keys
_sessions = schema.sessions
_secrets = schema.secrets
_HASH_KEY = "key of keyed hashes"
# Tokens are good for a few seconds longer where clocks differ.
_REMEMBERED: Micros = 60 * SECOND


class SessionStore:
    """Who may come in, and the keys they left."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def open(self, session: Session) -> None:
        """Keeps a session, and makes its workspace when it is new."""
        async with transaction(self._engine) as connection:
            await _ensure_workspace(connection, session.workspace, session.created_at)
            await connection.execute(
                insert(_sessions).values(
                    id=session.id,
                    workspace=session.workspace,
                    key_hash=session.key_hash,
                    created_at=session.created_at,
                    expires_at=session.expires_at,
                )
            )

    async def find(self, workspace: str, session_id: str) -> Session | None:
        query = select(_sessions).where(
            _sessions.c.id == session_id,
            _sessions.c.workspace == workspace,
            _sessions.c.ended_at.is_(None),
        )
        async with transaction(self._engine, read_only=True) as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Session(
            id=row.id,
            workspace=row.workspace,
            key_hash=row.key_hash,
            created_at=row.created_at,
            expires_at=row.expires_at,
            token_hash=row.token_hash,
        )

    async def ensure_workspace(self, workspace: str, now: Micros) -> None:
        """Makes a workspace when it is new."""
        async with transaction(self._engine) as connection:
            await _ensure_workspace(connection, workspace, now)

    async def forget_expired(self, before: Micros, limit: int) -> int:
        """Removes up to `limit` sessions that expired before then; how many."""
        old = select(_sessions.c.id).where(_sessions.c.expires_at < before).limit(limit)
        async with transaction(self._engine) as connection:
            found = await connection.execute(delete(_sessions).where(_sessions.c.id.in_(old)))
            return found.rowcount

    async def close(self, workspace: str, session_id: str, now: Micros) -> None:
        async with transaction(self._engine) as connection:
            await _end(
                connection,
                and_(_sessions.c.id == session_id, _sessions.c.workspace == workspace),
                now,
            )

    async def close_all_with_key(self, workspace: str, now: Micros) -> None:
        async with transaction(self._engine) as connection:
            await _end(
                connection,
                and_(_sessions.c.workspace == workspace, _sessions.c.key_hash != ""),
                now,
            )

    async def ended(self, now: Micros) -> list[str]:
        """The sessions that ended, and whose tokens have not expired yet."""
        query = select(_sessions.c.id).where(
            _sessions.c.ended_at.is_not(None), _sessions.c.expires_at > now - _REMEMBERED
        )
        async with transaction(self._engine, read_only=True) as connection:
            return list((await connection.execute(query)).scalars())

    async def keep_key(self, key: KeptKey, now: Micros) -> None:
        """Keeps an API key, or its newer seal."""
        async with transaction(self._engine) as connection:
            await self._keep(connection, key, now)

    async def linked_workspace(self, key_hash: str) -> str | None:
        """Where the owner of an API key made it lead; None when it was never linked."""
        query = select(_links.c.workspace).where(_links.c.key_hash == key_hash)
        async with transaction(self._engine, read_only=True) as connection:
            found: str | None = (await connection.execute(query)).scalar_one_or_none()
        return found

    async def link_key(self, key: KeptKey, now: Micros) -> None:
        """Makes an API key lead to its `workspace`, which works with it from now on.

        Sessions that the key opened in another workspace end.
        """
        async with transaction(self._engine) as connection:
            await connection.execute(
                insert_or_update(connection, _links)
                .values(key_hash=key.key_hash, workspace=key.workspace)
                .on_conflict_do_update(
                    index_elements=[_links.c.key_hash], set_={"workspace": key.workspace}
                )
            )
            await connection.execute(delete(_keys).where(_keys.c.key_hash == key.key_hash))
            await self._keep(connection, key, now)
            await _end(
                connection,
                and_(_sessions.c.key_hash == key.key_hash, _sessions.c.workspace != key.workspace),
                now,
            )

    async def key_of(self, workspace: str) -> KeptKey | None:
        """The API key that a workspace works with: the one it was given last."""
        query = (
            select(_keys)
            .where(_keys.c.workspace == workspace)
            .order_by(_keys.c.created_at.desc())
            .limit(1)
        )
        async with transaction(self._engine, read_only=True) as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _kept(row)

    async def hash_key(self, vault: Vault) -> bytes:
        """The key of keyed hashes: made once, kept sealed, the same for all replicas for ever."""
        made = vault.seal(KeyedHash.new_key(), context=_HASH_KEY)
        async with transaction(self._engine) as connection:
            await connection.execute(
                insert_or_update(connection, _secrets)
                .values(name=_HASH_KEY, master_key=made.master_key, sealed=made.data)
                .on_conflict_do_nothing(index_elements=[_secrets.c.name])
            )
            query = select(_secrets).where(_secrets.c.name == _HASH_KEY)
            row = (await connection.execute(query)).one()
        kept = Sealed(master_key=row.master_key, data=row.sealed)
        return vault.open(kept, context=_HASH_KEY)

    async def reseal_all(self, vault: Vault) -> int:
        """Seals everything under the newest master key; answers with how much was not yet."""
        count = 0
        async with transaction(self._engine) as connection:
            for table, name in ((_keys, _keys.c.key_hash), (_secrets, _secrets.c.name)):
                query = select(table).where(table.c.master_key != vault.current).with_for_update()
                for row in (await connection.execute(query)).all():
                    context = row._mapping[name]
                    kept = Sealed(master_key=row.master_key, data=row.sealed)
                    sealed = vault.reseal(kept, context=context)
                    await connection.execute(
                        update(table)
                        .where(name == context)
                        .values(master_key=sealed.master_key, sealed=sealed.data)
                    )
                    count += 1
        return count

    async def forget_keys(self, workspace: str, *, links: bool) -> None:
        """Forgets the API keys of a workspace; `links`: and that others were linked to it."""
        async with transaction(self._engine) as connection:
            await connection.execute(delete(_keys).where(_keys.c.workspace == workspace))
            if links:
                await connection.execute(delete(_links).where(_links.c.workspace == workspace))

    async def forget_sealed(self) -> None:
        """Forgets all that a lost master key sealed, and whatever only that could find."""
        async with transaction(self._engine) as connection:
            for table in (_keys, _links, _secrets):
                await connection.execute(delete(table))
            await connection.execute(delete(_sessions).where(_sessions.c.key_hash != ""))

    async def _keep(self, connection: AsyncConnection, key: KeptKey, now: Micros) -> None:
        await connection.execute(
            insert_or_update(connection, _keys)
            .values(
                key_hash=key.key_hash,
                workspace=key.workspace,
                master_key=key.sealed.master_key,
                sealed=key.sealed.data,
                created_at=now,
            )
            .on_conflict_do_update(
                index_elements=[_keys.c.key_hash],
                set_={"master_key": key.sealed.master_key, "sealed": key.sealed.data},
            )
        )


async def _ensure_workspace(connection: AsyncConnection, workspace: str, now: Micros) -> None:
    rows = schema.workspaces
    await connection.execute(
        insert_or_update(connection, rows)
        .values(id=workspace, revision=0, served_at=0, created_at=now)
        .on_conflict_do_nothing(index_elements=[rows.c.id])
    )


async def _end(connection: AsyncConnection, which: ColumnElement[bool], now: Micros) -> None:
    await connection.execute(
        update(_sessions).where(which, _sessions.c.ended_at.is_(None)).values(ended_at=now)
    )


def _kept(row: Row[Any]) -> KeptKey:
    return KeptKey(
        key_hash=row.key_hash,
        workspace=row.workspace,
        sealed=Sealed(master_key=row.master_key, data=row.sealed),
    )
