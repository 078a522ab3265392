"""A whole file as one stream, with two parts of it in memory at most."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.uploads.assembly import PartAssembler
from services.ingest.uploads.completing import StreamDigest
from services.ingest.uploads.memory import MemoryBudget
from services.ingest.uploads.upload import Upload
from services.ingest.uploads.uploading import Uploading
from services.ingest.uploads.writing import PartWriter
from services.servicekit.errors import SageError
from services.servicekit.multipart import StoreUploadGone


class Streaming:
    """Writes parts while the next ones arrive.

    budget: bounds what all streams together buffer.
    """

    def __init__(self, uploading: Uploading, writer: PartWriter, budget: MemoryBudget) -> None:
        self._uploading = uploading
        self._writer = writer
        self._budget = budget

    async def start_of(self, upload: Upload, offset: int | None) -> int:
        """Where the chunks of a resumed stream go: `offset`, or else what has been received.

        Raises SageError(UPLOAD_NOT_ACTIVE, PART_OUT_OF_RANGE).
        """
        upload.check_active()
        received = upload.contiguous_bytes(await self._uploading.received(upload))
        if offset is None:
            return received
        if offset > received or (offset % upload.part_size and offset != received):
            raise SageError(
                ErrorReason.ERROR_REASON_PART_OUT_OF_RANGE,
                f"The stream cannot go on at byte {offset}: go on at {received}, or at the "
                f"beginning of a part ({upload.part_size} bytes each) before it.",
                metadata={"received_bytes": str(received)},
            )
        return offset

    async def receive(
        self, upload: Upload, offset: int, chunks: AsyncIterator[bytes]
    ) -> StreamDigest | None:
        """Takes the file from `offset` to its end; a digest of it if that was the whole file.

        Full parts that came before a failure stay. Raises SageError(PART_OUT_OF_RANGE,
        UPLOAD_INCOMPLETE, OVERLOADED).
        """
        reservation = await self._budget.reserve(min(2 * upload.part_size, upload.spec.size_bytes))
        assembler = PartAssembler(upload, offset)
        sha256, etags = hashlib.sha256(), dict[int, str]()
        writing: tuple[int, asyncio.Task[str]] | None = None
        try:
            async for chunk in chunks:
                for number, part in assembler.add(chunk):
                    if writing is not None:
                        etags[writing[0]] = await asyncio.shield(writing[1])
                    if writing is None:
                        upload = await self._uploading.touch(upload)
                    writing = number, self._writer.begin(upload, number, part)
                    if offset == 0:
                        # Not in parallel with the next part's: a digest needs the file's order.
                        await asyncio.to_thread(sha256.update, part)
            if writing is not None:
                etags[writing[0]] = await asyncio.shield(writing[1])
        except StoreUploadGone:
            current = await self._uploading.get(upload.workspace, upload.id)
            raise current.not_active() from None
        finally:
            if writing is None or writing[1].done():
                reservation.release()
            else:
                writing[1].add_done_callback(lambda _: reservation.release())
        if not assembler.finished:
            upload.check_whole(await self._uploading.received(upload))
        if offset:
            return None
        return StreamDigest(sha256=sha256.hexdigest(), etags=etags)
