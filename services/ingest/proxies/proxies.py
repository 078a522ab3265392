"""Asking for proxies, and reading how far they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import structlog

from services.ingest.library.video import Video
from services.ingest.ports import Clock, MediaFacts
from services.ingest.proxies.playability import Cause, obstacle
from services.ingest.proxies.proxy import Proxy, asked_again, new_proxy
from services.servicekit.errors import SageError

log = structlog.get_logger()


class ProxyRecords(Protocol):
    """Proxies in the database, by the key of the object that they are copies of.

    All methods raise SageError(DEPENDENCY_UNAVAILABLE) when the database does not answer.
    """

    async def get(self, object_key: str) -> Proxy | None:
        """None before anybody has asked for one."""
        ...

    async def add(self, proxy: Proxy) -> Proxy:
        """Stores a new proxy, or answers with the one that is there."""
        ...

    async def replace(self, proxy: Proxy) -> bool:
        """Stores the next version; False when somebody else was faster, or it is gone."""
        ...


class ReadyVideos(Protocol):
    """The library, as far as it is needed here."""

    async def ready(self, workspace: str, video_id: str) -> Video:
        """Raises SageError(NOT_FOUND, VIDEO_NOT_READY)."""
        ...


class Proxies:
    """Any number of calls ask for a proxy; one is made. wake: called when there is work."""

    def __init__(
        self,
        videos: ReadyVideos,
        records: ProxyRecords,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._videos = videos
        self._records = records
        self._clock = clock
        self._wake = wake

    async def get(self, workspace: str, video_id: str) -> Proxy | None:
        """None while nobody has asked for one, and the video needs none.

        Raises SageError(NOT_FOUND, VIDEO_NOT_READY).
        """
        video = await self._videos.ready(workspace, video_id)
        return await self._records.get(video.object_key)

    async def create(self, workspace: str, video_id: str) -> Proxy:
        """The video's proxy: the present one, one that is tried again, or a new one.

        Raises SageError(NOT_FOUND, VIDEO_NOT_READY).
        """
        video = await self._videos.ready(workspace, video_id)
        return await self._wanted(video, Cause.REQUESTED)

    async def offer(self, video: Video, facts: MediaFacts) -> None:
        """Has a proxy made of a video that came in, if some browser does not play it.

        Raises nothing: the video is there all the same, and its proxy can be asked for.
        """
        cause = obstacle(facts)
        if cause is None:
            return
        try:
            await self._wanted(video, cause)
        except SageError as error:
            log.warning("proxy_not_queued", video=video.name, reason=error.reason_name)

    async def _wanted(self, video: Video, cause: Cause) -> Proxy:
        while True:
            proxy = await self._records.add(new_proxy(video, cause, self._clock()))
            again = asked_again(proxy, self._clock())
            if again is None:
                break
            if await self._records.replace(again):
                proxy = again
                break
        self._wake()
        return proxy
