"""The queue of proxies on a real SQLite file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.adapters.proxy_table import ProxyTable
from services.ingest.proxies.proxy import Proxy, ProxyState, ready
from tests.fixtures.databases import database_of
from tests.unit.ingest.fakes import FakeClock
from tests.unit.ingest.proxies.test_proxy import waiting

LEASE = 30.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with database_of("ingest", tmp_path) as engine:
        yield engine


@pytest.fixture
def table(engine: AsyncEngine, clock: FakeClock) -> ProxyTable:
    return ProxyTable(engine, clock, clock.monotonic)


def of(workspace: str, video: str) -> Proxy:
    return waiting(
        workspace=workspace, object_key=f"workspaces/{workspace}/videos/{video}/original"
    )


async def claim(table: ProxyTable, owner: str = "a") -> Proxy:
    proxy = await table.claim(owner, lease=LEASE)
    assert proxy is not None
    return proxy


async def test_a_proxy_is_added_once(table: ProxyTable) -> None:
    first = await table.add(waiting())
    await claim(table)
    assert (await table.add(waiting())).state is ProxyState.RUNNING
    assert first == waiting()


async def test_one_is_taken_by_one(table: ProxyTable) -> None:
    await table.add(waiting())
    await claim(table, "a")
    assert await table.claim("b", lease=LEASE) is None


async def test_workspaces_take_turns(table: ProxyTable, clock: FakeClock) -> None:
    """Many videos of one do not hold up another's."""
    for name in ("1", "2", "3"):
        await table.add(of("many", name))
    await table.add(of("one", "4"))
    served = []
    for _ in range(4):
        clock.pass_by(timedelta(seconds=1))
        proxy = await claim(table)
        served.append(proxy.workspace)
        await table.settle(ready(proxy, clock()))
    assert served == ["many", "one", "many", "many"]


async def test_a_sign_of_life_keeps_it(table: ProxyTable, clock: FakeClock) -> None:
    await table.add(waiting())
    proxy = await claim(table)
    for _ in range(4):
        clock.pass_by(timedelta(seconds=LEASE * 0.7))
        assert await table.beat(proxy, 0.5)
        assert await table.claim("b", lease=LEASE) is None


async def test_an_attempt_that_lost_it_changes_nothing(table: ProxyTable, clock: FakeClock) -> None:
    await table.add(waiting())
    lost = await claim(table, "a")
    assert await table.claim("b", lease=LEASE) is None
    clock.pass_by(timedelta(seconds=LEASE))
    taken = await claim(table, "b")
    assert (taken.owner, taken.attempt, taken.failures) == ("b", 2, 1)
    assert not await table.beat(lost, 0.9)
    assert not await table.opened(lost.writing("key", "upload"))
    assert not await table.settle(ready(lost, clock()))
    assert await table.get(lost.object_key) == taken
