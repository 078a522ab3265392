"""The embed service with its local engine, as real processes: tasks, watching, sessions."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest

from sage.embed.v1 import embed_pb2, session_pb2
from services.servicekit.identity import Scope
from services.servicekit.tokens import TokenIssuer
from tests.fixtures.clips import Piece
from tests.fixtures.media import ClipLibrary
from tests.integration.embedding import Backend, Client, backend, client
from tests.integration.processes import RunningProcess

pytestmark = pytest.mark.xdist_group("embed")

Task = embed_pb2.EmbeddingTask

_milliseconds = itertools.count(1)


def unused_duration() -> dict[str, int]:
    """A segment duration that no other test has asked for: equal work is done only once."""
    return {"seconds": 4, "nanos": next(_milliseconds) * 1_000_000}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    with backend(tmp_path_factory.mktemp("embed")) as it:
        yield it


@pytest.fixture(scope="module")
def embed(running: Backend) -> Iterator[RunningProcess]:
    with running.embed() as process:
        yield process


@pytest.fixture
def me(embed: RunningProcess, running: Backend) -> Iterator[Client]:
    with client(embed, running) as it:
        yield it


@pytest.fixture(scope="module")
def file(clip_library: ClipLibrary) -> Path:
    return clip_library.get("short.mp4", [Piece("rabbit", 0.0, 5.0)])


@pytest.fixture(scope="module")
def video(file: Path, embed: RunningProcess, running: Backend) -> str:
    """A short video of the shared workspace."""
    with client(embed, running) as it:
        return it.upload(file).name


@pytest.fixture(scope="module")
def long_video(clip_library: ClipLibrary, embed: RunningProcess, running: Backend) -> str:
    """A video that takes long enough to be interrupted."""
    pieces = [Piece("street", 0.0, 10.0), Piece("man", 0.0, 4.0), Piece("rabbit", 0.0, 5.0)]
    file = clip_library.get("long.mp4", pieces * 2)
    with client(embed, running) as it:
        return it.upload(file).name


def stranger(running: Backend, embed: RunningProcess) -> Client:
    """A caller of another workspace, with a token that is as good as any."""
    issuer = TokenIssuer(Path(running.environment["SAGE_TOKEN_SIGNING_KEY_FILE"]))
    token = issuer.issue(
        workspace="strangers", session="x", lifetime_seconds=60, scope=Scope.SERVICE
    )
    return Client(embed.address, running.ingest.address, token)


def refusal(error: grpc.RpcError) -> grpc.StatusCode:
    code: grpc.StatusCode = error.code()
    return code


def test_a_video_becomes_vectors_and_a_frame_track(me: Client, video: str) -> None:
    task = me.create(video)
    assert task.state in (Task.STATE_QUEUED, Task.STATE_SUCCEEDED)
    steps = me.steps(task.name)
    done = steps[-1]
    assert done.state == Task.STATE_SUCCEEDED
    assert [step.progress for step in steps] == sorted(step.progress for step in steps)
    assert [step.revision for step in steps] == sorted(step.revision for step in steps)
    request = embed_pb2.GetEmbeddingRequest(name=done.embedding)
    embedding = me.call(me.embed.GetEmbedding, request)
    assert (embedding.video, embedding.engine) == (video, "local")
    assert [track.segment_count for track in embedding.tracks] == [3, 3]
    visual, audio = me.segments(done.embedding)
    assert (visual.modality, audio.modality) == (1, 2)
    assert list(visual.start_seconds) == [0.0, 2.0, 4.0]
    assert list(visual.end_seconds) == [2.0, 4.0, 5.0]
    vectors = np.frombuffer(visual.vectors, "<f4").reshape(3, visual.dimension)
    assert np.isfinite(vectors).all()
    frames = list(
        me.call(me.embed.StreamFrameTrack, embed_pb2.StreamFrameTrackRequest(name=done.embedding))
    )
    times = [time for batch in frames for time in batch.time_seconds]
    assert len(times) == 125
    assert sum(len(batch.fingerprints) for batch in frames) == 125 * 768
    assert sum(len(batch.sound_levels) for batch in frames) / 16 == pytest.approx(250, abs=2)


def test_the_same_work_is_done_once(me: Client, file: Path, video: str) -> None:
    done = me.finish(me.create(video).name)
    again = me.create(video)
    assert (again.name, again.state) == (done.name, Task.STATE_SUCCEEDED)
    # The same bytes under another name.
    copy = me.upload(file).name
    assert me.create(copy).name == done.name
    listed = me.call(me.embed.ListEmbeddings, embed_pb2.ListEmbeddingsRequest(video=copy))
    assert [embedding.name for embedding in listed.embeddings] == [done.embedding]
    # Other options are other work.
    assert me.create(video, segment_duration=unused_duration()).name != done.name


def test_a_deleted_embedding_is_made_anew(me: Client, video: str) -> None:
    segment = unused_duration()
    done = me.finish(me.create(video, segment_duration=segment).name)
    delete = embed_pb2.DeleteEmbeddingRequest(name=done.embedding, etag="another")
    with pytest.raises(grpc.RpcError) as caught:
        me.call(me.embed.DeleteEmbedding, delete)
    assert refusal(caught.value) is grpc.StatusCode.ABORTED
    delete.etag = ""
    me.call(me.embed.DeleteEmbedding, delete)
    with pytest.raises(grpc.RpcError) as caught:
        me.segments(done.embedding)
    assert refusal(caught.value) is grpc.StatusCode.NOT_FOUND
    assert me.get(done.name).state == Task.STATE_CANCELLED
    again = me.finish(me.create(video, segment_duration=segment).name)
    assert (again.name != done.name, again.state) == (True, Task.STATE_SUCCEEDED)
    assert me.segments(again.embedding)


def test_a_request_id_stands_for_one_request(me: Client, video: str) -> None:
    request_id = str(uuid.uuid4())
    first = me.create(video, request_id=request_id)
    assert me.create(video, request_id=request_id).name == first.name
    with pytest.raises(grpc.RpcError) as caught:
        me.create(video, request_id=request_id, segment_duration=unused_duration())
    assert refusal(caught.value) is grpc.StatusCode.ALREADY_EXISTS


def test_a_running_task_can_be_cancelled_and_tried_again(me: Client, long_video: str) -> None:
    task = me.create(long_video)
    for answer in me.watch(task.name):
        if any(each.state == Task.STATE_PROCESSING for each in answer.embedding_tasks):
            break
    request = embed_pb2.CancelEmbeddingTaskRequest(name=task.name)
    cancelled = me.call(me.embed.CancelEmbeddingTask, request)
    assert cancelled.state == Task.STATE_CANCELLED
    with pytest.raises(grpc.RpcError) as caught:
        me.call(me.embed.CancelEmbeddingTask, request)
    assert refusal(caught.value) is grpc.StatusCode.FAILED_PRECONDITION
    retry = embed_pb2.RetryEmbeddingTaskRequest(name=task.name)
    assert me.call(me.embed.RetryEmbeddingTask, retry).state == Task.STATE_QUEUED
    done = me.finish(task.name)
    assert (done.state, done.attempt) == (Task.STATE_SUCCEEDED, 2)


def test_a_watch_goes_on_after_a_break(me: Client, video: str) -> None:
    before = me.create(video, segment_duration=unused_duration())
    me.finish(before.name)
    revision = next(iter(me.watch())).revision
    first = me.create(video, segment_duration=unused_duration())
    missed = me.create(video, segment_duration=unused_duration())
    me.finish(first.name)
    me.finish(missed.name)
    answer = next(iter(me.watch(after=revision)))
    assert answer.caught_up
    names = {task.name for task in answer.embedding_tasks}
    assert {first.name, missed.name} <= names
    assert before.name not in names
    assert all(task.revision > revision for task in answer.embedding_tasks)


def test_lists_page_by_page(me: Client, video: str) -> None:
    for _ in range(3):
        me.create(video, segment_duration=unused_duration())
    names: list[str] = []
    token = ""
    for _ in itertools.count():
        request = embed_pb2.ListEmbeddingTasksRequest(page_size=2, page_token=token)
        page = me.call(me.embed.ListEmbeddingTasks, request)
        names += [task.name for task in page.embedding_tasks]
        token = page.next_page_token
        if not token:
            break
    assert len(names) == len(set(names)) >= 3
    assert names == sorted(names, reverse=True)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"engine": "crystal-ball"}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"engine": "twelvelabs/marengo3.5"}, grpc.StatusCode.FAILED_PRECONDITION),
        ({"modalities": [3], "engine": "local"}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"segment_duration": {"seconds": 11}}, grpc.StatusCode.INVALID_ARGUMENT),
    ],
)
def test_what_no_engine_can_do_is_refused(
    me: Client, video: str, options: dict[str, Any], code: grpc.StatusCode
) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        me.create(video, **options)
    assert refusal(caught.value) is code


def test_nothing_of_another_workspace_can_be_reached(
    me: Client, running: Backend, embed: RunningProcess, video: str
) -> None:
    done = me.finish(me.create(video).name)
    other = stranger(running, embed)
    stub = other.embed
    unary = [
        (stub.CreateEmbeddingTask, embed_pb2.CreateEmbeddingTaskRequest(video=video)),
        (stub.GetEmbeddingTask, embed_pb2.GetEmbeddingTaskRequest(name=done.name)),
        (stub.CancelEmbeddingTask, embed_pb2.CancelEmbeddingTaskRequest(name=done.name)),
        (stub.RetryEmbeddingTask, embed_pb2.RetryEmbeddingTaskRequest(name=done.name)),
        (stub.GetEmbedding, embed_pb2.GetEmbeddingRequest(name=done.embedding)),
        (other.sessions.GetSession, session_pb2.GetSessionRequest(name="sessions/abc")),
        (other.sessions.DeleteSession, session_pb2.DeleteSessionRequest(name="sessions/abc")),
    ]
    streams = [
        (stub.WatchEmbeddingTasks, embed_pb2.WatchEmbeddingTasksRequest(names=[done.name])),
        (stub.StreamSegments, embed_pb2.StreamSegmentsRequest(name=done.embedding)),
        (stub.StreamFrameTrack, embed_pb2.StreamFrameTrackRequest(name=done.embedding)),
    ]
    for method, request in unary:
        with pytest.raises(grpc.RpcError) as caught:
            other.call(method, request)
        assert refusal(caught.value) is grpc.StatusCode.NOT_FOUND, request
    for method, request in streams:
        with pytest.raises(grpc.RpcError) as caught:
            next(other.call(method, request))
        assert refusal(caught.value) is grpc.StatusCode.NOT_FOUND, request
    tasks = other.call(stub.ListEmbeddingTasks, embed_pb2.ListEmbeddingTasksRequest(video=video))
    assert not tasks.embedding_tasks
    found = other.call(stub.ListEmbeddings, embed_pb2.ListEmbeddingsRequest(video=video))
    assert not found.embeddings
    present = next(iter(other.watch()))
    assert (present.caught_up, len(present.embedding_tasks), present.revision) == (True, 0, 0)
    other.close()


def test_an_ended_session_opens_nothing(running: Backend, embed: RunningProcess) -> None:
    with client(embed, running) as it:
        current = session_pb2.GetSessionRequest(name="sessions/current")
        session = it.call(it.sessions.GetSession, current)
        assert (session.workspace, session.access_token) == ("workspaces/tests", "")
        it.call(it.sessions.DeleteSession, session_pb2.DeleteSessionRequest(name=session.name))
        with pytest.raises(grpc.RpcError) as caught:
            it.call(it.embed.ListEngines, embed_pb2.ListEnginesRequest())
        assert refusal(caught.value) is grpc.StatusCode.UNAUTHENTICATED


def test_a_stopped_service_ends_its_watches_and_keeps_its_tasks(
    running: Backend, tmp_path: Path, long_video: str
) -> None:
    settings = {"SAGE_HOME": str(tmp_path)}
    with running.embed(settings) as first, client(first, running) as it:
        task = it.create(long_video)
        ended: list[grpc.StatusCode] = []
        begun = threading.Event()

        def watch() -> None:
            try:
                for answer in it.watch(task.name):
                    if any(each.state == Task.STATE_PROCESSING for each in answer.embedding_tasks):
                        begun.set()
            except grpc.RpcError as error:
                ended.append(refusal(error))

        watching = threading.Thread(target=watch)
        watching.start()
        assert begun.wait(60)
        assert first.stop() == 0
        watching.join(10)
        assert ended == [grpc.StatusCode.UNAVAILABLE]
        with running.embed(settings, port=first.port):
            assert it.finish(task.name).state == Task.STATE_SUCCEEDED
