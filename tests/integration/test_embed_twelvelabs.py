"""The TwelveLabs engine against the emulator: the vendor's own SDK, real processes, real media."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc.status_pb2 import Status

from deploy.embedded.ports import free_ports
from sage.embed.v1 import embed_pb2, session_pb2
from sage.ingest.v1 import ingest_pb2
from services.servicekit.errors import from_status
from tests.emulators.twelvelabs import Emulator, Lie
from tests.fixtures.clips import Piece
from tests.fixtures.media import ClipLibrary
from tests.integration.embedding import Backend, Client, backend, client, open_session, wait_for
from tests.integration.processes import start_service

pytestmark = pytest.mark.xdist_group("embed-twelvelabs")

Task = embed_pb2.EmbeddingTask


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as it:
        yield it


@pytest.fixture
def vendor(emulator: Emulator) -> Emulator:
    """A vendor that knows nothing yet and behaves; its key is another one in each test."""
    emulator.reset()
    return emulator


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("twelvelabs")


@pytest.fixture(scope="module")
def running(home: Path, emulator: Emulator) -> Iterator[Backend]:
    key = home / "master.key"
    key.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    settings = {
        "SAGE_MASTER_KEY_FILE": str(key),
        "SAGE_TWELVELABS_BASE_URL": emulator.url,
    }
    with backend(home, settings) as it:
        yield it


@pytest.fixture(scope="module")
def clip(clip_library: ClipLibrary) -> Path:
    return clip_library.get("clip.mp4", [Piece("rabbit", 0.0, 5.0)])


class Service:
    """Embed, restarted at will at the same place.

    sends: how often it sends a video to the vendor, which reaches the store or does not.
    """

    def __init__(self, running: Backend, home: Path, stack: ExitStack, *, public: bool) -> None:
        self._running = running
        self._stack = stack
        self.settings = {"SAGE_HOME": str(home)}
        if public:
            self.settings["SAGE_S3_PUBLIC_ENDPOINT"] = running.environment["SAGE_S3_ENDPOINT"]
        self.sends = 0 if public else 1
        self.process = stack.enter_context(running.embed(self.settings))

    def kill_and_restart(self) -> None:
        self.process.kill()
        port = self.process.port
        self.process = self._stack.enter_context(self._running.embed(self.settings, port=port))

    @contextmanager
    def sign_in(self, key: str) -> Iterator[Client]:
        with client(self.process, self._running, key) as it:
            yield it


@pytest.fixture(scope="module")
def service(running: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The one of all tests; the vendor fetches videos from its store.

    With compare, which is asked for a workspace's comparisons when its data is removed.
    """
    (port,) = free_ports(1)
    running.environment["SAGE_COMPARE_ADDRESS"] = f"127.0.0.1:{port}"
    with ExitStack() as stack:
        service = Service(running, tmp_path_factory.mktemp("service"), stack, public=True)
        environment = {
            **running.environment,
            **service.settings,
            "SAGE_EMBED_ADDRESS": service.process.address,
        }
        stack.enter_context(
            start_service("services.compare", "SAGE_COMPARE_PORT", environment, port=port)
        )
        yield service


@pytest.fixture(params=[True, False], ids=["by URL", "by upload"])
def either(request: pytest.FixtureRequest, running: Backend, tmp_path: Path) -> Iterator[Service]:
    """The one of all tests, and one that sends videos to the vendor."""
    if request.param:
        yield request.getfixturevalue("service")
        return
    # Not for longer than a test: both publish in one store which of their sessions have ended.
    with ExitStack() as stack:
        yield Service(running, tmp_path, stack, public=False)


@pytest.fixture
def me(service: Service, vendor: Emulator) -> Iterator[Client]:
    with service.sign_in(vendor.key) as it:
        yield it


@pytest.fixture
def other(service: Service, vendor: Emulator) -> Iterator[Client]:
    """Another session with the same key."""
    with service.sign_in(vendor.key) as it:
        yield it


def reason(task: embed_pb2.EmbeddingTask) -> str:
    return next(
        (
            detail.value.decode(errors="replace")
            for detail in task.error.details
            if detail.type_url.endswith("ErrorInfo")
        ),
        "",
    )


def states(steps: list[embed_pb2.EmbeddingTask]) -> list[int]:
    return [step.state for step in steps]


