"""kill -9 of embed while a task waits, works and stores: nothing lost, nothing twice."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from sage.embed.v1 import embed_pb2
from tests.emulators.twelvelabs import Emulator
from tests.fixtures.clips import Piece
from tests.fixtures.media import ClipLibrary
from tests.integration.embedding import Backend, Client, backend, client
from tests.integration.held_store import HeldStore

pytestmark = pytest.mark.xdist_group("embed-killed")

Task = embed_pb2.EmbeddingTask
ENGINES = ["local", "twelvelabs/marengo3.5"]


@pytest.fixture
def vendor() -> Iterator[Emulator]:
    with Emulator() as it:
        yield it


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed")


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[Backend]:
    key = home / "master.key"
    key.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    with backend(home, {"SAGE_MASTER_KEY_FILE": str(key)}) as it:
        it.environment["SAGE_S3_PUBLIC_ENDPOINT"] = it.environment["SAGE_S3_ENDPOINT"]
        yield it


@pytest.fixture(scope="module")
def file(clip_library: ClipLibrary) -> Path:
    return clip_library.get("clip.mp4", [Piece("rabbit", 0.0, 5.0)])


@pytest.fixture
def settings(vendor: Emulator, tmp_path: Path) -> dict[str, str]:
    return {
        "SAGE_HOME": str(tmp_path),
        "SAGE_TWELVELABS_BASE_URL": vendor.url,
        "SAGE_TWELVELABS_TASKS": "1",
        "SAGE_LOCAL_ENGINE_WORKERS": "1",
    }


def wait_for(it: Client, name: str, state: int) -> None:
    for answer in it.watch(name):
        if any(each.state == state for each in answer.embedding_tasks):
            return


def embeddings(it: Client) -> list[embed_pb2.Embedding]:
    found = it.call(it.embed.ListEmbeddings, embed_pb2.ListEmbeddingsRequest())
    return list(found.embeddings)


def stored(home: Path, name: str) -> set[str]:
    """The attempts at an embedding of which anything lies in the store."""
    folders = (home / "objects").glob(f"**/{name}/*")
    return {each.name for each in folders if any(each.iterdir())}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_task_that_works_and_one_that_waits_survive(
    running: Backend, vendor: Emulator, settings: dict[str, str], file: Path, engine: str
) -> None:
    """One place, taken by a task that reads its video: the other is still QUEUED at the end."""
    with HeldStore(running.store.port, "GET") as store:
        store.held.set()
        settings["SAGE_S3_ENDPOINT"] = store.url
        with running.embed(settings) as first, client(first, running, vendor.key) as it:
            video = it.upload(file).name
            works = it.create(video, engine=engine)
            wait_for(it, works.name, Task.STATE_PROCESSING)
            assert store.arrived.wait(60)
            waiting = it.create(video, engine=engine, segment_duration={"seconds": 5})
            assert it.get(waiting.name).state == Task.STATE_QUEUED
            first.kill()
            store.held.clear()
            with running.embed(settings, port=first.port):
                done = [it.finish(each.name) for each in (works, waiting)]
                assert [each.state for each in done] == [Task.STATE_SUCCEEDED] * 2
                assert [each.attempt for each in done] == [2, 1]
                names = {each.embedding for each in done}
                assert {each.name for each in embeddings(it)} == names
                assert len(names) == 2
    assert len(vendor.api.tasks) == (0 if engine == "local" else 2)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_task_that_is_being_stored_survives(
    running: Backend,
    vendor: Emulator,
    settings: dict[str, str],
    home: Path,
    file: Path,
    engine: str,
) -> None:
    """Killed with the vectors at the store's door: they come again, and are kept once."""
    with HeldStore(running.store.port, "PUT") as store:
        store.held.set()
        settings["SAGE_S3_ENDPOINT"] = store.url
        with running.embed(settings) as first, client(first, running, vendor.key) as it:
            task = it.create(it.upload(file).name, engine=engine)
            assert store.arrived.wait(60)
            assert it.get(task.name).state == Task.STATE_STORING
            assert not embeddings(it)
            first.kill()
            store.held.clear()
            with running.embed(settings, port=first.port):
                done = it.finish(task.name)
                assert (done.state, done.attempt) == (Task.STATE_SUCCEEDED, 2), done.error.message
                assert [each.name for each in embeddings(it)] == [done.embedding]
                visual, audio = it.segments(done.embedding)
                assert list(visual.end_seconds) == list(audio.end_seconds) == [2.0, 4.0, 5.0]
    assert stored(home, done.embedding.removeprefix("embeddings/")) == {"2"}
    assert len(vendor.api.tasks) == (0 if engine == "local" else 1)
