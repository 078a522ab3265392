"""Starts a service, and stops it without losing anything.

A service's `__main__` builds a `Service` and hands it to `run`; everything else (logs, identity,
limits, health, reflection, draining) is the same for all of them.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import grpc
import structlog
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection

from services.servicekit import tracing
from services.servicekit.background import background, end
from services.servicekit.callers import Callers
from services.servicekit.exit_deadline import ExitDeadline, leave
from services.servicekit.health import Dependency, HealthMonitor
from services.servicekit.interceptor import CallInterceptor, CallLimits, CallObserver
from services.servicekit.limits import Rate
from services.servicekit.logs import configure_logging
from services.servicekit.permissions import Permissions
from services.servicekit.revocations import Revocations
from services.servicekit.settings import MAX_MESSAGE_BYTES, ServiceSettings
from services.servicekit.sharing import SharedMethods
from services.servicekit.state import StateError

log = structlog.get_logger()

_KEEPALIVE_MS = 30_000
# A connection takes no new calls after this, give or take a tenth, and ends with those that it has.
# Whoever connects anew asks which replicas there are, so that a new one gets its share.
_CONNECTION_MS = 20_000
# What a service may take to close what it has opened, after its calls have ended.
_CLOSING_SECONDS = 15.0
# What a process may take to go, once it has closed everything.
_LEAVING_SECONDS = 0.7
_NO_COMPRESSION = 1 << grpc.Compression.NoCompression


@dataclass(frozen=True, kw_only=True)
class Service:
    """What is particular to one service.

    register: adds the servicers to the server, one function each.
    services: full names of the gRPC services, for health and reflection.
    dependencies: what must answer before the service is SERVING.
    described: full names of further services that reflection lists, for tools that come through the
        gateway.
    public: full method names that need no token.
    internal: full names of services that only SAGE's own services may call.
    shared: the methods that readers of shared links may call, with the fields that say what they
        are about.
    by_session: full names of services of which API tokens may only call what reads.
    revocations: knows ended sessions; None where every call asks a service that does.
    observer: hears of each call; None where nobody counts.
    """

    register: Sequence[Callable[[aio.Server], None]]
    services: Sequence[str]
    dependencies: Sequence[Dependency] = ()
    described: Sequence[str] = ()
    public: Sequence[str] = ()
    internal: Sequence[str] = field(default=())
    shared: SharedMethods = field(default_factory=dict)
    by_session: Sequence[str] = ()
    revocations: Revocations | None = None
    observer: CallObserver | None = None


class Draining:
    """Whether the service is stopping. Long streams watch it and end by themselves."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def begin(self) -> None:
        """Ends all waits; it cannot be taken back."""
        self._event.set()

    @property
    def begun(self) -> bool:
        """Whether new work would be started only to be cut off."""
        return self._event.is_set()

    async def wait(self) -> None:
        """Returns when the service is told to stop; at once afterwards."""
        await self._event.wait()


Build = Callable[[AsyncExitStack, Draining], Awaitable[Service]]


def run(name: str, port: int, settings: ServiceSettings, build: Build) -> None:
    """Runs a service until SIGTERM or SIGINT, then drains it.

    `build` makes the service; what it enters into the stack is closed after the server has stopped.
    """
    further = [tracing.name_trace] if tracing.wanted() else []
    configure_logging(name, settings.log_level, settings.log_format, further)
    try:
        tracing.start(name)
        asyncio.run(_until_signalled(port, settings, build))
    except StateError as error:
        log.critical("cannot_start", reason=str(error))
        sys.exit(StateError.EXIT_CODE)
    leave()


async def _until_signalled(port: int, settings: ServiceSettings, build: Build) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    deadline = ExitDeadline(loop)

    def stop() -> None:
        stopping.set()
        deadline.set(settings.drain_seconds + _CLOSING_SECONDS, exit_code=1)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await serve(port, settings, build, stopping)
    tracing.stop()
    deadline.set(_LEAVING_SECONDS, exit_code=0)
    await _end_what_is_left()


async def _end_what_is_left() -> None:
    """Every task should have ended by now; the names of those that have not are worth knowing."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        log.warning("tasks_left", tasks=sorted(task.get_name() for task in left))
        await asyncio.gather(*(end(task) for task in left))


async def serve(
    port: int, settings: ServiceSettings, build: Build, stopping: asyncio.Event
) -> None:
    """Serves until `stopping` is set, then drains."""
    draining = Draining()
    async with AsyncExitStack() as stack:
        service = await build(stack, draining)
        server = _server(settings, service)
        health = HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(health, server)
        for register in service.register:
            register(server)
        names = [
            *service.services,
            *service.described,
            health_pb2.DESCRIPTOR.services_by_name["Health"].full_name,
        ]
        reflection.enable_server_reflection([*names, reflection.SERVICE_NAME], server)
        address = f"{settings.bind_host}:{port}"
        server.add_insecure_port(address)
        if service.revocations is not None:
            await service.revocations.refresh()
        await server.start()
        log.info("listening", address=address)
        monitor = HealthMonitor(health, service.services, service.dependencies)
        if service.revocations is not None:
            background(stack, "revocations", service.revocations.run())
        watching = background(stack, "health", monitor.run())
        await stopping.wait()
        log.info("draining", seconds=settings.drain_seconds)
        await end(watching)
        await monitor.drain()
        draining.begin()
        await server.stop(settings.drain_seconds)
    log.info("stopped")


def _server(settings: ServiceSettings, service: Service) -> aio.Server:
    interceptor = CallInterceptor(
        Callers.of(settings),
        permissions=Permissions(
            internal=service.internal, by_session=service.by_session, shared=service.shared
        ),
        revocations=service.revocations,
        public=service.public,
        observer=service.observer,
        limits=CallLimits(
            calls=settings.max_concurrent_calls,
            streams=settings.max_concurrent_streams,
            workspace_calls=settings.max_workspace_calls,
            workspace_streams=settings.max_workspace_streams,
            session_rate=Rate(
                count=settings.session_calls_per_second,
                seconds=1,
                burst=settings.session_calls_burst,
            ),
            public_rate=Rate(
                count=settings.sessions_per_minute, seconds=60, burst=settings.sessions_burst
            ),
            default_deadline=settings.default_deadline,
        ),
    )
    return aio.server(
        interceptors=[*tracing.server_interceptors(), interceptor],
        options=[
            ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
            # A message is as large as it arrives: one that is compressed could be of any size.
            ("grpc.compression_enabled_algorithms_bitset", _NO_COMPRESSION),
            # A message that nobody has asked for yet waits at its sender. With a window that grows
            # by what the line can carry, whole messages would pile up in this process instead.
            ("grpc.http2.bdp_probe", 0),
            ("grpc.max_connection_age_ms", _CONNECTION_MS),
            ("grpc.keepalive_time_ms", _KEEPALIVE_MS),
            ("grpc.keepalive_permit_without_calls", 1),
            ("grpc.http2.min_ping_interval_without_data_ms", _KEEPALIVE_MS // 3),
            # Two services on one port would split the calls between them.
            ("grpc.so_reuseport", 0),
        ],
    )