def test_keys_and_their_workspaces(
    service: Service, vendor: Emulator, me: Client, clip: Path
) -> None:
    address = service.process.address
    with pytest.raises(grpc.RpcError, match="not valid"):
        open_session(address, "tlk_wrong")
    vendor.fail("GET", "/embed-v2/tasks", 503)
    with pytest.raises(grpc.RpcError) as caught:
        open_session(address, vendor.key)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    vendor.fail("GET", "/embed-v2/tasks", 429, headers={"Retry-After": "1"})
    with pytest.raises(grpc.RpcError) as caught:
        open_session(address, vendor.key)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    first, second = open_session(address, vendor.key), open_session(address, vendor.key)
    assert first.workspace == second.workspace
    assert first.has_api_key
    assert open_session(address, vendor.another_key()).workspace != first.workspace
    task = me.create(me.upload(clip).name)
    me.finish(task.name)
    # Without the key the workspace is closed; with it, it is the same one again, emptied.
    me.call(
        me.sessions.DeleteSession,
        session_pb2.DeleteSessionRequest(
            name="sessions/current", delete_api_key=True, delete_data=True
        ),
    )
    with pytest.raises(grpc.RpcError) as caught:
        me.get(task.name)
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    with service.sign_in(vendor.key) as again:
        request = session_pb2.GetSessionRequest(name="sessions/current")
        assert again.call(again.sessions.GetSession, request).workspace == first.workspace
        with pytest.raises(grpc.RpcError) as caught:
            again.get(task.name)
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert "tlk_" not in service.process.log.read_text()
    database = Path(service.settings["SAGE_HOME"], "embed.sqlite").read_bytes()
    assert b"tlk_" not in database


def test_an_ended_session_is_refused_by_every_service_and_its_data_is_gone(
    me: Client, other: Client, clip: Path
) -> None:
    video = me.upload(clip).name
    get = ingest_pb2.GetVideoRequest(name=video)
    me.call(me.ingest.GetVideo, get)
    announced = ingest_pb2.CreateUploadRequest(display_name="half.mp4", size_bytes=10)
    upload = me.call(me.ingest.CreateUpload, announced)
    watching = me.watch()
    next(watching)
    me.call(
        me.sessions.DeleteSession,
        session_pb2.DeleteSessionRequest(name="sessions/current", delete_data=True),
    )
    with pytest.raises(grpc.RpcError) as caught:
        list(watching)
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    deadline = time.monotonic() + 30.0
    while True:
        with pytest.raises(grpc.RpcError) as caught:
            me.call(me.ingest.GetVideo, get)
        if caught.value.code() is grpc.StatusCode.UNAUTHENTICATED:
            break
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND
        assert time.monotonic() < deadline
        time.sleep(0.1)
    # Another session of the same workspace lasts, and finds it empty.
    assert not other.call(other.ingest.ListVideos, ingest_pb2.ListVideosRequest()).videos
    request = ingest_pb2.GetUploadRequest(name=upload.name)
    assert other.call(other.ingest.GetUpload, request).state == ingest_pb2.Upload.STATE_ABORTED


def test_an_owner_links_a_second_key(
    service: Service, vendor: Emulator, me: Client, clip: Path
) -> None:
    second_key, third_key = vendor.another_key(), vendor.another_key()

    def link(it: Client, key: str) -> session_pb2.Session:
        request = session_pb2.LinkApiKeyRequest(twelvelabs_api_key=key)
        session: session_pb2.Session = it.call(it.sessions.LinkApiKey, request)
        return session

    def refused(it: Client, key: str) -> str:
        with pytest.raises(grpc.RpcError) as caught:
            link(it, key)
        error: Any = caught.value
        status = Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
        found = from_status(status)
        assert found is not None
        return found.reason_name

    mine = link(me, second_key)
    assert not mine.access_token
    assert open_session(service.process.address, second_key).workspace == mine.workspace
    with service.sign_in(third_key) as third:
        # A video alone is data that nobody could reach any more.
        third.upload(clip)
    assert refused(me, third_key) == "API_KEY_ALREADY_LINKED"
    assert refused(me, "tlk_wrong") == "API_KEY_INVALID"
    with service.sign_in("") as shared:
        assert refused(shared, vendor.key) == "WORKSPACE_SHARED"
    nobody = Client(service.process.address, service.process.address, "no token")
    assert refused(nobody, third_key) == "UNAUTHENTICATED"
    nobody.close()
    assert "tlk_" not in service.process.log.read_text()


def test_a_video_is_embedded(either: Service, vendor: Emulator, clip: Path) -> None:
    vendor.task_seconds = 2.0
    vendor.asset_seconds = 0.5
    with either.sign_in(vendor.key) as me:
        steps = me.steps(me.create(me.upload(clip).name).name)
        done = steps[-1]
        vectors = me.segments(done.embedding)
        frames = list(
            me.call(
                me.embed.StreamFrameTrack, embed_pb2.StreamFrameTrackRequest(name=done.embedding)
            )
        )
    assert done.state == Task.STATE_SUCCEEDED, done.error.message
    assert done.engine == "twelvelabs/marengo3.5"
    assert [step.progress for step in steps] == sorted(step.progress for step in steps)
    assert any(step.progress_estimated for step in steps)
    visual, audio = vectors
    assert list(visual.end_seconds) == list(audio.end_seconds) == [2.0, 4.0, 5.0]
    assert visual.dimension == audio.dimension == 512
    assert sum(len(batch.time_seconds) for batch in frames) == 125
    assert sum(len(batch.sound_levels) for batch in frames) / 16 == pytest.approx(250, abs=2)
    # What was sent is removed again.
    assert not vendor.api.assets
    assert vendor.calls["POST /assets"] == either.sends


