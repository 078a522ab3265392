"""How soon watchers see what embed's replicas do, with many tasks in one queue.

    python -m tests.bench.embedding_queue [--tasks 200] [--replicas 3] [--watchers 50]

Real processes on PostgreSQL, with the emulator as the vendor. Checks that each task is done
exactly once and that each watcher sees each one end; prints the time from the commit of that last
change (as PostgreSQL noted it) to its arrival at each watcher. Watchers run in a process of their
own, all in one workspace. All of it shares this machine, the emulated vendor and the watchers too.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import multiprocessing
import os
import secrets
import tempfile
import time
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import numpy as np
from grpc import aio

from sage.embed.v1 import embed_pb2, embed_pb2_grpc
from tests.emulators.twelvelabs import Emulator
from tests.fixtures.clips import Piece, write
from tests.integration.embedding import FINAL, Backend, Client, backend, client
from tests.integration.postgres import start_postgres
from tests.integration.processes import RunningProcess

_ENGINE = "twelvelabs/marengo3.5"
# Whole seconds that the engine takes: this many tasks for each video.
_SEGMENTS = range(2, 10)
_PATIENCE_SECONDS = 400.0

# When each watcher saw each task end: seconds since 1970 by the task's name.
Seen = list[dict[str, float]]


async def watch(address: str, token: str, count: int, ready: asyncio.Semaphore) -> dict[str, float]:
    """One watcher, until it has seen `count` tasks succeed."""
    seen: dict[str, float] = {}
    async with aio.insecure_channel(address) as channel:
        stub = embed_pb2_grpc.EmbedServiceStub(channel)
        metadata = (("authorization", f"Bearer {token}"),)
        request = embed_pb2.WatchEmbeddingTasksRequest()
        async for answer in stub.WatchEmbeddingTasks(
            request, metadata=metadata, timeout=_PATIENCE_SECONDS
        ):
            moment = time.time()
            if answer.caught_up:
                ready.release()
            for task in answer.embedding_tasks:
                if task.state not in FINAL:
                    continue
                assert task.state == embed_pb2.EmbeddingTask.STATE_SUCCEEDED, task.error.message
                assert task.attempt == 1
                seen.setdefault(task.name, moment)
            if len(seen) == count:
                break
    return seen


def watch_all(addresses: list[str], token: str, count: int, pipe: Connection) -> None:
    """A process full of watchers: says "ready", and at the end what they saw."""

    async def run() -> Seen:
        ready = asyncio.Semaphore(0)
        watching = [
            asyncio.create_task(watch(address, token, count, ready)) for address in addresses
        ]
        for _ in watching:
            await ready.acquire()
        pipe.send("ready")
        return await asyncio.gather(*watching)

    pipe.send(asyncio.run(run()))


async def commit_times(url: str) -> dict[str, float]:
    """When the last change of each task was committed."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT id, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 AS moment"
            " FROM tasks"
        )
    finally:
        await connection.close()
    return {f"embeddingTasks/{row['id']}": row["moment"] for row in rows}


def create_tasks(clients: list[Client], folder: Path, count: int) -> set[str]:
    """Tasks that all differ, created through every replica in turn."""
    names: list[str] = []
    videos = [
        clients[0]
        .upload(write(folder / f"{number}.mp4", [Piece("man", 0.0, 1.0 + 0.04 * number)]))
        .name
        for number in range(-(-count // len(_SEGMENTS)))
    ]
    for seconds in _SEGMENTS:
        for video in videos:
            if len(names) < count:
                it = clients[len(names) % len(clients)]
                options = {"engine": _ENGINE, "segment_duration": {"seconds": seconds}}
                names.append(it.create(video, **options).name)
    return set(names)


def measure(
    running: Backend, vendor: Emulator, url: str, replicas: list[RunningProcess], options: Options
) -> None:
    count = options.tasks
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        clients = [stack.enter_context(client(each, running, vendor.key)) for each in replicas]
        token = clients[0].metadata[0][1].removeprefix("Bearer ")
        addresses = [replicas[n % len(replicas)].address for n in range(options.watchers)]
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        watching = context.Process(target=watch_all, args=(addresses, token, count, there))
        watching.start()
        assert here.poll(_PATIENCE_SECONDS), "the watchers did not begin"
        assert here.recv() == "ready"
        started = time.monotonic()
        names = create_tasks(clients, Path(folder), count)
        assert here.poll(_PATIENCE_SECONDS), "the watchers did not see everything"
        seen: Seen = here.recv()
        seconds = time.monotonic() - started
        watching.join()
    assert len(names) == count
    assert all(set(each) == names for each in seen), "a watcher missed a task"
    assert len(vendor.api.tasks) == count, "the vendor was asked more or less than once a task"
    shares = [each.log.read_text().count('"task_succeeded"') for each in replicas]
    assert sum(shares) == count, shares
    committed = asyncio.run(commit_times(url))
    delays = np.array([moment - committed[name] for each in seen for name, moment in each.items()])
    median, p95, most = np.percentile(delays * 1000, [50, 95, 100])
    print(f"{count} tasks once each in {seconds:.1f} s, by replica: {shares}")
    print(f"{len(seen)} watchers, {delays.size} sightings after the commit (ms):")
    print(
        f"  median {median:.1f}   p95 {p95:.1f}   most {most:.1f}   load {os.getloadavg()[0]:.1f}"
    )


class Options(argparse.Namespace):
    """What the command line says."""

    tasks: int
    replicas: int
    watchers: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=200)
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--watchers", type=int, default=50)
    options = parser.parse_args(namespace=Options())
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        vendor = stack.enter_context(Emulator())
        key = home / "master.key"
        key.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        postgres = stack.enter_context(start_postgres("track_commit_timestamp=on"))
        url = postgres.create_database("embed")
        settings = {
            "SAGE_MASTER_KEY_FILE": str(key),
            "SAGE_TWELVELABS_BASE_URL": vendor.url,
            "SAGE_EMBED_DATABASE_URL": url,
            "SAGE_TASK_LEASE_SECONDS": "60",
        }
        running = stack.enter_context(backend(home, settings))
        running.environment["SAGE_S3_PUBLIC_ENDPOINT"] = running.environment["SAGE_S3_ENDPOINT"]
        replicas = [
            stack.enter_context(running.embed({"SAGE_HOME": str(home / f"replica-{number}")}))
            for number in range(options.replicas)
        ]
        measure(running, vendor, url, replicas, options)


if __name__ == "__main__":
    main()
