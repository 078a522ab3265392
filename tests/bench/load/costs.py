"""What one action costs: seconds of CPU of each part, and calls of the database and the store.

One person does each action alone. Seconds of CPU do not depend on what else the machine does, so
they say what a thousand people need better than a loaded laptop's clock does.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from tests.bench.load.measuring import Processes, quantile
from tests.fixtures.collector import Collector, Span

Act = Callable[[], Awaitable[object]]

_STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
# Spans of an action come in batches after it.
_SPANS_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one action. cpu: seconds by part. p50: of its time, with nobody else there."""

    cpu: Mapping[str, float]
    p50: float


@dataclass(frozen=True, kw_only=True)
class Calls:
    """How often an action asks others. services: calls from one service to another."""

    database: int
    store: int
    services: int


async def idle(processes: Processes, seconds: float) -> Mapping[str, float]:
    """Cores that each part takes while nobody asks for anything."""
    async with processes.watched() as uses:
        await asyncio.sleep(seconds)
    return {part: use.cores for part, use in uses.items()}


async def cost_of(
    act: Act, processes: Processes, resting: Mapping[str, float], count: int, *, warm: bool = True
) -> Cost:
    """Of doing something so often, one after the other.

    resting: what each part takes anyway, which is no action's. warm: whether it is done once before
    that, for what only the first time costs.
    """
    if warm:
        await act()
    times = []
    began = time.monotonic()
    async with processes.watched() as uses:
        for _ in range(count):
            start = time.monotonic()
            await act()
            times.append(time.monotonic() - start)
    took = time.monotonic() - began
    cpu = {
        part: max(0.0, use.cores - resting.get(part, 0.0)) * took / count
        for part, use in uses.items()
    }
    return Cost(cpu=cpu, p50=quantile(times, 0.5))


async def calls_of(act: Act, collector: Collector) -> Calls:
    """With nobody else there: what services do by themselves is not traced, but work on tasks."""
    await asyncio.sleep(_SPANS_SECONDS)  # those of what was before are still on their way
    before = len(collector.spans())
    await act()
    await asyncio.sleep(_SPANS_SECONDS)
    return counted(collector.spans()[before:])


def counted(spans: list[Span]) -> Calls:
    kinds = Counter(_kind(each) for each in spans)
    # Both ends of a call are spans; only the one that was asked by another service counts.
    ids = {each.id: each for each in spans}
    between = sum(
        1 for each in spans if each.parent in ids and ids[each.parent].service != each.service
    )
    return Calls(database=kinds["database"], store=kinds["store"], services=between)


def _kind(span: Span) -> str:
    if span.name.split(" ")[0] in _STATEMENTS:
        return "database"
    return "store" if span.name.startswith("S3.") else "call"
