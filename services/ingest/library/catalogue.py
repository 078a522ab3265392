"""The videos of a workspace."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from services.ingest.library.video import Video, VideoState
from services.ingest.media.content_types import PROXY_TYPE, playback_type
from services.ingest.ports import Clock, ObjectStore, UrlSigner, VideoRecords
from services.servicekit.errors import not_found
from services.servicekit.listing.requests import ListRequest, Page


class Source(enum.Enum):
    """Which of a video's files is played."""

    ORIGINAL = enum.auto()
    PROXY = enum.auto()


@dataclass(frozen=True, kw_only=True)
class PlayableUrl:
    """A URL that plays a video until `expires_at`."""

    url: str
    expires_at: datetime
    source: Source


class VideoProxies(Protocol):
    """Copies of videos for browsers, as far as the library needs to know of them."""

    async def ready_copy(self, object_key: str) -> str | None:
        """The key of the copy of an object; None while there is none that is complete."""
        ...

    async def forget(self, object_key: str) -> None:
        """Ends the making of a copy of an object that is about to be removed with all beside it."""
        ...


class Catalogue:
    """Reads, renames, plays and removes videos.

    playback: how long a playback URL works. public_endpoint: the store's own address for browsers,
    if it has one; else media is played on the origin through which the caller came.
    """

    def __init__(
        self,
        records: VideoRecords,
        proxies: VideoProxies,
        store: ObjectStore,
        signer: UrlSigner,
        clock: Clock,
        *,
        playback: timedelta,
        public_endpoint: str | None,
    ) -> None:
        self._records = records
        self._proxies = proxies
        self._store = store
        self._signer = signer
        self._clock = clock
        self._playback = playback
        self._public_endpoint = public_endpoint

    async def get(self, workspace: str, video_id: str) -> Video:
        """Raises SageError(NOT_FOUND)."""
        video = await self._records.get(workspace, video_id)
        if video is None:
            raise not_found(f"videos/{video_id}")
        return video

    async def ready(self, workspace: str, video_id: str) -> Video:
        """Raises SageError(NOT_FOUND, VIDEO_NOT_READY)."""
        video = await self.get(workspace, video_id)
        video.check_ready()
        return video

    async def page(self, workspace: str, listing: ListRequest, *, sha256: str) -> Page[Video]:
        """Raises SageError(INVALID_ARGUMENT, INVALID_PAGE_TOKEN)."""
        return await self._records.page(workspace, listing, sha256=sha256)

    async def intact(self, videos: Sequence[Video]) -> Sequence[Video]:
        """Those of the videos whose bytes the store still has.

        For who looks for bytes so as not to upload them: uploading them is what mends the others.
        """
        sizes = {key: await self._store.size(key) for key in {it.object_key for it in videos}}
        return [video for video in videos if sizes[video.object_key] == video.size_bytes]

    async def rename(self, workspace: str, video_id: str, display_name: str, etag: str) -> Video:
        """Raises SageError(NOT_FOUND, VIDEO_NOT_READY, ETAG_MISMATCH)."""
        while True:
            video = await self.get(workspace, video_id)
            renamed = video.renamed(display_name, etag, self._clock())
            if await self._records.replace(renamed):
                return renamed

    async def delete(self, workspace: str, video_id: str, etag: str = "") -> None:
        """Raises SageError(NOT_FOUND, ETAG_MISMATCH).

        etag: of the video that is meant; empty for whatever it is. When the store fails half-way,
        the sweep finishes it.
        """
        while True:
            video = await self.get(workspace, video_id)
            if video.state is VideoState.DELETING:
                break
            deleting = video.deleting(self._clock(), etag)
            if await self._records.replace(deleting):
                video = deleting
                break
        await self.remove(video)

    async def remove(self, video: Video) -> None:
        """Removes the bytes of a video, unless another one shares them, and then its record.

        Only a READY video gives its object to others. So once no READY one has it, none ever will,
        and nobody can begin to share what is being removed here.
        """
        if not await self._records.is_shared(video):
            await self._proxies.forget(video.object_key)
            await self._store.remove_under(video.object_prefix)
        await self._records.remove(video)

    async def playback_url(
        self, workspace: str, video_id: str, origin: str | None, source: Source
    ) -> PlayableUrl:
        """source: what is wanted; the original is given while there is no complete proxy.

        Raises SageError(NOT_FOUND, VIDEO_NOT_READY).
        """
        video = await self.ready(workspace, video_id)
        copy = None
        if source is Source.PROXY:
            copy = await self._proxies.ready_copy(video.object_key)
        (url,), expires_at = await self.signed(
            [copy or video.object_key],
            origin,
            PROXY_TYPE if copy else playback_type(video.content_type),
        )
        given = Source.PROXY if copy else Source.ORIGINAL
        return PlayableUrl(url=url, expires_at=expires_at, source=given)

    async def signed(
        self, keys: Sequence[str], origin: str | None, content_type: str
    ) -> tuple[Sequence[str], datetime]:
        """A URL for each object, which gives it to anybody, and when they all stop working.

        origin: through which the caller came.
        """
        expires_at = self._clock() + self._playback
        urls = await asyncio.gather(
            *(
                self._signer.sign(
                    key,
                    lifetime=self._playback,
                    origin=self._public_endpoint or origin,
                    content_type=content_type,
                )
                for key in keys
            )
        )
        return urls, expires_at