def test_answers_that_are_not_whole_are_never_embeddings(
    vendor: Emulator, me: Client, clip: Path
) -> None:
    video = me.upload(clip).name
    words = {
        Lie.NO_DATA: "no visual segments",
        Lie.HALF: "covers 2.00 s of 5.00 s",
        Lie.HOLE: "gaps or overlaps",
        Lie.NAN: "NaN",
        Lie.RAGGED: "511 to 512 dimensions",
        Lie.NO_AUDIO: "no audio segments",
    }
    for lie in Lie:
        vendor.lies = {lie}
        task = me.create(video)
        done = me.finish(task.name)
        assert done.state == Task.STATE_FAILED
        assert words[lie] in done.error.message
        assert "COVERAGE_INCOMPLETE" in reason(done)
    vendor.lies = set()
    retry = embed_pb2.RetryEmbeddingTaskRequest(name=task.name)
    me.call(me.embed.RetryEmbeddingTask, retry)
    assert me.finish(task.name).state == Task.STATE_SUCCEEDED


def test_what_can_pass_is_tried_again_and_what_cannot_is_not(
    vendor: Emulator, me: Client, clip: Path
) -> None:
    video = me.upload(clip).name
    vendor.fail("POST", "/embed-v2/tasks", 503)
    vendor.fail("GET", r"/embed-v2/tasks/\w+", 500)
    done = me.finish(me.create(video).name)
    assert (done.state, done.attempt) == (Task.STATE_SUCCEEDED, 3)
    assert len(vendor.api.tasks) == 1
    words = "Duration (35.0 seconds) exceeds maximum limit of 30 seconds"
    vendor.fail("POST", "/embed-v2/tasks", 400, message=words)
    refused = me.finish(me.create(video, segment_duration={"seconds": 3}).name)
    assert (refused.state, refused.attempt) == (Task.STATE_FAILED, 1)
    assert words in refused.error.message
    assert "VENDOR_REJECTED" in reason(refused)


def test_a_rate_limit_is_obeyed(vendor: Emulator, me: Client, clip: Path) -> None:
    video = me.upload(clip).name
    vendor.limit, vendor.window = 3, 2.0
    started = time.monotonic()
    names = [me.create(video, segment_duration={"seconds": n}).name for n in range(2, 6)]
    assert {me.finish(name).state for name in names} == {Task.STATE_SUCCEEDED}
    assert len(vendor.api.tasks) == 4
    # A refusal holds until the window is over: no task is refused twice in one.
    windows = 1 + (time.monotonic() - started) / vendor.window
    assert vendor.refused <= len(names) * windows


def test_a_killed_service_adopts_what_it_began(
    either: Service, vendor: Emulator, clip: Path
) -> None:
    """One task is at the vendor, and the video of another one is on its way there."""
    # Nothing that begins now is done before the service was killed.
    vendor.task_seconds = 3600.0
    with either.sign_in(vendor.key) as me:
        video = me.upload(clip).name
        processing = me.create(video)
        wait_for(me, processing.name, Task.STATE_PROCESSING)
        vendor.asset_seconds = 3600.0
        # So that it is killed while it asks.
        vendor.latency = 0.5
        preparing = me.create(video, segment_duration={"seconds": 5})
        wait_for(me, preparing.name, Task.STATE_PREPARING)
        either.kill_and_restart()
        vendor.finish_work()
        for task in (processing, preparing):
            done = me.finish(task.name)
            assert (done.state, done.attempt) == (Task.STATE_SUCCEEDED, 2), done.error.message
    assert len(vendor.api.tasks) == 2
    assert vendor.calls["POST /assets"] == 2 * either.sends


def test_a_task_whose_answer_was_lost_is_found_again(
    vendor: Emulator, me: Client, clip: Path
) -> None:
    """The vendor made the task, and the answer never arrived."""
    vendor.fail("POST", "/embed-v2/tasks", 502, after=True)
    done = me.finish(me.create(me.upload(clip).name).name)
    assert (done.state, done.attempt) == (Task.STATE_SUCCEEDED, 2)
    assert len(vendor.api.tasks) == 1


def test_a_silent_vendor_is_given_up(
    running: Backend, vendor: Emulator, tmp_path: Path, clip: Path
) -> None:
    vendor.task_seconds = 3600.0
    settings = {"SAGE_HOME": str(tmp_path), "SAGE_TASK_WAIT_SECONDS": "3"}
    with running.embed(settings) as process, client(process, running, vendor.key) as me:
        done = me.finish(me.create(me.upload(clip).name).name)
        assert done.state == Task.STATE_FAILED
        assert "TASK_TIMED_OUT" in reason(done)
