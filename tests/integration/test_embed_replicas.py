"""Several replicas on one PostgreSQL: one queue, each task once, every watcher told everything."""

from __future__ import annotations

import base64
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from sage.embed.v1 import embed_pb2
from tests.emulators.twelvelabs import Emulator
from tests.fixtures.clips import Piece
from tests.fixtures.media import ClipLibrary
from tests.integration.embedding import FINAL, Backend, Client, backend, client
from tests.integration.postgres import start_postgres
from tests.integration.processes import RunningProcess

pytestmark = [pytest.mark.xdist_group("embed-replicas"), pytest.mark.timeout(600)]

Task = embed_pb2.EmbeddingTask
REPLICAS = 2
WATCHERS = 6
TASKS = 18


@pytest.fixture(scope="module")
def vendor() -> Iterator[Emulator]:
    with Emulator() as it:
        it.keys.add("second")
        yield it


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, vendor: Emulator) -> Iterator[Backend]:
    home = tmp_path_factory.mktemp("replicas")
    key = home / "master.key"
    key.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    with start_postgres() as postgres:
        settings = {
            "SAGE_MASTER_KEY_FILE": str(key),
            "SAGE_TWELVELABS_BASE_URL": vendor.url,
            "SAGE_EMBED_DATABASE_URL": postgres.create_database("embed"),
            # Machines that run tests are busy; nobody dies here.
            "SAGE_TASK_LEASE_SECONDS": "60",
        }
        with backend(home, settings) as it:
            it.environment["SAGE_S3_PUBLIC_ENDPOINT"] = it.environment["SAGE_S3_ENDPOINT"]
            yield it


@pytest.fixture(scope="module")
def replicas(
    running: Backend, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[RunningProcess]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                running.embed({"SAGE_HOME": str(tmp_path_factory.mktemp("replica"))})
            )
            for _ in range(REPLICAS)
        ]


class Watching(threading.Thread):
    """Collects what one watcher is told, until it has seen `count` tasks end."""

    def __init__(self, it: Client, count: int) -> None:
        super().__init__(daemon=True)
        self._client = it
        self._count = count
        self.caught_up = threading.Event()
        self.told: dict[str, list[embed_pb2.EmbeddingTask]] = {}

    def run(self) -> None:
        for answer in self._client.watch(timeout=500):
            for task in answer.embedding_tasks:
                self.told.setdefault(task.name, []).append(task)
            if answer.caught_up:
                self.caught_up.set()
            ended = [tasks for tasks in self.told.values() if tasks[-1].state in FINAL]
            if len(ended) == self._count:
                return


def test_each_task_is_done_once_and_everybody_sees_it(
    running: Backend,
    replicas: list[RunningProcess],
    vendor: Emulator,
    clip_library: ClipLibrary,
) -> None:
    with ExitStack() as stack:

        def sign_in(number: int, key: str) -> Client:
            return stack.enter_context(client(replicas[number % REPLICAS], running, key))

        me, other = sign_in(0, vendor.key), sign_in(1, "second")
        file = clip_library.get("clip.mp4", [Piece("man", 0.0, 2.0)])
        more = clip_library.get("more.mp4", [Piece("man", 1.0, 3.0)])
        theirs = other.upload(file).name
        mine = [me.upload(file).name, me.upload(more).name]
        count = TASKS // 3
        watching = [Watching(sign_in(n, vendor.key), 2 * count) for n in range(WATCHERS)]
        watching.append(Watching(other, count))
        for watcher in watching:
            watcher.start()
            assert watcher.caught_up.wait(60)
        names = []
        for number in range(count):
            options = {"segment_duration": {"seconds": 2 + number}}
            names += [sign_in(number, vendor.key).create(video, **options).name for video in mine]
            other.create(theirs, **options)
        for watcher in watching:
            watcher.join(300)
            assert not watcher.is_alive()
        for watcher in watching[:-1]:
            assert set(watcher.told) == set(names)
        assert not set(watching[-1].told) & set(names)
        for watcher in watching:
            for steps in watcher.told.values():
                assert steps[-1].state == Task.STATE_SUCCEEDED, steps[-1].error.message
                assert steps[-1].attempt == 1
                revisions = [step.revision for step in steps]
                assert revisions == sorted(set(revisions))
        assert sum(len(account.tasks) for account in vendor.accounts.values()) == TASKS
        # Watchers hear of an end as it is committed, a moment before the replica logs it.
        until = time.monotonic() + 10
        while True:
            done = [process.log.read_text().count('"task_succeeded"') for process in replicas]
            if sum(done) >= TASKS or time.monotonic() > until:
                break
            time.sleep(0.1)
        assert sum(done) == TASKS
        assert all(done), "one replica did nothing"


def test_a_cancellation_reaches_the_replica_that_works(
    running: Backend,
    replicas: list[RunningProcess],
    vendor: Emulator,
    clip_library: ClipLibrary,
) -> None:
    vendor.task_seconds = 3600.0
    try:
        with ExitStack() as stack:
            clients = [
                stack.enter_context(client(process, running, vendor.key)) for process in replicas
            ]
            file = clip_library.get("long.mp4", [Piece("man", 0.0, 3.0)])
            task = clients[0].create(clients[0].upload(file).name)
            for answer in clients[0].watch(task.name):
                if any(each.state == Task.STATE_PROCESSING for each in answer.embedding_tasks):
                    break
            request = embed_pb2.CancelEmbeddingTaskRequest(name=task.name)
            for number, it in enumerate(clients):
                if number == 0:
                    it.call(it.embed.CancelEmbeddingTask, request)
                assert it.finish(task.name).state == Task.STATE_CANCELLED
    finally:
        vendor.task_seconds = 0.3
