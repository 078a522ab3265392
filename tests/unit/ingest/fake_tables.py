"""The tables of ingest, with the same promises, kept in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from services.ingest.library.video import Video, VideoState
from services.ingest.proxies.proxy import Proxy, ProxyState
from services.ingest.uploads.quota import Quota, Usage
from services.ingest.uploads.upload import State, Upload
from services.servicekit.listing.requests import ListRequest, Page


class FakeRecords:
    """All tables."""

    def __init__(self) -> None:
        self.uploads: dict[str, Upload] = {}
        self.videos: dict[str, Video] = {}
        self.proxies: dict[str, Proxy] = {}


class FakeUploads:
    def __init__(self, records: FakeRecords) -> None:
        self._records = records

    async def add(self, upload: Upload, quota: Quota, *, rehearse: bool = False) -> Upload:
        for known in self._records.uploads.values():
            same = (known.workspace, known.request_id) == (upload.workspace, upload.request_id)
            if same and upload.request_id:
                return known
        quota.check(await self.usage(upload.workspace), upload.spec.size_bytes)
        if not rehearse:
            self._records.uploads[upload.id] = upload
        return upload

    async def usage(self, workspace: str) -> Usage:
        mine = [it for it in self._records.uploads.values() if it.workspace == workspace]
        opened = [it for it in mine if it.state in (State.ACTIVE, State.COMPLETING)]
        return Usage(bytes=sum(it.spec.size_bytes for it in opened), open_uploads=len(opened))

    async def page(
        self, workspace: str, listing: ListRequest, *, states: Collection[State]
    ) -> Page[Upload]:
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

    async def page(self, workspace: str, listing: ListRequest, *, sha256: str) -> Page[Video]:
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

    async def created_before(self, before: datetime, limit: int) -> Sequence[Video]:
        ready = [it for it in self._records.videos.values() if it.state is VideoState.READY]
        return sorted((it for it in ready if it.created_at < before), key=lambda it: it.created_at)[
            :limit
        ]


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
