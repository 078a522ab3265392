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
from tests.integration.embedding import Backend, Client, backend, client, wait_for
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


def embeddings(it: Client) -> list[embed_pb2.Embedding]:
    found = it.call(it.embed.ListEmbeddings, embed_pb2.ListEmbeddingsRequest())
    return list(found.embeddings)


def stored(home: Path, name: str) -> set[str]:
    """The attempts at an embedding of which anything lies in the store."""
    folders = (home / "objects").glob(f"**/{name}/*")
    return {each.name for each in folders if any(each.iterdir())}


def test_tasks_that_work_and_tasks_that_wait_survive(
    running: Backend, vendor: Emulator, settings: dict[str, str], file: Path
) -> None:
    """One place for each engine, taken by a task that works: the others are QUEUED at the end."""
    with HeldStore(running.store.port, "GET") as store:
        store.held.set()
        settings["SAGE_S3_ENDPOINT"] = store.url
        with running.embed(settings) as first, client(first, running, vendor.key) as it:
            video = it.upload(file).name
            work = [it.create(video, engine=engine) for engine in ENGINES]
            for each in work:
                wait_for(it, each.name, Task.STATE_PROCESSING)
            assert store.arrived.wait(60)
            wait = [
                it.create(video, engine=each, segment_duration={"seconds": 5}) for each in ENGINES
            ]
            assert {it.get(each.name).state for each in wait} == {Task.STATE_QUEUED}
            first.kill()
            store.held.clear()
            with running.embed(settings, port=first.port):
                done = [it.finish(each.name) for each in (*work, *wait)]
                assert [each.state for each in done] == [Task.STATE_SUCCEEDED] * 4
                assert [each.attempt for each in done] == [2, 2, 1, 1]
                names = {each.embedding for each in done}
                assert {each.name for each in embeddings(it)} == names
                assert len(names) == 4
    assert len(vendor.api.tasks) == 2


def test_tasks_that_are_being_stored_survive(
    running: Backend, vendor: Emulator, settings: dict[str, str], home: Path, file: Path
) -> None:
    """Killed with the vectors at the store's door: they come again, and are kept once."""
    with HeldStore(running.store.port, "PUT") as store:
        store.held.set()
        settings["SAGE_S3_ENDPOINT"] = store.url
        with running.embed(settings) as first, client(first, running, vendor.key) as it:
            video = it.upload(file).name
            tasks = [it.create(video, engine=engine) for engine in ENGINES]
            for each in tasks:
                wait_for(it, each.name, Task.STATE_STORING)
            assert store.arrived.wait(60)
            assert not embeddings(it)
            first.kill()
            store.held.clear()
            with running.embed(settings, port=first.port):
                done = [it.finish(each.name) for each in tasks]
                for each in done:
                    assert (each.state, each.attempt) == (Task.STATE_SUCCEEDED, 2), each.error
                    visual, audio = it.segments(each.embedding)
                    assert list(visual.end_seconds) == list(audio.end_seconds) == [2.0, 4.0, 5.0]
                kept = {each.name for each in embeddings(it)}
                assert kept == {each.embedding for each in done}
    for name in kept:
        assert stored(home, name.removeprefix("embeddings/")) == {"2"}
    assert len(vendor.api.tasks) == 1
