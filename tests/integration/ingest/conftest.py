"""The ingest service as its callers see it: the real process over the real store."""

from __future__ import annotations

import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.ingest_client import PART, IngestClient, open_client
from tests.integration.processes import (
    Keys,
    create_keys,
    service_environment,
    start_service,
    start_store,
)


@dataclass(frozen=True, kw_only=True)
class Running:
    """The service and its store, shared by the tests, each in workspaces of its own."""

    address: str
    keys: Keys
    objects: Path

    def stored(self, workspace: str) -> list[str]:
        """What lies in the store for a workspace: keys, without the store's own files."""
        root = self.objects / "media"
        found = (root / "workspaces" / workspace).rglob("*")
        return sorted(str(path.relative_to(root)) for path in found if path.is_file())

    def open_store_uploads(self) -> int:
        """How many multipart uploads the store has open."""
        root = self.objects / ".nanio" / "multipart"
        return len(list(root.iterdir())) if root.exists() else 0


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    directory = tmp_path_factory.mktemp("ingest")
    keys = create_keys(directory)
    with start_store(directory) as store:
        environment = service_environment(directory, store.address, keys)
        with start_service("services.ingest", "SAGE_INGEST_PORT", environment) as ingest:
            yield Running(address=ingest.address, keys=keys, objects=directory / "objects")


@pytest.fixture
def client(running: Running) -> Iterator[IngestClient]:
    """A caller whose workspace nobody else has."""
    with open_client(running.address, running.keys.signing_key, uuid.uuid4().hex) as client:
        yield client


@pytest.fixture
def stranger(running: Running) -> Iterator[IngestClient]:
    with open_client(running.address, running.keys.signing_key, uuid.uuid4().hex) as client:
        yield client


@pytest.fixture(scope="module")
def clip(reel: Path) -> bytes:
    """Fourteen seconds with sound."""
    return reel.read_bytes()


@pytest.fixture(scope="module")
def large_clip(clip: bytes) -> bytes:
    """The clip, and after it a box of padding that makes three parts of it."""
    size = 2 * PART + 12345
    return clip + (size - len(clip)).to_bytes(4, "big") + b"free" + bytes(size - len(clip) - 8)


def read(url: str, byte_range: str | None = None) -> tuple[int, bytes]:
    headers = {"Range": byte_range} if byte_range else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return answer.status, answer.read()
