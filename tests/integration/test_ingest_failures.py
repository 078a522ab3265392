"""What ingest makes of crashes, and of a store that is away or full of faults."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import grpc
import pytest

from sage.ingest.v1 import ingest_pb2 as pb
from tests.fixtures import clips
from tests.fixtures.media import ClipLibrary
from tests.integration.ingest_client import PART, IngestClient, open_client, refused
from tests.integration.processes import (
    RunningProcess,
    create_keys,
    service_environment,
    start_service,
    start_store,
    wait_for_health,
)

pytestmark = pytest.mark.xdist_group("ingest")


class Machine:
    """A store and an ingest service that a test may end and start again where they were."""

    def __init__(self, directory: Path, stack: ExitStack) -> None:
        self._directory = directory
        self._stack = stack
        self._keys = create_keys(directory)
        self.store = stack.enter_context(start_store(directory))
        self.ingest = self._start_ingest(None)

    def _start_ingest(self, port: int | None) -> RunningProcess:
        environment = {
            **service_environment(self._directory, self.store.address, self._keys),
            "SAGE_INGEST_LEASE_SECONDS": "1",
        }
        return self._stack.enter_context(
            start_service("services.ingest", "SAGE_INGEST_PORT", environment, port=port)
        )

    def restart_ingest(self) -> None:
        self.ingest = self._start_ingest(self.ingest.port)

    def restart_store(self) -> None:
        store = start_store(self._directory, port=self.store.port)
        self.store = self._stack.enter_context(store)

    def objects(self) -> list[Path]:
        """The files of stored objects."""
        root = self._directory / "objects" / "media" / "workspaces"
        return [path for path in root.rglob("*") if path.is_file()]

    @contextmanager
    def client(self) -> Iterator[IngestClient]:
        with open_client(self.ingest.address, self._keys.signing_key, "w") as client:
            yield client


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with ExitStack() as stack:
        yield Machine(tmp_path, stack)


@pytest.fixture(scope="module")
def clip(clip_library: ClipLibrary) -> bytes:
    """Two parts: a clip, and a box of padding after it."""
    short = clip_library.get("clip.mp4", clips.REEL[1:2]).read_bytes()
    size = PART + 54321
    return short + (size - len(short)).to_bytes(4, "big") + b"free" + bytes(size - len(short) - 8)


def test_parts_outlive_a_crash(machine: Machine, clip: bytes) -> None:
    with machine.client() as client:
        upload = client.create(clip)
        client.put(upload, 1, clip)
    machine.ingest.kill()
    machine.restart_ingest()
    with machine.client() as client:
        assert list(client.read_upload(upload.name).received_parts) == [1]
        client.put(upload, 2, clip)
        assert client.complete(upload).sha256 == hashlib.sha256(clip).hexdigest()


def test_a_crash_while_completing_is_taken_up_later(machine: Machine, clip: bytes) -> None:
    with machine.client() as client, ThreadPoolExecutor(1) as pool:
        upload = client.create(clip)
        for number in (1, 2):
            client.put(upload, number, clip)
        completing = pool.submit(client.complete, upload)
        while client.read_upload(upload.name).state != pb.Upload.STATE_COMPLETING:
            assert not completing.done()
        machine.ingest.kill()
        with pytest.raises(grpc.RpcError):
            completing.result()
    machine.restart_ingest()
    with machine.client() as client:
        video = client.complete(upload)
        assert video.sha256 == hashlib.sha256(clip).hexdigest()
        assert [listed.name for listed in client.videos().videos] == [video.name]
    assert len(machine.objects()) == 1


def test_a_stopped_service_finds_its_videos_again(machine: Machine, clip: bytes) -> None:
    with machine.client() as client:
        upload = client.create(clip)
        for number in (1, 2):
            client.put(upload, number, clip)
        video = client.complete(upload)
    assert machine.ingest.stop() == 0
    machine.restart_ingest()
    with machine.client() as client:
        assert client.complete(upload) == video


def test_while_the_store_is_away_calls_say_so_and_nothing_is_lost(
    machine: Machine, clip: bytes
) -> None:
    with machine.client() as client:
        upload = client.create(clip)
        client.put(upload, 1, clip)
        machine.store.kill()
        with refused("DEPENDENCY_UNAVAILABLE"):
            client.put(upload, 2, clip)
        with refused("DEPENDENCY_UNAVAILABLE"):
            client.complete(upload)
        wait_for_health(machine.ingest, serving=False)

        machine.restart_store()
        wait_for_health(machine.ingest, serving=True)
        client.put(upload, 2, clip)
        video = client.complete(upload)

        machine.store.kill()
        with refused("DEPENDENCY_UNAVAILABLE"):
            client.stub.DeleteVideo(
                pb.DeleteVideoRequest(name=video.name), metadata=client.metadata
            )
        with refused("VIDEO_NOT_READY"):
            client.stub.GetPlaybackUrl(
                pb.GetPlaybackUrlRequest(name=video.name), metadata=client.metadata
            )
        machine.restart_store()
        wait_for_health(machine.ingest, serving=True)
        client.stub.DeleteVideo(pb.DeleteVideoRequest(name=video.name), metadata=client.metadata)
    assert machine.objects() == []
