from __future__ import annotations

import grpc
import pytest
import structlog
from grpc.aio import AioRpcError, Metadata
from grpc_health.v1 import health_pb2
from grpc_health.v1._async import HealthServicer

from services.servicekit.health import Dependency, HealthMonitor

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class Store:
    def __init__(self) -> None:
        self.up = True

    async def check(self) -> None:
        if not self.up:
            raise ConnectionError("down")


class Monitored:
    def __init__(self) -> None:
        self.store = Store()
        self.servicer = HealthServicer()
        self.monitor = HealthMonitor(
            self.servicer, ["sage.X"], [Dependency(name="store", check=self.store.check)]
        )

    async def status(self) -> int:
        answer = await self.servicer.Check(health_pb2.HealthCheckRequest(service="sage.X"), None)
        return int(answer.status)


@pytest.fixture
def monitored() -> Monitored:
    return Monitored()


async def test_a_service_serves_once_its_dependencies_answer(monitored: Monitored) -> None:
    monitored.store.up = False
    assert not await monitored.monitor.check_once()
    assert await monitored.status() == NOT_SERVING
    monitored.store.up = True
    assert await monitored.monitor.check_once()
    assert await monitored.status() == SERVING


async def test_a_slow_moment_is_tolerated_a_lasting_one_is_not(monitored: Monitored) -> None:
    await monitored.monitor.check_once()
    monitored.store.up = False
    for _ in range(2):
        await monitored.monitor.check_once()
        assert await monitored.status() == SERVING
    await monitored.monitor.check_once()
    assert await monitored.status() == NOT_SERVING


async def test_one_answer_between_failures_starts_the_count_again(monitored: Monitored) -> None:
    await monitored.monitor.check_once()
    for up in (False, False, True, False, False):
        monitored.store.up = up
        await monitored.monitor.check_once()
        assert await monitored.status() == SERVING


async def test_a_draining_service_stays_not_serving(monitored: Monitored) -> None:
    await monitored.monitor.check_once()
    await monitored.monitor.drain()
    await monitored.monitor.check_once()
    assert await monitored.status() == NOT_SERVING


async def test_a_call_that_failed_is_told_on_one_line(monitored: Monitored) -> None:
    async def refuse() -> None:
        code, nothing = grpc.StatusCode.UNAVAILABLE, Metadata()
        raise AioRpcError(code, nothing, nothing, "connection refused", "many\nlines")

    monitor = HealthMonitor(
        monitored.servicer, ["sage.X"], [Dependency(name="embed", check=refuse)]
    )
    with structlog.testing.capture_logs() as lines:
        await monitor.check_once()
    assert lines[0]["error"] == "UNAVAILABLE: connection refused"
