"""A file as an upload sees it: its hash, its request id, its parts."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import google_crc32c

from sage.ingest.v1.ingest_pb2 import CreateUploadRequest, Upload, UploadPartRequest


@dataclass(frozen=True)
class LocalFile:
    """path: where it lies. size: in bytes. sha256: in lower-case hex."""

    path: Path
    size: int
    sha256: str

    @staticmethod
    def read(path: Path) -> LocalFile:
        """Raises OSError."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            return LocalFile(path, file.tell(), digest.hexdigest())

    def announcement(self, *, anew: bool) -> CreateUploadRequest:
        """What creates its upload: the one of the run before, unless `anew`."""
        again = uuid.uuid5(uuid.NAMESPACE_URL, f"{self.sha256}/{self.path.name}")
        return CreateUploadRequest(
            display_name=self.path.name,
            size_bytes=self.size,
            sha256=self.sha256,
            request_id=str(uuid.uuid4() if anew else again),
        )

    def part(self, upload: Upload, number: int) -> UploadPartRequest:
        """The bytes of a part with their checksum. Raises OSError."""
        with self.path.open("rb") as file:
            file.seek((number - 1) * upload.part_size)
            data = file.read(upload.part_size)
        return UploadPartRequest(
            upload=upload.name, part_number=number, data=data, crc32c=google_crc32c.value(data)
        )


def takes_parts(upload: Upload) -> bool:
    return upload.state in (Upload.STATE_ACTIVE, Upload.STATE_COMPLETING)


def missing_parts(upload: Upload) -> Iterator[int]:
    """The numbers of the parts that have not arrived."""
    arrived = frozenset(upload.received_parts)
    return (number for number in range(1, upload.part_count + 1) if number not in arrived)
