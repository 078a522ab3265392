"""A file as the messages of one stream."""

from __future__ import annotations

from collections.abc import Iterator

from sage.ingest.v1 import ingest_pb2 as pb


def chunks(data: bytes, size: int = 999_999) -> Iterator[pb.UploadVideoRequest]:
    for offset in range(0, len(data), size):
        yield pb.UploadVideoRequest(chunk=data[offset : offset + size])


def spec(
    data: bytes, *, sha256: str = "", request_id: str = "", validate_only: bool = False
) -> pb.UploadVideoRequest:
    announced = pb.CreateUploadRequest(
        display_name="s.mp4",
        size_bytes=len(data),
        sha256=sha256,
        request_id=request_id,
        validate_only=validate_only,
    )
    return pb.UploadVideoRequest(spec=announced)
