"""The store, ingest and embed as real processes, and a client of one workspace, for tests."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import google_crc32c
import grpc

from sage.embed.v1 import embed_pb2, embed_pb2_grpc, session_pb2, session_pb2_grpc
from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from tests.integration.processes import (
    RunningProcess,
    create_keys,
    service_environment,
    start_service,
    start_store,
)

FINAL = {
    embed_pb2.EmbeddingTask.STATE_SUCCEEDED,
    embed_pb2.EmbeddingTask.STATE_FAILED,
    embed_pb2.EmbeddingTask.STATE_CANCELLED,
}
CALL_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Backend:
    """What embed needs, and the environment to start it with."""

    store: RunningProcess
    ingest: RunningProcess
    environment: dict[str, str]

    @contextmanager
    def embed(
        self, settings: Mapping[str, str] | None = None, *, port: int | None = None
    ) -> Iterator[RunningProcess]:
        """Starts embed; `settings` are environment variables."""
        environment = {**self.environment, **(settings or {})}
        with start_service("services.embed", "SAGE_EMBED_PORT", environment, port=port) as process:
            yield process


@contextmanager
def backend(home: Path, settings: Mapping[str, str] | None = None) -> Iterator[Backend]:
    """The store and ingest, running."""
    with ExitStack() as stack:
        keys = create_keys(home)
        store = stack.enter_context(start_store(home))
        environment = {
            **service_environment(home, store.address, keys),
            "SAGE_TOKEN_SIGNING_KEY_FILE": str(keys.signing_key),
            "SAGE_ANONYMOUS_WORKSPACE": "tests",
            "SAGE_TASK_LEASE_SECONDS": "5",
            "SAGE_TASK_RETRY_SECONDS": "0.2",
            **(settings or {}),
        }
        ingest = stack.enter_context(
            start_service("services.ingest", "SAGE_INGEST_PORT", environment)
        )
        environment["SAGE_INGEST_ADDRESS"] = ingest.address
        yield Backend(store=store, ingest=ingest, environment=environment)


class Client:
    """One session's view of the system."""

    def __init__(self, embed_address: str, ingest_address: str, token: str) -> None:
        self.metadata = (("authorization", f"Bearer {token}"),)
        self._channels = [grpc.insecure_channel(a) for a in (embed_address, ingest_address)]
        self.embed = embed_pb2_grpc.EmbedServiceStub(self._channels[0])
        self.sessions = session_pb2_grpc.SessionServiceStub(self._channels[0])
        self.ingest = ingest_pb2_grpc.IngestServiceStub(self._channels[1])

    def close(self) -> None:
        for channel in self._channels:
            channel.close()

    def call(self, method: Any, request: Any, timeout: float = CALL_SECONDS) -> Any:
        return method(request, metadata=self.metadata, timeout=timeout, wait_for_ready=True)

    def upload(self, file: Path) -> ingest_pb2.Video:
        """A whole small file as one part."""
        data = file.read_bytes()
        upload = self.call(
            self.ingest.CreateUpload,
            ingest_pb2.CreateUploadRequest(display_name=file.name, size_bytes=len(data)),
        )
        self.call(
            self.ingest.UploadPart,
            ingest_pb2.UploadPartRequest(
                upload=upload.name, part_number=1, data=data, crc32c=google_crc32c.value(data)
            ),
        )
        video: ingest_pb2.Video = self.call(
            self.ingest.CompleteUpload, ingest_pb2.CompleteUploadRequest(name=upload.name)
        )
        return video

    def create(self, video: str, **options: Any) -> embed_pb2.EmbeddingTask:
        options.setdefault("request_id", str(uuid.uuid4()))
        request = embed_pb2.CreateEmbeddingTaskRequest(video=video, **options)
        task: embed_pb2.EmbeddingTask = self.call(self.embed.CreateEmbeddingTask, request)
        return task

    def get(self, name: str) -> embed_pb2.EmbeddingTask:
        request = embed_pb2.GetEmbeddingTaskRequest(name=name)
        task: embed_pb2.EmbeddingTask = self.call(self.embed.GetEmbeddingTask, request)
        return task

    def watch(self, *names: str, after: int = 0, timeout: float = CALL_SECONDS) -> Any:
        request = embed_pb2.WatchEmbeddingTasksRequest(names=names, after_revision=after)
        return self.call(self.embed.WatchEmbeddingTasks, request, timeout)

    def steps(self, name: str, timeout: float = CALL_SECONDS) -> list[embed_pb2.EmbeddingTask]:
        """Every state that a watcher sees of a task until it is final."""
        seen = []
        for answer in self.watch(name, timeout=timeout):
            seen.extend(answer.embedding_tasks)
            if seen and seen[-1].state in FINAL:
                return seen
        raise AssertionError("the watch ended by itself")

    def finish(self, name: str, timeout: float = CALL_SECONDS) -> embed_pb2.EmbeddingTask:
        return self.steps(name, timeout)[-1]

    def segments(self, embedding: str, **options: Any) -> list[embed_pb2.SegmentBatch]:
        request = embed_pb2.StreamSegmentsRequest(name=embedding, **options)
        return list(self.call(self.embed.StreamSegments, request))


def wait_for(it: Client, name: str, state: int) -> None:
    """Returns when a watcher is told that the task has got there, or further."""
    for answer in it.watch(name):
        if any(each.state >= state for each in answer.embedding_tasks):
            return
    raise AssertionError("the watch ended by itself")


def open_session(embed_address: str, api_key: str = "") -> session_pb2.Session:
    with grpc.insecure_channel(embed_address) as channel:
        stub = session_pb2_grpc.SessionServiceStub(channel)
        request = session_pb2.CreateSessionRequest(twelvelabs_api_key=api_key)
        return stub.CreateSession(request, timeout=CALL_SECONDS)


@contextmanager
def client(embed: RunningProcess, backend: Backend, api_key: str = "") -> Iterator[Client]:
    session = open_session(embed.address, api_key)
    it = Client(embed.address, backend.ingest.address, session.access_token)
    try:
        yield it
    finally:
        it.close()
