"""What is made of a video's bytes: once, and kept beside the object."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from services.ingest.library.catalogue import Catalogue
from services.ingest.library.video import Video
from services.ingest.ports import ObjectStore
from services.mediakit.errors import MediaError
from services.servicekit.background import end
from services.servicekit.errors import SageError, reason_of


class Kept:
    """Callers that want the same thing at the same time wait for one piece of work, which goes on
    when they go away."""

    def __init__(self, catalogue: Catalogue, store: ObjectStore) -> None:
        self._catalogue = catalogue
        self._store = store
        self._making: dict[str, asyncio.Task[bytes]] = {}

    async def get(self, video: Video, kind: str, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """What `make` made when it was called for this kind the first time.

        kind: names it, with all that it depends on. Raises SageError with the reason of the
        MediaError that `make` raises.
        """
        key = video.object_prefix + kind
        with suppress(KeyError):
            return await self._store.get(key)
        task = self._making.get(key)
        if task is None:
            task = asyncio.create_task(self._made(video, kind, make), name=f"make-{kind}")
            self._making[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(task)

    async def put(
        self, video: Video, kind: str, data: bytes, content_type: str = "application/octet-stream"
    ) -> None:
        """Keeps what was made. content_type: as what the store gives it to whoever has a URL.

        Raises SageError(NOT_FOUND, VIDEO_NOT_READY): a video that was removed meanwhile must not
        leave behind what was made of it.
        """
        await self._catalogue.ready(video.workspace, video.id)
        await self._store.put(video.object_prefix + kind, data, content_type)

    async def stop(self) -> None:
        """Gives up what is being made; the next call makes it."""
        await asyncio.gather(*(end(task) for task in list(self._making.values())))

    async def _made(self, video: Video, kind: str, make: Callable[[], Awaitable[bytes]]) -> bytes:
        try:
            data = await make()
        except MediaError as error:
            raise SageError(
                reason_of(error.reason), error.message, metadata={"video": video.name}
            ) from error
        await self.put(video, kind, data)
        return data

    def _ended(self, key: str, task: asyncio.Task[bytes]) -> None:
        del self._making[key]
        if not task.cancelled():
            task.exception()  # whoever waited has it
