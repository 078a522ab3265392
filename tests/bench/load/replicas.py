"""What a second and a fourth replica of a service add, all else the same.

Callers speak to the replicas themselves, each to one, so nothing but the service is measured. A
replica of compare gets one thread: it is a core's worth. All share one PostgreSQL, where there is
one, and one store. With a share of a core for each replica a small machine is enough for all: then
what keeps throughput from growing with them is what they share, and not the machine.
"""

from __future__ import annotations

import asyncio
import itertools
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import psutil
from grpc import aio

from sage.compare.v1.compare_pb2 import CompareVideosRequest, ComparisonOptions
from sage.compare.v1.compare_pb2_grpc import CompareServiceStub
from sage.embed.v1.embed_pb2 import ListEmbeddingTasksRequest
from sage.embed.v1.embed_pb2_grpc import EmbedServiceStub
from sage.ingest.v1.ingest_pb2 import ListVideosRequest
from sage.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from tests.bench.load.shares import limited
from tests.integration.embedding import Backend, backend, client
from tests.integration.postgres import start_postgres
from tests.integration.processes import RunningProcess, start_service
from tests.postgresql import find_binaries

SERVICES = ("ingest", "embed", "compare")
# Enough that one is always waiting; and as many for each replica.
_CALLERS_EACH = 4
_OPEN: Mapping[str, str] = {
    "SAGE_SESSION_CALLS_PER_SECOND": "100000",
    "SAGE_SESSION_CALLS_BURST": "100000",
    "SAGE_COMPARE_WORKERS": "1",
    "SAGE_EMBED_ROLE": "all",
}

Ask = Callable[[aio.Channel, tuple[tuple[str, str], ...]], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Growth:
    """So many replicas of a service.

    cpu: seconds of all of them for each call. cores: what they had in use.
    """

    service: str
    replicas: int
    per_second: float
    cpu: float

    @property
    def cores(self) -> float:
        return self.per_second * self.cpu

    @property
    def each(self) -> float:
        return self.per_second / self.replicas


def measure(
    a: Path,
    b: Path,
    counts: Sequence[int],
    seconds: float,
    *,
    services: Sequence[str] = SERVICES,
    share: float | None = None,
) -> Iterator[Growth]:
    """In one run, for each service in turn. share: of a core, that each replica may have."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sage-replicas-")))
        it = stack.enter_context(backend(home, {**_OPEN, **_databases(stack)}))
        embed = stack.enter_context(it.embed())
        it.environment["SAGE_EMBED_ADDRESS"] = embed.address
        with client(embed, it) as people:
            pair = [people.upload(file).name for file in (a, b)]
            for video in pair:
                people.finish(people.create(video, engine="local").name, timeout=600)
            metadata = people.metadata
        for service, replicas in itertools.product(services, counts):
            with _replicas(it, service, replicas) as running:
                work = _load(running, _asking(service, pair), metadata, seconds, share)
                rate, cpu = asyncio.run(work)
                yield Growth(service=service, replicas=replicas, per_second=rate, cpu=cpu)


def _databases(stack: ExitStack) -> dict[str, str]:
    if find_binaries() is None:
        return {}
    postgres = stack.enter_context(start_postgres())
    return {
        f"SAGE_{service.upper()}_DATABASE_URL": postgres.create_database(service)
        for service in SERVICES
    }


@contextmanager
def _replicas(it: Backend, service: str, count: int) -> Iterator[list[RunningProcess]]:
    """Further processes of a service, beside those that all measurements share."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                start_service(f"services.{service}", f"SAGE_{service.upper()}_PORT", it.environment)
            )
            for _ in range(count)
        ]


def _asking(service: str, pair: Sequence[str]) -> Ask:
    numbers = itertools.count(1)

    async def lookup(channel: aio.Channel, metadata: tuple[tuple[str, str], ...]) -> None:
        stub = IngestServiceStub(channel)
        await stub.ListVideos(ListVideosRequest(page_size=50), metadata=metadata, timeout=60)

    async def tasks(channel: aio.Channel, metadata: tuple[tuple[str, str], ...]) -> None:
        stub = EmbedServiceStub(channel)
        await stub.ListEmbeddingTasks(ListEmbeddingTasksRequest(), metadata=metadata, timeout=60)

    async def compare(channel: aio.Channel, metadata: tuple[tuple[str, str], ...]) -> None:
        stub = CompareServiceStub(channel)
        options = ComparisonOptions(engine="local", threshold=0.2 + next(numbers) * 1e-7)
        request = CompareVideosRequest(a=pair[0], b=pair[1], options=options)
        async for _ in stub.CompareVideos(request, metadata=metadata, timeout=120):
            pass

    return {"ingest": lookup, "embed": tasks, "compare": compare}[service]


async def _load(
    running: Sequence[RunningProcess],
    ask: Ask,
    metadata: tuple[tuple[str, str], ...],
    seconds: float,
    share: float | None,
) -> tuple[float, float]:
    """Calls a second, and seconds of the replicas' CPU for each."""
    done = 0
    processes = [psutil.Process(each.pid) for each in running]

    async def call(channel: aio.Channel, deadline: float) -> None:
        nonlocal done
        while time.monotonic() < deadline:
            await ask(channel, metadata)
            done += 1

    channels = [
        aio.insecure_channel(
            running[caller % len(running)].address,
            options=[("grpc.use_local_subchannel_pool", 1)],
        )
        for caller in range(_CALLERS_EACH * len(running))
    ]
    pids = [each.pid for each in running]
    try:
        await asyncio.gather(*(ask(channel, metadata) for channel in channels))
        with limited(pids, share) if share else nullcontext():
            spent, began = _spent(processes), time.monotonic()
            await asyncio.gather(*(call(channel, began + seconds) for channel in channels))
            took = time.monotonic() - began
        return done / took, (_spent(processes) - spent) / max(1, done)
    finally:
        for channel in channels:
            await channel.close(None)


def _spent(processes: Sequence[psutil.Process]) -> float:
    return sum(times.user + times.system for times in (each.cpu_times() for each in processes))
