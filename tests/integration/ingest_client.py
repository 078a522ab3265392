"""Calls ingest as one workspace."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import google_crc32c
import grpc
import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from sage.ingest.v1 import ingest_pb2 as pb
from sage.ingest.v1 import ingest_pb2_grpc
from services.servicekit.identity import Scope
from services.servicekit.settings import MAX_MESSAGE_BYTES
from services.servicekit.tokens import TokenIssuer

PART = 10 * 1024 * 1024
_LIFETIME_SECONDS = 3600


class IngestClient:
    """A caller with a token of one workspace."""

    def __init__(
        self, channel: grpc.Channel, signing_key: Path, workspace: str, scope: Scope = Scope.USER
    ) -> None:
        token = TokenIssuer(signing_key).issue(
            workspace=workspace, session="s", lifetime_seconds=_LIFETIME_SECONDS, scope=scope
        )
        self.metadata = (("authorization", f"Bearer {token}"),)
        self.workspace = workspace
        self.stub = ingest_pb2_grpc.IngestServiceStub(channel)
        self.sources = ingest_pb2_grpc.VideoSourceServiceStub(channel)

    def create(
        self, data: bytes, name: str = "clip.mp4", *, sha256: str = "", request_id: str = ""
    ) -> pb.Upload:
        request = pb.CreateUploadRequest(
            display_name=name, size_bytes=len(data), sha256=sha256, request_id=request_id
        )
        return self.stub.CreateUpload(request, metadata=self.metadata)

    def put(self, upload: pb.Upload, number: int, data: bytes) -> None:
        """Sends part `number` of the file `data`."""
        part = data[(number - 1) * PART : number * PART]
        self.stub.UploadPart(
            pb.UploadPartRequest(
                upload=upload.name,
                part_number=number,
                data=part,
                crc32c=google_crc32c.value(part),
            ),
            metadata=self.metadata,
        )

    def read_upload(self, name: str) -> pb.Upload:
        return self.stub.GetUpload(pb.GetUploadRequest(name=name), metadata=self.metadata)

    def complete(self, upload: pb.Upload) -> pb.Video:
        return self.stub.CompleteUpload(
            pb.CompleteUploadRequest(name=upload.name), metadata=self.metadata
        )

    def upload(self, data: bytes, name: str = "clip.mp4") -> pb.Video:
        """The whole way, by parts, with the digest announced."""
        upload = self.create(data, name, sha256=hashlib.sha256(data).hexdigest())
        for number in range(1, upload.part_count + 1):
            self.put(upload, number, data)
        return self.complete(upload)

    def stream(self, messages: Iterator[pb.UploadVideoRequest]) -> pb.Video:
        return self.stub.UploadVideo(messages, metadata=self.metadata)

    def videos(self, **fields: object) -> pb.ListVideosResponse:
        request = pb.ListVideosRequest(**fields)  # type: ignore[arg-type]
        return self.stub.ListVideos(request, metadata=self.metadata)


@contextmanager
def open_client(
    address: str, signing_key: Path, workspace: str, scope: Scope = Scope.USER
) -> Iterator[IngestClient]:
    options = [("grpc.max_send_message_length", MAX_MESSAGE_BYTES)]
    with grpc.insecure_channel(address, options=options) as channel:
        yield IngestClient(channel, signing_key, workspace, scope)


@contextmanager
def refused(reason: str) -> Iterator[dict[str, str]]:
    """The body must end in an error of this reason; fills in the metadata of its ErrorInfo."""
    metadata: dict[str, str] = {}
    with pytest.raises(grpc.RpcError) as caught:
        yield metadata
    assert reason_of(caught.value) == reason, caught.value
    metadata.update(_info(caught.value).metadata)


def reason_of(error: grpc.RpcError) -> str:
    """The reason in an error's ErrorInfo."""
    return str(_info(error).reason)


def _info(error: grpc.RpcError) -> ErrorInfo:
    trailing: Any = error.trailing_metadata()
    details = dict(trailing or ()).get("grpc-status-details-bin")
    assert isinstance(details, bytes), error
    for packed in Status.FromString(details).details:
        info = ErrorInfo()
        if AnyMessage.Unpack(packed, info):
            return info
    raise error
