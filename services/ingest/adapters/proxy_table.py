"""Proxies in SQLite or PostgreSQL: who makes which, by leases that survive clocks."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    RowMapping,
    Update,
    and_,
    delete,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.adapters.tables import microseconds, moment, proxies
from services.ingest.ports import Clock
from services.ingest.proxies.playability import Cause
from services.ingest.proxies.proxy import Proxy, ProxyState, claimed
from services.servicekit.database import transaction
from services.servicekit.leases import LeaseWatch

_MOST_MESSAGE = 2000


class ProxyTable:
    """Proxies in the database. monotonic: seconds, never set back."""

    def __init__(
        self, engine: AsyncEngine, clock: Clock, monotonic: Callable[[], float] = monotonic
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._leases = LeaseWatch(monotonic)

    async def get(self, object_key: str) -> Proxy | None:
        async with transaction(self._engine, read_only=True) as connection:
            return await _found(connection, object_key)

    async def add(self, proxy: Proxy) -> Proxy:
        async with transaction(self._engine) as connection:
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            statement = insert(proxies).values(_values(proxy) | {"object_key": proxy.object_key})
            await connection.execute(statement.on_conflict_do_nothing())
            return await _found(connection, proxy.object_key) or proxy

    async def replace(self, proxy: Proxy) -> bool:
        return await self._changed(
            update(proxies)
            .where(proxies.c.object_key == proxy.object_key, proxies.c.version == proxy.version - 1)
            .values(_values(proxy))
        )

    async def claim(self, owner: str, *, lease: float) -> Proxy | None:
        others = proxies.alias("others")
        served = (
            select(func.coalesce(func.max(others.c.updated_at), 0))
            .where(others.c.workspace == proxies.c.workspace, others.c.attempt > 0)
            .scalar_subquery()
        )
        try:
            async with transaction(self._engine) as connection:
                abandoned = await self._abandoned(connection, lease)
                query = (
                    select(proxies)
                    .where(or_(proxies.c.state == ProxyState.QUEUED.value, abandoned))
                    .order_by(served, proxies.c.created_at, proxies.c.object_key)
                    .limit(1)
                    .with_for_update(of=proxies, skip_locked=True)
                )
                row = (await connection.execute(query)).mappings().one_or_none()
                if row is None:
                    return None
                proxy = claimed(_proxy_of(row), owner, self._clock())
                await connection.execute(
                    update(proxies)
                    .where(proxies.c.object_key == proxy.object_key)
                    .values(_values(proxy))
                )
                return proxy
        except BaseException:
            # While the database is away, the living cannot show that they live either.
            self._leases.forget()
            raise

    async def _abandoned(self, connection: AsyncConnection, lease: float) -> ColumnElement[bool]:
        """What is true of proxies whose replica has been silent for the length of a lease."""
        running = select(proxies.c.object_key, proxies.c.attempt, proxies.c.beat).where(
            proxies.c.state == ProxyState.RUNNING.value
        )
        rows = await connection.execute(running)
        beats = {row.object_key: (row.attempt, row.beat) for row in rows}
        silent = self._leases.look(beats, lease)
        # Also the beat: the row may have changed by the time that it is locked.
        return or_(
            false(),
            *(
                and_(
                    proxies.c.object_key == key,
                    proxies.c.attempt == attempt,
                    proxies.c.beat == beat,
                )
                for key, (attempt, beat) in beats.items()
                if key in silent
            ),
        )

    async def opened(self, proxy: Proxy) -> bool:
        return await self._changed(
            _held(proxy).values(store_key=proxy.store_key, store_upload=proxy.store_upload)
        )

    async def beat(self, proxy: Proxy, progress: float) -> bool:
        return await self._changed(_held(proxy).values(beat=proxies.c.beat + 1, progress=progress))

    async def settle(self, proxy: Proxy) -> bool:
        return await self._changed(_held(proxy).values(_values(proxy)))

    async def ready_copy(self, object_key: str) -> str | None:
        proxy = await self.get(object_key)
        return proxy.store_key if proxy and proxy.state is ProxyState.READY else None

    async def forget(self, object_key: str) -> None:
        """What is being written under it ends with the next beat of whoever writes."""
        async with transaction(self._engine) as connection:
            await connection.execute(delete(proxies).where(proxies.c.object_key == object_key))

    async def _changed(self, statement: Update) -> bool:
        async with transaction(self._engine) as connection:
            result = cast("CursorResult[Any]", await connection.execute(statement))
            return result.rowcount == 1


async def _found(connection: AsyncConnection, object_key: str) -> Proxy | None:
    query = select(proxies).where(proxies.c.object_key == object_key)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else _proxy_of(row)


def _held(proxy: Proxy) -> Update:
    """A change of the proxy as long as this attempt holds it."""
    return update(proxies).where(
        proxies.c.object_key == proxy.object_key,
        proxies.c.attempt == proxy.attempt,
        proxies.c.state == ProxyState.RUNNING.value,
    )


def _values(proxy: Proxy) -> dict[str, Any]:
    return {
        "workspace": proxy.workspace,
        "source_bytes": proxy.source_bytes,
        "duration": proxy.duration,
        "cause": proxy.cause.value,
        "state": proxy.state.value,
        "progress": proxy.progress,
        "attempt": proxy.attempt,
        "failures": proxy.failures,
        "owner": proxy.owner,
        "store_key": proxy.store_key,
        "store_upload": proxy.store_upload,
        "failure_reason": proxy.failure_reason,
        "failure_message": proxy.failure_message[:_MOST_MESSAGE],
        "created_at": microseconds(proxy.created_at),
        "updated_at": microseconds(proxy.updated_at),
        "version": proxy.version,
    }


def _proxy_of(row: RowMapping) -> Proxy:
    return Proxy(
        object_key=row["object_key"],
        workspace=row["workspace"],
        source_bytes=row["source_bytes"],
        duration=row["duration"],
        cause=Cause(row["cause"]),
        state=ProxyState(row["state"]),
        progress=row["progress"],
        attempt=row["attempt"],
        failures=row["failures"],
        owner=row["owner"],
        store_key=row["store_key"],
        store_upload=row["store_upload"],
        failure_reason=row["failure_reason"],
        failure_message=row["failure_message"],
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        version=row["version"],
    )
