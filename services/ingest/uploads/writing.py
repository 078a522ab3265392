"""Parts on their way into the store.

A part that has begun to be written is written to its end, whatever becomes of the call that brought
it: the bytes are here, and a client that resumes need not send them again.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping

from services.ingest.library.video import object_key
from services.ingest.ports import ObjectStore
from services.ingest.uploads.memory import Reservation
from services.ingest.uploads.upload import Upload
from services.servicekit.background import end
from services.servicekit.multipart import StoredPart, StoreUploadGone

# For parts under way when the service stops; an upload can send the others again.
_STOP_SECONDS = 3.0


class PartWriter:
    """Writes parts, one at a time for each part number, and knows which are under way."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._under_way: dict[str, set[asyncio.Task[str]]] = defaultdict(set)
        self._latest: dict[tuple[str, int], asyncio.Task[str]] = {}
        self._stored_bytes = 0

    @property
    def in_flight(self) -> int:
        """How many parts are being written. Any thread may ask."""
        return sum(len(tasks) for tasks in list(self._under_way.values()))

    @property
    def stored_bytes(self) -> int:
        """Bytes of the parts that were stored since the start."""
        return self._stored_bytes

    def begin(
        self,
        upload: Upload,
        number: int,
        data: bytes | bytearray,
        reservation: Reservation | None = None,
    ) -> asyncio.Task[str]:
        """Starts to write a part; the task's result is its ETag.

        The reservation, if any, is released when the bytes are no longer needed.
        """
        place = (upload.id, number)
        writing = self._write(upload, number, data, self._latest.get(place))
        task = asyncio.create_task(writing, name=f"part-{number}-{upload.id}")
        self._latest[place] = task
        self._under_way[upload.id].add(task)

        def done(task: asyncio.Task[str]) -> None:
            if reservation is not None:
                reservation.release()
            if self._latest.get(place) is task:
                del self._latest[place]
            self._under_way[upload.id].discard(task)
            if not self._under_way[upload.id]:
                del self._under_way[upload.id]
            if not task.cancelled():
                task.exception()  # whoever waited has it; if nobody did, it is not news

        task.add_done_callback(done)
        return task

    async def stop(self) -> None:
        """Lets the parts under way be written, within a bound."""
        tasks = [task for under_way in self._under_way.values() for task in under_way]
        await asyncio.gather(*(end(task, patience=_STOP_SECONDS) for task in tasks))

    async def settle(self, upload_id: str) -> None:
        """Waits until no part of the upload is being written here."""
        while tasks := self._under_way.get(upload_id):
            await asyncio.wait(set(tasks))
            # Lets the tasks' own callbacks run, which empty the set.
            await asyncio.sleep(0)

    async def durable(self, upload: Upload) -> Mapping[int, StoredPart]:
        """The parts of an unfinished upload that the store has, apart from those under way.

        Raises StoreUploadGone.
        """
        if upload.store_upload is None:
            return {}
        await self.settle(upload.id)
        key = object_key(upload.workspace, upload.video_id)
        return await self._store.list_parts(key, upload.store_upload)

    async def _write(
        self,
        upload: Upload,
        number: int,
        data: bytes | bytearray,
        before: asyncio.Task[str] | None,
    ) -> str:
        if before is not None:
            # Two writers of one part could leave a mixture of both in a simple store.
            await asyncio.wait({before})
        if upload.store_upload is None:
            raise StoreUploadGone
        key = object_key(upload.workspace, upload.video_id)
        etag = await self._store.put_part(key, upload.store_upload, number, data)
        self._stored_bytes += len(data)
        return etag
