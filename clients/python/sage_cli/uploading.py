"""Getting a file to the server: only if it is not there yet, in parts, several at a time.

An interrupted upload goes on where it was: a part that failed is sent again, and a later run of
the command finds the same upload by its request id and sends only the parts that are missing.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grpc import aio

from sage.ingest.v1.ingest_pb2 import (
    CompleteUploadRequest,
    CreateUploadRequest,
    ListVideosRequest,
    Upload,
    UploadPartRequest,
    Video,
)
from sage_cli.client import LONG, PART, SHORT, SageClient
from sage_cli.concurrency import together
from sage_cli.failures import Failure, failure_of, reason_of
from sage_cli.progress import Line

_PARTS_AT_A_TIME = 4
_READ_BYTES = 4 * 1024 * 1024
_REQUEST_IDS = uuid.UUID("6a2c9f3e-52a5-4a8e-9d0c-2f0b7f6c1d11")


@dataclass(frozen=True, kw_only=True)
class LocalFile:
    """A file to be uploaded. size: in bytes. sha256: in hex, by which the server knows it again."""

    path: Path
    size: int
    sha256: str


class Uploader:
    """Uploads files through one client; the limit on parts under way holds for all of them."""

    def __init__(self, sage: SageClient) -> None:
        self._sage = sage
        self._parts = asyncio.Semaphore(_PARTS_AT_A_TIME)
        # Two paths with the same bytes are one video: the second one waits for the first.
        self._by_content: dict[str, asyncio.Lock] = {}

    async def ensure(self, path: Path, line: Line) -> Video:
        """The video of a file; uploads the file unless the workspace has its bytes already.

        Raises Failure when the file cannot be read, changes meanwhile, or is refused.
        """
        file = await read_file(path, lambda done: line.update("reading", done))
        try:
            async with self._by_content.setdefault(file.sha256, asyncio.Lock()):
                known = await self._find(file)
                if known is None:
                    known = await self._upload(file, line)
        except aio.AioRpcError as error:
            if reason_of(error) == "CHECKSUM_MISMATCH":
                raise _changed(path) from None
            if reason_of(error):
                failure = failure_of(error, self._sage.server)
                raise type(failure)(f"{path}: {failure.message}") from None
            raise
        line.update("uploaded", 1.0)
        return known

    async def _find(self, file: LocalFile) -> Video | None:
        found = await self._sage.outage.wait_out(
            lambda: self._sage.ingest.ListVideos(
                ListVideosRequest(sha256=file.sha256), metadata=self._sage.metadata, timeout=SHORT
            )
        )
        ready = [video for video in found.videos if video.state == Video.STATE_READY]
        return ready[0] if ready else None

    async def _upload(self, file: LocalFile, line: Line) -> Video:
        upload = await self._open(file)
        missing = sorted(set(range(1, upload.part_count + 1)) - set(upload.received_parts))
        sent = upload.part_count - len(missing)
        line.update("uploading", sent / upload.part_count)

        async def send(part: int) -> None:
            nonlocal sent
            async with self._parts:
                await self._send(file, upload, part)
            sent += 1
            line.update("uploading", sent / upload.part_count)

        await together(send(part) for part in missing)
        line.update("checking the video")
        return await self._sage.outage.wait_out(
            lambda: self._sage.ingest.CompleteUpload(
                CompleteUploadRequest(name=upload.name), metadata=self._sage.metadata, timeout=LONG
            )
        )

    async def _open(self, file: LocalFile) -> Upload:
        """The upload that an earlier run left unfinished, or a new one."""
        facts = f"{self._sage.workspace}/{file.sha256}/{file.path.name}"
        upload = await self._create(file, uuid.uuid5(_REQUEST_IDS, facts))
        if upload.state not in (Upload.STATE_ACTIVE, Upload.STATE_COMPLETING):
            upload = await self._create(file, uuid.uuid4())
        return upload

    async def _create(self, file: LocalFile, request_id: uuid.UUID) -> Upload:
        return await self._sage.outage.wait_out(
            lambda: self._sage.ingest.CreateUpload(
                CreateUploadRequest(
                    display_name=file.path.name[-255:],
                    size_bytes=file.size,
                    sha256=file.sha256,
                    request_id=str(request_id),
                ),
                metadata=self._sage.metadata,
                timeout=SHORT,
            )
        )

    async def _send(self, file: LocalFile, upload: Upload, part: int) -> None:
        start = (part - 1) * upload.part_size
        length = min(upload.part_size, file.size - start)
        data = await asyncio.to_thread(_read_part, file.path, start, length)
        request = UploadPartRequest(upload=upload.name, part_number=part, data=data)
        await self._sage.outage.wait_out(
            lambda: self._sage.ingest.UploadPart(
                request, metadata=self._sage.metadata, timeout=PART
            ),
            or_too_slow=True,
        )


def require_file(path: Path) -> None:
    """Raises Failure unless there is a file with something in it."""
    if not path.exists():
        raise Failure(f"{path}: there is no such file.")
    if not path.is_file():
        raise Failure(f"{path} is not a file.")
    if path.stat().st_size == 0:
        raise Failure(f"{path} is empty. Export it again or choose another file.")


async def read_file(path: Path, report: Callable[[float], None]) -> LocalFile:
    """Size and SHA-256 of a file. Raises Failure when there is none or it cannot be read."""
    require_file(path)
    try:
        size = path.stat().st_size
        read = 0
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := await asyncio.to_thread(file.read, _READ_BYTES):
                await asyncio.to_thread(digest.update, block)
                read += len(block)
                report(min(1.0, read / max(size, 1)))
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.") from None
    if read != size:
        raise _changed(path)
    return LocalFile(path=path, size=size, sha256=digest.hexdigest())


def _read_part(path: Path, start: int, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            data = file.read(length)
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.") from None
    if len(data) != length:
        raise _changed(path)
    return data


def _changed(path: Path) -> Failure:
    return Failure(
        f"{path} changed while it was read. Wait until nothing writes to it any more, then run the "
        "command again."
    )
