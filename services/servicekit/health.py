"""Health as gRPC's standard protocol tells it: SERVING only while every dependency answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from grpc.aio import AioRpcError
from grpc_health.v1 import health_pb2
from grpc_health.v1._async import HealthServicer

log = structlog.get_logger()

_INTERVAL_SECONDS = 2.0
_STARTING_INTERVAL_SECONDS = 0.2
_TIMEOUT_SECONDS = 5.0
# A dependency that is only slow must not take the service down with it.
_FAILURES_TOLERATED = 2


@dataclass(frozen=True, kw_only=True)
class Dependency:
    """Something that a service cannot work without; `check` raises while it is not there."""

    name: str
    check: Callable[[], Awaitable[object]]


class HealthMonitor:
    """Asks the dependencies again and again, and tells gRPC's health service what came of it."""

    def __init__(
        self,
        servicer: HealthServicer,
        services: Sequence[str],
        dependencies: Sequence[Dependency],
    ) -> None:
        self._servicer = servicer
        self._services = ("", *services)
        self._dependencies = tuple(dependencies)
        self._failing: frozenset[str] | None = None
        self._failures_in_a_row = 0

    async def run(self) -> None:
        """Until it is cancelled; not serving until the first round of answers is in."""
        await self._publish(serving=False)
        while True:
            await self.check_once()
            await asyncio.sleep(_STARTING_INTERVAL_SECONDS if self._failing else _INTERVAL_SECONDS)

    async def check_once(self) -> bool:
        """Checks every dependency now; True when all of them answer.

        A service that was SERVING stays so until several checks in a row have failed.
        """
        answers = await asyncio.gather(*(self._answers(each) for each in self._dependencies))
        failing = frozenset(
            each.name for each, ok in zip(self._dependencies, answers, strict=True) if not ok
        )
        self._failures_in_a_row = self._failures_in_a_row + 1 if failing else 0
        serving = self._failing == frozenset()
        if serving and 0 < self._failures_in_a_row <= _FAILURES_TOLERATED:
            return False
        if failing != self._failing:
            log.info("health_changed", serving=not failing, failing=sorted(failing))
            self._failing = failing
            await self._publish(serving=not failing)
        return not failing

    async def drain(self) -> None:
        """NOT_SERVING from now on, whatever happens."""
        await self._servicer.enter_graceful_shutdown()

    async def _answers(self, dependency: Dependency) -> bool:
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                await dependency.check()
        except Exception as error:
            if not self._failing or dependency.name not in self._failing:
                log.warning("dependency_down", dependency=dependency.name, error=_told(error))
            return False
        return True

    async def _publish(self, *, serving: bool) -> None:
        statuses = health_pb2.HealthCheckResponse
        status = statuses.SERVING if serving else statuses.NOT_SERVING
        for service in self._services:
            await self._servicer.set(service, status)


def _told(error: Exception) -> str:
    """An error on one line; those of gRPC fill many."""
    if isinstance(error, AioRpcError):
        return f"{error.code().name}: {error.details()}"
    return repr(error)
