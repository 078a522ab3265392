"""Stand-ins for what ingest depends on, with the same promises, kept in memory.

`Mortal` counts the calls of one or several of them and dies at a chosen one, before or after it has
done its work, as a process may.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.ingest.library.video import Video, VideoState
from services.ingest.ports import (
    Filmstrip,
    MediaFacts,
    Waveform,
)
from services.ingest.proxies.proxy import Proxy, ProxyState
from services.ingest.uploads.quota import Quota, Usage
from services.ingest.uploads.upload import State, Upload
from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.technical.facts import TechnicalFacts
from services.servicekit.multipart import StoredPart, StoreUploadGone
from services.servicekit.paging import Cursor
from tests.unit.ingest.file_facts import file_facts

START = datetime(2026, 1, 1, tzinfo=UTC)


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START
        self._passed = 0.0

    def monotonic(self) -> float:
        """Seconds, whatever the wall clock is set to."""
        return self._passed

    def jump(self, time: timedelta) -> None:
        """Somebody sets the wall clock."""
        self.now += time

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time
        self._passed += time.total_seconds()


class FakeRecords:
    """All tables."""

    def __init__(self) -> None:
        self.uploads: dict[str, Upload] = {}
        self.videos: dict[str, Video] = {}
        self.proxies: dict[str, Proxy] = {}


class FakeUploads:
    def __init__(self, records: FakeRecords) -> None:
        self._records = records

    async def add(self, upload: Upload, quota: Quota) -> Upload:
        for known in self._records.uploads.values():
            same = (known.workspace, known.request_id) == (upload.workspace, upload.request_id)
            if same and upload.request_id:
                return known
        mine = [it for it in self._records.uploads.values() if it.workspace == upload.workspace]
        opened = [it for it in mine if it.state in (State.ACTIVE, State.COMPLETING)]
        usage = Usage(bytes=sum(it.spec.size_bytes for it in opened), open_uploads=len(opened))
        quota.check(usage, upload.spec.size_bytes)
        self._records.uploads[upload.id] = upload
        return upload

    async def page(
        self, workspace: str, *, states: Collection[State], after: Cursor | None, limit: int
    ) -> Sequence[Upload]:
        raise NotImplementedError("listing is tested on a real database")

    async def get(self, workspace: str, upload_id: str) -> Upload | None:
        upload = self._records.uploads.get(upload_id)
        return upload if upload is not None and upload.workspace == workspace else None

    async def replace(self, upload: Upload) -> bool:
        if self._records.uploads[upload.id].version != upload.version - 1:
            return False
        self._records.uploads[upload.id] = upload
        return True

    async def succeed(
        self, upload: Upload, video: Video, *, lost: Collection[str] = ()
    ) -> Video | None:
        equal = [
            known
            for known in self._records.videos.values()
            if (known.workspace, known.sha256) == (video.workspace, video.sha256)
            and known.state is VideoState.READY
        ]
        for known in equal:
            if known.object_key not in lost:
                upload = replace(upload, leftovers=True)
                video = replace(video, object_key=known.object_key)
                break
        if not await self.replace(upload):
            return None
        assert video.id not in self._records.videos
        self._records.videos[video.id] = video
        for known in equal:
            if known.object_key in lost:
                self._records.videos[known.id] = replace(
                    known, object_key=video.object_key, version=known.version + 1
                )
        return video

    async def extend_lease(self, upload: Upload, until: datetime) -> bool:
        current = self._records.uploads[upload.id]
        if current.state is not State.COMPLETING or current.lease_owner != upload.lease_owner:
            return False
        self._records.uploads[upload.id] = replace(current, lease_end=until)
        return True

    async def expired(self, now: datetime, limit: int) -> Sequence[Upload]:
        return [
            upload
            for upload in self._records.uploads.values()
            if upload.state in (State.ACTIVE, State.COMPLETING)
            and upload.expires_at <= now
            and not upload.leased(now)
        ][:limit]

    async def with_leftovers(self, limit: int) -> Sequence[Upload]:
        return [upload for upload in self._records.uploads.values() if upload.leftovers][:limit]

    async def forget(self, before: datetime) -> int:
        over = [
            upload.id
            for upload in self._records.uploads.values()
            if upload.state not in (State.ACTIVE, State.COMPLETING)
            and not upload.leftovers
            and upload.updated_at < before
        ]
        for upload_id in over:
            del self._records.uploads[upload_id]
        return len(over)


class FakeVideos:
    def __init__(self, records: FakeRecords) -> None:
        self._records = records

    async def get(self, workspace: str, video_id: str) -> Video | None:
        video = self._records.videos.get(video_id)
        return video if video is not None and video.workspace == workspace else None

    async def page(
        self, workspace: str, *, sha256: str, after: Cursor | None, limit: int
    ) -> Sequence[Video]:
        raise NotImplementedError("listing is tested on a real database")

    async def replace(self, video: Video) -> bool:
        if self._records.videos[video.id].version != video.version - 1:
            return False
        self._records.videos[video.id] = video
        return True

    async def objects(self, workspace: str, sha256: str) -> Sequence[str]:
        return sorted(
            {
                video.object_key
                for video in self._records.videos.values()
                if (video.workspace, video.sha256) == (workspace, sha256)
                and video.state is VideoState.READY
            }
        )

    async def is_shared(self, video: Video) -> bool:
        return any(
            known.object_key == video.object_key
            and known.id != video.id
            and known.state is VideoState.READY
            for known in self._records.videos.values()
        )

    async def remove(self, video: Video) -> None:
        self._records.videos.pop(video.id, None)

    async def deleting(self, limit: int) -> Sequence[Video]:
        every = self._records.videos.values()
        return [video for video in every if video.state is VideoState.DELETING][:limit]


class FakeProxies:
    """The table of proxies, without its leases: those are tested on a real database."""

    def __init__(self, records: FakeRecords) -> None:
        self._proxies = records.proxies

    async def get(self, object_key: str) -> Proxy | None:
        return self._proxies.get(object_key)

    async def add(self, proxy: Proxy) -> Proxy:
        return self._proxies.setdefault(proxy.object_key, proxy)

    async def replace(self, proxy: Proxy) -> bool:
        known = self._proxies.get(proxy.object_key)
        if known is None or known.version != proxy.version - 1:
            return False
        self._proxies[proxy.object_key] = proxy
        return True

    async def ready_copy(self, object_key: str) -> str | None:
        proxy = self._proxies.get(object_key)
        return proxy.store_key if proxy and proxy.state is ProxyState.READY else None

    async def forget(self, object_key: str) -> None:
        self._proxies.pop(object_key, None)


class FakeStore:
    """Objects, and multipart uploads as {(key, id): {number: bytes}}."""

    def __init__(self, clock: FakeClock) -> None:
        self.objects: dict[str, bytes] = {}
        self.open: dict[tuple[str, str], dict[int, bytes]] = {}
        self.digested = 0
        self._begun: dict[tuple[str, str], datetime] = {}
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

    async def put(self, key: str, data: bytes) -> None:
        self.objects[key] = data

    async def remove_under(self, prefix: str) -> None:
        for key in [key for key in self.objects if key.startswith(prefix)]:
            del self.objects[key]

    def _parts(self, key: str, store_upload: str) -> dict[int, bytes]:
        if (key, store_upload) not in self.open:
            raise StoreUploadGone
        return self.open[key, store_upload]


class FakeMedia:
    """Files that begin with `video` are videos; `cut` is one whose end is missing, and `video old`
    one that no browser plays.

    busy: set while a file is looked into. free: clear it to have that take until it is set.
    """

    def __init__(self, store: FakeStore) -> None:
        self._store = store
        self.strips_made = 0
        self.files_read = 0
        self.busy = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    async def probe(self, key: str, size: int) -> MediaFacts:
        self.busy.set()
        await self.free.wait()
        self.busy.clear()
        data = self._store.objects[key]
        if not data.startswith((b"video", b"cut")):
            raise MediaError(MediaReason.NOT_A_VIDEO, "The file's content is text.")
        return MediaFacts(
            duration=2.0,
            width=320,
            height=180,
            frame_rate=25.0,
            video_codec="mpeg2video" if data.startswith(b"video old") else "h264",
            pixel_format="yuv420p",
            video_profile="High",
            audio_codec=None if data.startswith(b"video mute") else "aac",
            container="mov,mp4",
            missing_bytes=7 if data.startswith(b"cut") else 0,
        )

    async def filmstrip(
        self, key: str, size: int, *, duration: float, count: int, tile_height: int
    ) -> Filmstrip:
        self.strips_made += 1
        return Filmstrip(
            jpeg=b"JPEG\n\n", tile_width=8, tile_height=tile_height, times=[0.5] * count
        )

    async def waveform(self, key: str, size: int, *, duration: float, count: int) -> Waveform:
        self.strips_made += 1
        return Waveform(peaks=[0.25] * count, step_seconds=duration / count)

    async def technical(
        self, key: str, size: int, *, duration: float, whole: bool
    ) -> TechnicalFacts:
        self.files_read += 1
        return file_facts(size, whole=whole)


class FakeSigner:
    async def sign(
        self, key: str, *, lifetime: timedelta, origin: str | None = None, content_type: str = ""
    ) -> str:
        return f"{origin or 'http://store'}/media/{key}?type={content_type}"


class Died(Exception):
    """The process ended here."""


class Mortal:
    """Passes calls on to what it wraps, until the fatal one.

    calls_left: shared by everything that dies together. after: whether the fatal call's work is
    still done.
    """

    def __init__(self, wrapped: Any, calls_left: list[int], *, after: bool) -> None:
        self._wrapped = wrapped
        self._calls_left = calls_left
        self._after = after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._wrapped, name)

        async def call(*arguments: Any, **options: Any) -> Any:
            self._calls_left[0] -= 1
            if self._calls_left[0] < 0:
                raise Died
            if self._calls_left[0] == 0:
                if self._after:
                    await method(*arguments, **options)
                raise Died
            return await method(*arguments, **options)

        return call


def _etag(data: bytes | bytearray) -> str:
    return hashlib.md5(data).hexdigest()
