"""More and more people at once, each doing one thing after the other."""

from __future__ import annotations

import asyncio
import os
import random
import time
from contextlib import AsyncExitStack
from typing import Any

import httpx
import psutil
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc import aio

from tests.bench.load.measuring import Processes, Times, Use, quantile
from tests.bench.load.people import Person
from tests.bench.load.verdict import Level


async def level(
    url: str, pair: tuple[str, str], clip: bytes, people: int, seconds: float, processes: Processes
) -> Level:
    """Lets so many people work for so long."""
    times = Times()
    me = psutil.Process()
    async with AsyncExitStack() as stack:
        crowd = [await stack.enter_async_context(Person(url, clip)) for _ in range(people)]
        for person in crowd:
            person.pair = pair
        own, machine, began = _spent(me), psutil.cpu_times(), time.monotonic()
        async with processes.watched() as uses:
            deadline = began + seconds
            await asyncio.gather(
                *(
                    _work(person, random.Random(seed), times, deadline)
                    for seed, person in enumerate(crowd)
                )
            )
        took = time.monotonic() - began
    own = (_spent(me) - own) / took
    told = {**uses, "load": Use(cores=own, mebibytes=me.memory_info().rss / 1024**2)}
    busy = _busy(machine, psutil.cpu_times()) / took
    every = times.all()
    return Level(
        people=people,
        per_second=times.count / took,
        p50=quantile(every, 0.5),
        p95=quantile(every, 0.95),
        p99=quantile(every, 0.99),
        errors=dict(times.errors),
        done=times.count,
        uses=told,
        elsewhere=max(0.0, busy - sum(each.cores for each in told.values())),
        cores=os.cpu_count() or 1,
    )


async def _work(person: Person, dice: random.Random, times: Times, deadline: float) -> None:
    while (start := time.monotonic()) < deadline:
        try:
            name = await person.act(dice)
        except aio.AioRpcError as error:
            times.errors[reason_of(error)] += 1
            # As the contract says: not at once.
            await asyncio.sleep(0.5)
        except httpx.HTTPError as error:
            times.errors[type(error).__name__] += 1
            await asyncio.sleep(0.5)
        else:
            times.seconds[name].append(time.monotonic() - start)


def reason_of(error: aio.AioRpcError) -> str:
    """The contract's reason, or else gRPC's code."""
    metadata: Any = error.trailing_metadata() or ()
    for key, value in metadata:
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            for detail in Status.FromString(value).details:
                info = ErrorInfo()
                if detail.Unpack(info):
                    return str(info.reason)
    return str(error.code().name)


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _busy(before: object, after: object) -> float:
    """Seconds of CPU that the whole machine spent between two looks."""
    idle = ("idle", "iowait", "guest", "guest_nice", "steal")
    return sum(
        getattr(after, name) - getattr(before, name)
        for name in after._fields  # type: ignore[attr-defined]
        if name not in idle
    )
