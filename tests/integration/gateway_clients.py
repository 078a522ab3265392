"""Clients of the running SAGE, signed in, and a video that it holds."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
import httpx
import pytest

from sage.ingest.v1.ingest_pb2 import (
    CompleteUploadRequest,
    CreateUploadRequest,
    GetPlaybackUrlRequest,
    UploadPartRequest,
    Video,
)
from sage.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from tests.fixtures.clips import source_file
from tests.fixtures.stack import Stack

Metadata = tuple[tuple[str, str], ...]


@pytest.fixture(scope="session")
def signed_in(stack: Stack) -> Metadata:
    return stack.authorization()


@pytest.fixture(scope="session")
def channel(stack: Stack) -> Iterator[grpc.Channel]:
    with stack.channel() as channel:
        yield channel


@pytest.fixture(scope="session")
def web(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def video(channel: grpc.Channel, signed_in: Metadata) -> Video:
    """A real clip, uploaded in parts."""
    ingest = IngestServiceStub(channel)
    data = source_file("rabbit").read_bytes()
    upload = ingest.CreateUpload(
        CreateUploadRequest(display_name="rabbit.mp4", size_bytes=len(data)), metadata=signed_in
    )
    assert upload.part_count == 1
    ingest.UploadPart(
        UploadPartRequest(upload=upload.name, part_number=1, data=data), metadata=signed_in
    )
    return ingest.CompleteUpload(CompleteUploadRequest(name=upload.name), metadata=signed_in)


@pytest.fixture
def playback_url(channel: grpc.Channel, signed_in: Metadata, video: Video) -> str:
    request = GetPlaybackUrlRequest(name=video.name)
    return IngestServiceStub(channel).GetPlaybackUrl(request, metadata=signed_in).url
