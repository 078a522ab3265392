"""Copies for browsers, by the real service over the real store."""

from __future__ import annotations

import io
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sage.ingest.v1 import ingest_pb2 as pb
from sage.ingest.v1 import proxy_pb2
from services.mediakit.probe import probe
from tests.fixtures import clips
from tests.fixtures.media import ClipLibrary
from tests.integration.held_store import HeldStore
from tests.integration.ingest_client import IngestClient, open_client, refused
from tests.integration.processes import (
    Keys,
    RunningProcess,
    create_keys,
    service_environment,
    start_service,
    start_store,
)

pytestmark = pytest.mark.xdist_group("ingest")

PORT = "SAGE_INGEST_PORT"
PATIENCE_SECONDS = 60.0
State = proxy_pb2.Proxy.State


@dataclass(frozen=True, kw_only=True)
class Place:
    """A store, and what a service needs to use it."""

    home: Path
    keys: Keys
    store: RunningProcess

    def environment(self, **settings: str) -> dict[str, str]:
        return service_environment(self.home, self.store.address, self.keys) | settings

    def proxies(self, workspace: str) -> list[Path]:
        """Their files in the store."""
        objects = self.home / "objects" / "media" / "workspaces" / workspace
        return sorted(objects.rglob("proxy-*.webm"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("proxies")
    with start_store(home) as store:
        yield Place(home=home, keys=create_keys(home), store=store)


@pytest.fixture(scope="module")
def service(place: Place) -> Iterator[RunningProcess]:
    with start_service("services.ingest", PORT, place.environment()) as service:
        yield service


@pytest.fixture
def client(place: Place, service: RunningProcess) -> Iterator[IngestClient]:
    with open_client(service.address, place.keys.signing_key, uuid.uuid4().hex) as client:
        yield client


def proxy_of(client: IngestClient, video: pb.Video) -> proxy_pb2.Proxy:
    request = proxy_pb2.GetProxyRequest(name=f"{video.name}/proxy")
    return client.stub.GetProxy(request, metadata=client.metadata)


def wanted(client: IngestClient, video: pb.Video) -> proxy_pb2.Proxy:
    request = proxy_pb2.CreateProxyRequest(video=video.name)
    return client.stub.CreateProxy(request, metadata=client.metadata)


def finished(client: IngestClient, video: pb.Video) -> proxy_pb2.Proxy:
    def over() -> bool:
        return proxy_of(client, video).state in (State.STATE_READY, State.STATE_FAILED)

    until(over)
    return proxy_of(client, video)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def played(
    client: IngestClient, video: pb.Video, source: proxy_pb2.PlaybackSource.ValueType
) -> tuple[proxy_pb2.PlaybackSource.ValueType, str, bytes]:
    """Which file is given, as what, and its bytes."""
    request = pb.GetPlaybackUrlRequest(name=video.name, source=source)
    playback = client.stub.GetPlaybackUrl(request, metadata=client.metadata)
    with urllib.request.urlopen(playback.url) as answer:
        return playback.source, answer.headers["content-type"], answer.read()


def test_a_file_that_no_browser_plays_gets_a_copy_by_itself(
    place: Place, client: IngestClient, clip_library: ClipLibrary
) -> None:
    original = clip_library.get(
        "tape.mpg", clips.REEL[2:3], video_codec="mpeg2video", audio_codec="mp2", crf=None
    ).read_bytes()
    video = client.upload(original, "tape.mpg")
    proxy = finished(client, video)
    assert (proxy.state, proxy.progress) == (State.STATE_READY, 1.0)
    assert proxy.cause == proxy_pb2.Proxy.CAUSE_CONTAINER

    source, content_type, copy = played(client, video, proxy_pb2.PLAYBACK_SOURCE_UNSPECIFIED)
    assert (source, content_type) == (proxy_pb2.PLAYBACK_SOURCE_PROXY, "video/webm")
    assert probe(io.BytesIO(copy)).video_codec == "vp9"
    source, _, untouched = played(client, video, proxy_pb2.PLAYBACK_SOURCE_ORIGINAL)
    assert (source, untouched) == (proxy_pb2.PLAYBACK_SOURCE_ORIGINAL, original)

    # The same bytes again: they have their copy already.
    again = client.upload(original, "again.mpg")
    assert proxy_of(client, again).state == State.STATE_READY
    remove(client, video)
    assert len(place.proxies(client.workspace)) == 1
    remove(client, again)
    assert place.proxies(client.workspace) == []


def test_a_file_that_plays_gets_one_when_it_is_asked_for(
    place: Place, client: IngestClient, clip_library: ClipLibrary
) -> None:
    video = client.upload(clip_library.get("second.mp4", clips.REEL[2:3]).read_bytes())
    assert proxy_of(client, video).state == State.STATE_NOT_NEEDED
    first = wanted(client, video)
    assert (first.state, first.cause) == (State.STATE_QUEUED, proxy_pb2.Proxy.CAUSE_REQUESTED)
    assert wanted(client, video).create_time == first.create_time
    assert finished(client, video).state == State.STATE_READY
    assert len(place.proxies(client.workspace)) == 1
    remove(client, video)
    with refused("NOT_FOUND"):
        proxy_of(client, video)


def remove(client: IngestClient, video: pb.Video) -> None:
    client.stub.DeleteVideo(pb.DeleteVideoRequest(name=video.name), metadata=client.metadata)


@pytest.mark.slow("a replica is silent for the length of a lease")
def test_a_replica_that_is_killed_is_followed_by_another(
    place: Place, clip_library: ClipLibrary
) -> None:
    clip = clip_library.get("second.mp4", clips.REEL[2:3]).read_bytes()
    workspace = uuid.uuid4().hex
    # A database of its own, so that the other tests' service is no third replica.
    database = f"sqlite+aiosqlite:///{place.home}/killed.sqlite"
    settings = {"SAGE_INGEST_LEASE_SECONDS": "1", "SAGE_INGEST_DATABASE_URL": database}
    with HeldStore(place.store.port, "PUT") as door:
        first = place.environment(SAGE_S3_ENDPOINT=door.url, **settings)
        with (
            start_service("services.ingest", PORT, first) as killed,
            open_client(killed.address, place.keys.signing_key, workspace) as client,
        ):
            video = client.upload(clip)
            door.held.set()
            wanted(client, video)
            assert door.arrived.wait(PATIENCE_SECONDS)
            assert proxy_of(client, video).state == State.STATE_RUNNING
            killed.kill()
    with (
        start_service("services.ingest", PORT, place.environment(**settings)) as service,
        open_client(service.address, place.keys.signing_key, workspace) as client,
    ):
        assert finished(client, video).state == State.STATE_READY
        (copy,) = place.proxies(workspace)
        assert copy.name == "proxy-2.webm"
