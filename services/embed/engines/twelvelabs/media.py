"""Getting the video's bytes to the vendor: by a URL that it fetches itself, or by sending them."""

from __future__ import annotations

import mimetypes
import threading
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from services.embed.ports import Run
from services.embed.tasks.task_state import Task
from services.mediakit.source import RangeReader

if TYPE_CHECKING:
    from services.embed.engines.twelvelabs.vendor import Vendor

# What the vendor takes: by URL, and as one request. Megabytes are decimal.
URL_LIMIT_BYTES = 4 * 1000**3
_DIRECT_LIMIT_BYTES = 200 * 1000**2


class Store(Protocol):
    """Where videos lie."""

    def read_range(self, key: str, offset: int, length: int) -> bytes: ...
    def public_url(self, key: str, file_name: str) -> str | None:
        """A URL that reads an object without credentials; None when the store is not public."""
        ...


class Stopped(Exception):
    """The upload was stopped by us."""


def file_name_of(task: Task) -> str:
    """What a task's media is called at the vendor, so that it is found again after a crash."""
    extension = mimetypes.guess_extension(task.video.content_type) or ".mp4"
    return f"sage-{task.id}{extension}"


class Sending:
    """One upload under a file name, on a thread. `stop` ends it at its next read."""

    def __init__(self, run: Run, store: Store, file_name: str) -> None:
        self._task = run.task
        self._key = run.object_key
        self._store = store
        self._file_name = file_name
        self._stopped = threading.Event()
        self.sent = 0.0

    def stop(self) -> None:
        """The upload ends with an error at its next read, so that its thread is free again."""
        self._stopped.set()

    def send(self, vendor: Vendor) -> str:
        """Answers with the asset's id."""
        video = self._task.video
        name = self._file_name
        if video.size_bytes > _DIRECT_LIMIT_BYTES:
            return vendor.upload_in_parts(name, video.size_bytes, self._read, self._progressed)
        with RangeReader(video.size_bytes, self._read) as reader:
            return vendor.upload(name, video.content_type, cast(BinaryIO, reader))

    def _read(self, offset: int, length: int) -> bytes:
        if self._stopped.is_set():
            raise Stopped
        data = self._store.read_range(self._key, offset, length)
        self._progressed((offset + length) / self._task.video.size_bytes)
        return data

    def _progressed(self, fraction: float) -> None:
        self.sent = max(self.sent, fraction)
