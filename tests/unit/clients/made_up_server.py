"""A server that speaks the contract over gRPC and keeps what it was asked, with all in memory."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import google_crc32c
import grpc

from sage.embed.v1 import embed_pb2_grpc, session_pb2_grpc
from sage.embed.v1.embed_pb2 import EmbeddingTask, WatchEmbeddingTasksResponse
from sage.embed.v1.session_pb2 import Session
from sage.ingest.v1 import ingest_pb2_grpc
from sage.ingest.v1.ingest_pb2 import ListVideosResponse, Upload, UploadPartResponse, Video

PART_BYTES = 4


@dataclass
class MadeUpServer(
    ingest_pb2_grpc.IngestServiceServicer,
    embed_pb2_grpc.EmbedServiceServicer,
    session_pb2_grpc.SessionServiceServicer,
):
    """session_seconds: how long a session lasts. lost_parts: parts that find no server, each once.

    watches: what each watch in turn tells before it is lost; the last one ends well.
    """

    session_seconds: int = 3600
    lost_parts: list[int] = field(default_factory=list)
    watches: list[list[WatchEmbeddingTasksResponse]] = field(default_factory=list)
    uploads: dict[str, Upload] = field(default_factory=dict)
    parts: dict[int, bytes] = field(default_factory=dict)
    videos: dict[str, Video] = field(default_factory=dict)
    sessions: int = 0
    sent: list[int] = field(default_factory=list)
    asked: list[tuple[list[str], int]] = field(default_factory=list)

    def CreateSession(self, request: Any, context: grpc.ServicerContext) -> Session:
        self.sessions += 1
        session = Session(access_token=f"token {self.sessions}")
        session.expire_time.FromSeconds(int(time.time()) + self.session_seconds)
        return session

    def ListVideos(self, request: Any, context: grpc.ServicerContext) -> ListVideosResponse:
        assert (
            dict(context.invocation_metadata())["authorization"] == f"Bearer token {self.sessions}"
        )
        known = self.videos.get(request.sha256)
        return ListVideosResponse(videos=[known] if known else [])

    def CreateUpload(self, request: Any, context: grpc.ServicerContext) -> Upload:
        fresh = Upload(
            name=f"uploads/{len(self.uploads)}",
            part_size=PART_BYTES,
            part_count=-(-request.size_bytes // PART_BYTES),
            state=Upload.STATE_ACTIVE,
        )
        return self.uploads.setdefault(request.request_id, fresh)

    def UploadPart(self, request: Any, context: grpc.ServicerContext) -> UploadPartResponse:
        self.sent.append(request.part_number)
        if request.part_number in self.lost_parts:
            self.lost_parts.remove(request.part_number)
            context.abort(grpc.StatusCode.UNAVAILABLE, "Come back in a moment.")
        assert request.crc32c == google_crc32c.value(request.data)
        self.parts[request.part_number] = request.data
        return UploadPartResponse()

    def CompleteUpload(self, request: Any, context: grpc.ServicerContext) -> Video:
        data = b"".join(self.parts[number] for number in sorted(self.parts))
        return Video(name="videos/1", sha256=hashlib.sha256(data).hexdigest())

    def CreateEmbeddingTask(self, request: Any, context: grpc.ServicerContext) -> EmbeddingTask:
        return EmbeddingTask(name=request.video.replace("videos", "embeddingTasks"))

    def WatchEmbeddingTasks(
        self, request: Any, context: grpc.ServicerContext
    ) -> Iterator[WatchEmbeddingTasksResponse]:
        self.asked.append((list(request.names), request.after_revision))
        yield from self.watches.pop(0)
        if self.watches:
            context.abort(grpc.StatusCode.UNAVAILABLE, "Come back in a moment.")


def made_up_server(**facts: Any) -> MadeUpServer:
    """One that has the methods which clients call of themselves, and no other."""
    return MadeUpServer(**facts)  # type: ignore[abstract]


@contextmanager
def served(server: MadeUpServer) -> Iterator[str]:
    """Its URL, for as long as it is there."""
    grpc_server = grpc.server(ThreadPoolExecutor(4))
    ingest_pb2_grpc.add_IngestServiceServicer_to_server(server, grpc_server)
    embed_pb2_grpc.add_EmbedServiceServicer_to_server(server, grpc_server)
    session_pb2_grpc.add_SessionServiceServicer_to_server(server, grpc_server)
    port = grpc_server.add_insecure_port("127.0.0.1:0")
    grpc_server.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        grpc_server.stop(None).wait()
