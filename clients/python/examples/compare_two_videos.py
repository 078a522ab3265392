"""Compares two videos through the generated stubs alone, in one plain sequence of calls.

    python clients/python/examples/compare_two_videos.py A.mp4 B.mp4 [127.0.0.1:8080]

Needs a running server (`make run`) and `pip install .` from the root of this repository.
"""

# ruff: noqa: T201  (this program prints its answer)
from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import grpc

from sage.compare.v1.compare_pb2 import CompareVideosRequest, RegionKind
from sage.compare.v1.compare_pb2_grpc import CompareServiceStub
from sage.embed.v1.embed_pb2 import (
    CreateEmbeddingTaskRequest,
    EmbeddingTask,
    WatchEmbeddingTasksRequest,
)
from sage.embed.v1.embed_pb2_grpc import EmbedServiceStub
from sage.embed.v1.session_pb2 import CreateSessionRequest
from sage.embed.v1.session_pb2_grpc import SessionServiceStub
from sage.ingest.v1.ingest_pb2 import CreateUploadRequest, UploadVideoRequest
from sage.ingest.v1.ingest_pb2_grpc import IngestServiceStub

CHUNK_BYTES = 1024 * 1024
Metadata = tuple[tuple[str, str], ...]


def messages(path: Path) -> Iterator[UploadVideoRequest]:
    """An upload as a stream: what comes, then its bytes."""
    spec = CreateUploadRequest(display_name=path.name, size_bytes=path.stat().st_size)
    yield UploadVideoRequest(spec=spec)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield UploadVideoRequest(chunk=chunk)


def embed(channel: grpc.Channel, metadata: Metadata, videos: list[str]) -> None:
    """Embeds videos, and prints how far that is."""
    stub = EmbedServiceStub(channel)
    waiting: dict[str, str] = {}
    for video in videos:
        task = stub.CreateEmbeddingTask(CreateEmbeddingTaskRequest(video=video), metadata=metadata)
        waiting[task.name] = video
    request = WatchEmbeddingTasksRequest(names=list(waiting))
    for message in stub.WatchEmbeddingTasks(request, metadata=metadata):
        for task in message.embedding_tasks:
            print(f"{task.video_display_name}: {task.stage} {task.progress:.0%}")
            if task.state in (EmbeddingTask.STATE_FAILED, EmbeddingTask.STATE_CANCELLED):
                sys.exit(f"{task.video_display_name}: {task.error.message}")
            if task.state == EmbeddingTask.STATE_SUCCEEDED:
                waiting.pop(task.name, None)
        if not waiting:
            return


def main(a: str, b: str, server: str = "127.0.0.1:8080") -> None:
    with grpc.insecure_channel(server) as channel:
        session = SessionServiceStub(channel).CreateSession(CreateSessionRequest())
        metadata: Metadata = (("authorization", f"Bearer {session.access_token}"),)

        ingest = IngestServiceStub(channel)
        videos = [
            ingest.UploadVideo(messages(Path(path)), metadata=metadata).name for path in (a, b)
        ]
        embed(channel, metadata, videos)

        request = CompareVideosRequest(a=videos[0], b=videos[1])
        for message in CompareServiceStub(channel).CompareVideos(request, metadata=metadata):
            region = message.region
            if message.HasField("region") and region.kind != RegionKind.REGION_KIND_UNCHANGED:
                kind = RegionKind.Name(region.kind).removeprefix("REGION_KIND_").lower()
                print(
                    f"{kind}: A {region.a_start:.3f}-{region.a_end:.3f} s, "
                    f"B {region.b_start:.3f}-{region.b_end:.3f} s"
                )
            if message.HasField("summary"):
                print(f"{message.summary.difference_count} differences")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(f"usage: {sys.argv[0]} A.mp4 B.mp4 [host:port]")
    main(*sys.argv[1:])
