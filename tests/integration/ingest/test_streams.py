"""Files that come as one stream."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator

import pytest

from sage.ingest.v1 import ingest_pb2 as pb
from tests.integration.ingest.streaming import chunks, spec
from tests.integration.ingest_client import PART, IngestClient, refused

pytestmark = pytest.mark.xdist_group("ingest")


def test_a_file_travels_as_one_stream(client: IngestClient, large_clip: bytes) -> None:
    digest = hashlib.sha256(large_clip).hexdigest()

    def messages() -> Iterator[pb.UploadVideoRequest]:
        yield spec(large_clip, sha256=digest)
        yield from chunks(large_clip)

    video = client.stream(messages())
    assert (video.sha256, video.size_bytes) == (digest, len(large_clip))


def test_a_broken_stream_is_resumed(client: IngestClient, large_clip: bytes) -> None:
    request_id = str(uuid.uuid4())

    def broken() -> Iterator[pb.UploadVideoRequest]:
        yield spec(large_clip, request_id=request_id)
        yield from chunks(large_clip[: PART + PART // 2])

    with refused("UPLOAD_INCOMPLETE") as facts:
        client.stream(broken())
    upload = client.create(large_clip, "s.mp4", request_id=request_id)
    assert upload.received_bytes == PART
    assert facts["upload"] == upload.name

    def resumed(offset: int) -> Iterator[pb.UploadVideoRequest]:
        yield pb.UploadVideoRequest(resume=upload.name, offset=offset)
        yield from chunks(large_clip[offset:])

    with refused("PART_OUT_OF_RANGE"):
        client.stream(resumed(2 * PART))
    video = client.stream(resumed(upload.received_bytes))
    assert video.sha256 == hashlib.sha256(large_clip).hexdigest()
    # The whole call may be repeated after its answer was lost.
    assert client.stream(iter([spec(large_clip, request_id=request_id)])).name == video.name


def test_a_stream_out_of_order_is_refused(client: IngestClient, clip: bytes) -> None:
    with refused("UPLOAD_STREAM_MALFORMED"):
        client.stream(chunks(clip))
    with refused("UPLOAD_STREAM_MALFORMED"):
        client.stream(iter([]))
    with refused("UPLOAD_STREAM_MALFORMED"):
        client.stream(iter([spec(clip), spec(clip)]))
    with refused("PART_OUT_OF_RANGE"):
        client.stream(iter([spec(clip), *chunks(clip), *chunks(b"more")]))
