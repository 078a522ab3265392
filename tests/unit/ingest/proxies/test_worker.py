"""One replica's work on proxies, over stand-ins for the encoder and the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.adapters.proxy_table import ProxyTable
from services.ingest.proxies.making import Making, OnProgress, TakePiece
from services.ingest.proxies.proxy import Proxy, ProxyState
from services.ingest.proxies.worker import ProxyWorker
from services.mediakit.errors import MediaError, MediaReason
from services.servicekit.errors import SageError
from tests.fixtures.databases import database_of
from tests.unit.ingest.fake_store import FakeStore
from tests.unit.ingest.fakes import FakeClock
from tests.unit.ingest.proxies.test_proxy import waiting

FULL = SageError(ErrorReason.ERROR_REASON_STORAGE_FULL, "No room is left.")
AWAY = SageError(ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE, "The store is away.")
DAMAGED = MediaError(MediaReason.UNDECODABLE, "Nothing can be decoded.")


class Encoder:
    """Gives a few bytes. failure: raised in the middle. free: cleared, it waits in the middle."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.halfway = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    async def encode(
        self, key: str, size: int, *, duration: float, take: TakePiece, on_progress: OnProgress
    ) -> None:
        await take(0, b"....")
        on_progress(0.5)
        self.halfway.set()
        await self.free.wait()
        if self.failure is not None:
            raise self.failure
        await take(4, b"proxy")
        await take(0, b"head")


class World:
    """A queue on a real database, and a replica or two."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.clock = FakeClock()
        self.store = FakeStore(self.clock)
        self.encoder = Encoder()
        self.engine = engine
        self.table = self.new_table()

    def new_table(self) -> ProxyTable:
        return ProxyTable(self.engine, self.clock, self.clock.monotonic)

    def worker(self, owner: str = "a", *, lease: float = 0.1) -> ProxyWorker:
        making = Making(self.encoder, self.store, self.table)
        length = timedelta(seconds=lease)
        return ProxyWorker(self.table, making, self.clock, owner=owner, lease=length)

    async def proxy(self) -> Proxy:
        found = await self.table.get(waiting().object_key)
        assert found is not None
        return found

    @property
    def empty(self) -> bool:
        return not self.store.objects and not self.store.open


@pytest.fixture
async def world(tmp_path: Path):  # type: ignore[no-untyped-def]
    async with database_of("ingest", tmp_path) as engine:
        world = World(engine)
        await world.table.add(waiting())
        yield world


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


async def test_a_proxy_becomes_ready(world: World) -> None:
    assert await world.worker().work()
    proxy = await world.proxy()
    assert (proxy.state, proxy.progress) == (ProxyState.READY, 1.0)
    assert world.store.objects == {proxy.store_key: b"headproxy"}
    assert await world.table.ready_copy(proxy.object_key) == proxy.store_key
    assert not await world.worker().work()


@pytest.mark.parametrize(("failure", "reason"), [(FULL, "STORAGE_FULL"), (DAMAGED, "UNDECODABLE")])
async def test_what_cannot_be_made_says_why_and_can_be_asked_for_again(
    world: World, failure: Exception, reason: str
) -> None:
    world.encoder.failure = failure
    await world.worker().work()
    proxy = await world.proxy()
    assert (proxy.state, proxy.failure_reason) == (ProxyState.FAILED, reason)
    assert world.empty


async def test_a_store_that_is_away_for_a_moment_only_delays(world: World) -> None:
    world.encoder.failure = AWAY
    with pytest.raises(SageError):
        await world.worker().work()
    assert (await world.proxy()).state is ProxyState.QUEUED
    assert world.empty
    world.encoder.failure = None
    await world.worker().work()
    assert (await world.proxy()).state is ProxyState.READY


async def test_a_replica_that_stops_gives_its_work_back(world: World) -> None:
    world.encoder.free.clear()
    working = asyncio.create_task(world.worker().run())
    await world.encoder.halfway.wait()
    working.cancel()
    await asyncio.wait({working})
    assert (await world.proxy()).state is ProxyState.QUEUED
    assert world.empty


async def test_its_progress_can_be_read(world: World) -> None:
    world.encoder.free.clear()
    working = asyncio.create_task(world.worker().work())
    await world.encoder.halfway.wait()
    async with asyncio.timeout(10):
        while (await world.proxy()).progress != 0.5:
            await asyncio.sleep(0.005)
    world.encoder.free.set()
    await working


async def test_a_video_that_is_removed_ends_the_work(world: World) -> None:
    world.encoder.free.clear()
    working = asyncio.create_task(world.worker().work())
    await world.encoder.halfway.wait()
    await world.table.forget(waiting().object_key)
    await working
    assert world.empty


async def test_a_video_that_is_removed_at_the_last_moment_leaves_nothing(world: World) -> None:
    """Its proxy is complete, and nobody has been told."""
    world.encoder.free.clear()
    working = asyncio.create_task(world.worker(lease=100).work())
    await world.encoder.halfway.wait()
    await world.table.forget(waiting().object_key)
    world.encoder.free.set()
    await working
    assert world.empty


async def test_another_replica_takes_over_from_one_that_died(world: World) -> None:
    """What it had written goes; and if it was only slow, it does no harm."""
    world.encoder.free.clear()
    slow = asyncio.create_task(world.worker("slow", lease=1000).work())
    await world.encoder.halfway.wait()
    other = World(world.engine)
    other.clock, other.store = world.clock, world.store
    other.table = world.new_table()
    other_worker = other.worker("other", lease=10)
    assert not await other_worker.work()  # it has only begun to look
    world.clock.pass_by(timedelta(seconds=9))
    assert not await other_worker.work()
    world.clock.pass_by(timedelta(seconds=2))
    assert await other_worker.work()
    proxy = await world.proxy()
    assert (proxy.state, proxy.attempt) == (ProxyState.READY, 2)
    world.encoder.free.set()
    await asyncio.wait({slow})
    assert await world.proxy() == proxy
    assert world.store.objects == {proxy.store_key: b"headproxy"}
    assert not world.store.open
