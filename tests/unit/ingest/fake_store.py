"""The object store, with the same promises, kept in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from services.servicekit.multipart import StoredPart, StoreUploadGone
from tests.unit.ingest.fakes import FakeClock


class FakeStore:
    """Objects, and multipart uploads as {(key, id): {number: bytes}}."""

    def __init__(self, clock: FakeClock) -> None:
        self.objects: dict[str, bytes] = {}
        self.open: dict[tuple[str, str], dict[int, bytes]] = {}
        self.digested = 0
        self.types: dict[str, str] = {}
        self._begun: dict[tuple[str, str], datetime] = {}
        self._stored: dict[str, datetime] = {}
        self._clock = clock

    async def open_upload(self, key: str, content_type: str) -> str:
        store_upload = f"s{len(self._begun)}"
        self.open[key, store_upload] = {}
        self._begun[key, store_upload] = self._clock()
        return store_upload

    async def put_part(
        self, key: str, store_upload: str, number: int, data: bytes | bytearray
    ) -> str:
        self._parts(key, store_upload)[number] = bytes(data)
        return _etag(data)

    async def list_parts(self, key: str, store_upload: str) -> Mapping[int, StoredPart]:
        return {
            number: StoredPart(length=len(data), etag=_etag(data))
            for number, data in self._parts(key, store_upload).items()
        }

    async def join_parts(
        self, key: str, store_upload: str, parts: Mapping[int, StoredPart]
    ) -> None:
        stored = self._parts(key, store_upload)
        self.objects[key] = b"".join(stored[number] for number in sorted(parts))
        del self.open[key, store_upload]

    async def abort_upload(self, key: str, store_upload: str) -> None:
        self.open.pop((key, store_upload), None)

    async def abandoned_uploads(self, prefix: str, before: datetime) -> Sequence[tuple[str, str]]:
        return [
            place
            for place in self.open
            if place[0].startswith(prefix) and self._begun[place] < before
        ]

    async def size(self, key: str) -> int | None:
        return len(self.objects[key]) if key in self.objects else None

    async def sha256(self, key: str) -> str:
        self.digested += 1
        return hashlib.sha256(self.objects[key]).hexdigest()

    async def get(self, key: str) -> bytes:
        return self.objects[key]

    async def put(
        self, key: str, data: bytes, content_type: str = "application/octet-stream"
    ) -> None:
        self.types[key] = content_type
        self.objects[key] = data
        self._stored[key] = self._clock()

    async def ages(self, prefix: str) -> Mapping[str, datetime]:
        return {key: self._stored[key] for key in self.objects if key.startswith(prefix)}

    async def remove_under(self, prefix: str) -> None:
        for key in [key for key in self.objects if key.startswith(prefix)]:
            del self.objects[key]

    def _parts(self, key: str, store_upload: str) -> dict[int, bytes]:
        if (key, store_upload) not in self.open:
            raise StoreUploadGone
        return self.open[key, store_upload]


class FakeSigner:
    async def sign(
        self, key: str, *, lifetime: timedelta, origin: str | None = None, content_type: str = ""
    ) -> str:
        return f"{origin or 'http://store'}/media/{key}?type={content_type}"


def _etag(data: bytes | bytearray) -> str:
    return hashlib.md5(data).hexdigest()
