"""Files that are no videos leave nothing but the reason."""

from __future__ import annotations

import hashlib
import io
import uuid
import wave

import pytest

from sage.ingest.v1 import ingest_pb2 as pb
from tests.integration.ingest.conftest import Running
from tests.integration.ingest.streaming import chunks, spec
from tests.integration.ingest_client import IngestClient, refused

pytestmark = pytest.mark.xdist_group("ingest")


def sound_alone() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16000))
    return file.getvalue()


@pytest.mark.parametrize("way", ["parts", "stream"])
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("text", "NOT_A_VIDEO"),
        ("noise", "NOT_A_VIDEO"),
        ("picture", "NOT_A_VIDEO"),
        ("sound", "NO_VIDEO_STREAM"),
        ("cut off", "TRUNCATED"),
        ("other bytes", "CHECKSUM_MISMATCH"),
    ],
)
def test_a_refused_file_leaves_nothing_but_the_reason(
    running: Running, client: IngestClient, clip: bytes, kind: str, reason: str, way: str
) -> None:
    data = {
        "text": b"this is a letter\n" * 300,
        "noise": bytes(range(7, 256, 3)) * 400,
        "picture": b"\x89PNG\r\n\x1a\n" + bytes(500),
        "sound": sound_alone(),
        "cut off": clip[: len(clip) * 2 // 3],
        "other bytes": clip,
    }[kind]
    announced = hashlib.sha256(data if kind != "other bytes" else b"").hexdigest()
    request_id = str(uuid.uuid4())
    open_uploads = running.open_store_uploads()

    with refused(reason):
        if way == "parts":
            upload = client.create(data, "s.mp4", sha256=announced, request_id=request_id)
            client.put(upload, 1, data)
            client.complete(upload)
        else:
            first = spec(data, sha256=announced, request_id=request_id)
            client.stream(iter([first, *chunks(data)]))

    upload = client.create(data, "s.mp4", sha256=announced, request_id=request_id)
    assert (upload.state, upload.failure_reason) == (pb.Upload.STATE_FAILED, reason)
    assert upload.failure_message
    assert not client.videos().videos
    assert running.stored(client.workspace) == []
    assert running.open_store_uploads() == open_uploads
    with refused(reason):
        client.complete(upload)


def test_a_stream_is_no_rehearsal(client: IngestClient, clip: bytes) -> None:
    with refused("UPLOAD_STREAM_MALFORMED"):
        client.stream(iter([spec(clip, validate_only=True), *chunks(clip)]))
    assert not client.videos().videos
