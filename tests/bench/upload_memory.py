"""How much memory the ingest process takes while a large file comes in.

    python -m tests.bench.upload_memory [--mebibytes 2048] [--limit-mebibytes 300]

A real clip, padded to the size with an MP4 `free` box that is never held as a whole, is sent twice
to a service of its own: part by part, three at a time, and as one stream. Prints the peak of the
resident memory of each way, with the speed, and fails when one is over the limit. Linux only (it
reads /proc).
"""

from __future__ import annotations

import argparse
import shutil
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import google_crc32c
import grpc

from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from services.servicekit.settings import MAX_MESSAGE_BYTES, MIB
from services.servicekit.tokens import TokenIssuer
from tests.fixtures import clips
from tests.integration.processes import (
    RunningProcess,
    create_keys,
    service_environment,
    start_service,
    start_store,
)

_PART = 10 * MIB
_CHUNK = MIB
_PARALLEL = 3
_SERVICE = "services.ingest"
Metadata = tuple[tuple[str, str], ...]


class PaddedClip:
    """A clip and after it a `free` box of zeros; players and probes skip it."""

    def __init__(self, clip: bytes, size: int) -> None:
        # A size of 1 says that the true one follows as 64 bits.
        self._head = clip + struct.pack(">I4sQ", 1, b"free", size - len(clip))
        self.size = size

    def read(self, offset: int, length: int) -> bytes:
        length = min(length, self.size - offset)
        head = self._head[offset : offset + length]
        return head + bytes(length - len(head))


def send_parts(
    stub: ingest_pb2_grpc.IngestServiceStub, file: PaddedClip, metadata: Metadata
) -> ingest_pb2.Video:
    spec = ingest_pb2.CreateUploadRequest(display_name="large.mp4", size_bytes=file.size)
    upload = stub.CreateUpload(spec, metadata=metadata)

    def send(number: int) -> None:
        data = file.read((number - 1) * _PART, _PART)
        stub.UploadPart(
            ingest_pb2.UploadPartRequest(
                upload=upload.name,
                part_number=number,
                data=data,
                crc32c=google_crc32c.value(data),
            ),
            metadata=metadata,
        )

    with ThreadPoolExecutor(_PARALLEL) as pool:
        list(pool.map(send, range(1, upload.part_count + 1)))
    return stub.CompleteUpload(
        ingest_pb2.CompleteUploadRequest(name=upload.name), metadata=metadata
    )


def send_stream(
    stub: ingest_pb2_grpc.IngestServiceStub, file: PaddedClip, metadata: Metadata
) -> ingest_pb2.Video:
    def messages() -> Iterator[ingest_pb2.UploadVideoRequest]:
        yield ingest_pb2.UploadVideoRequest(
            spec=ingest_pb2.CreateUploadRequest(display_name="large.mp4", size_bytes=file.size)
        )
        for offset in range(0, file.size, _CHUNK):
            yield ingest_pb2.UploadVideoRequest(chunk=file.read(offset, _CHUNK))

    return stub.UploadVideo(messages(), metadata=metadata)


Way = Callable[[ingest_pb2_grpc.IngestServiceStub, PaddedClip, Metadata], ingest_pb2.Video]


def measure(name: str, way: Way, mebibytes: int, directory: Path) -> float:
    """Sends one file to a new service; the peak of its memory in MiB."""
    directory.mkdir()
    keys = create_keys(directory)
    clip = clips.write(directory / "clip.mp4", clips.REEL).read_bytes()
    token = TokenIssuer(keys.signing_key).issue(
        workspace="bench", session="bench", lifetime_seconds=3600
    )
    metadata = (("authorization", f"Bearer {token}"),)
    with start_store(directory) as store:
        environment = service_environment(directory, store.address, keys)
        with (
            start_service(_SERVICE, "SAGE_INGEST_PORT", environment) as ingest,
            grpc.insecure_channel(
                ingest.address, options=[("grpc.max_send_message_length", MAX_MESSAGE_BYTES)]
            ) as channel,
        ):
            stub = ingest_pb2_grpc.IngestServiceStub(channel)
            idle = _memory(ingest, "VmRSS")
            started = time.monotonic()
            video = way(stub, PaddedClip(clip, mebibytes * MIB), metadata)
            seconds = time.monotonic() - started
            peak, after = _memory(ingest, "VmHWM"), _memory(ingest, "VmRSS")
    assert video.size_bytes == mebibytes * MIB
    sys.stdout.write(
        f"{name:8} {mebibytes} MiB in {seconds:.1f} s ({mebibytes / seconds:.0f} MiB/s with "
        f"joining and checking); memory idle {idle:.0f}, peak {peak:.0f}, after {after:.0f} MiB\n"
    )
    return peak


def _memory(process: RunningProcess, field: str) -> float:
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise LookupError(field)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mebibytes", type=int, default=2048)
    parser.add_argument("--limit-mebibytes", type=float, default=300.0)
    arguments = parser.parse_args()
    ways: dict[str, Way] = {"parts": send_parts, "stream": send_stream}
    peaks = []
    for name, way in ways.items():
        directory = Path(tempfile.mkdtemp(prefix="sage-bench-"))
        try:
            peaks.append(measure(name, way, arguments.mebibytes, directory / name))
        finally:
            shutil.rmtree(directory)
    return int(max(peaks) > arguments.limit_mebibytes)


if __name__ == "__main__":
    sys.exit(main())
