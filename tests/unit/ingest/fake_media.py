"""What looks into files, for files that say themselves what they are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from services.ingest.ports import (
    Filmstrip,
    MediaFacts,
    Still,
    Waveform,
)
from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.technical.facts import TechnicalFacts
from tests.unit.ingest.fake_store import FakeStore
from tests.unit.ingest.file_facts import file_facts


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
        self, key: str, size: int, *, times: Sequence[float], tile_height: int
    ) -> Filmstrip:
        self.strips_made += 1
        return Filmstrip(jpeg=b"JPEG\n\n", tile_width=8, tile_height=tile_height, times=list(times))

    async def stills(
        self, key: str, size: int, *, times: Sequence[float], height: int
    ) -> Sequence[Still]:
        self.strips_made += 1
        return [
            Still(time=time, jpeg=f"{key} at {time}".encode(), width=8, height=height)
            for time in times
        ]

    async def waveform(
        self, key: str, size: int, *, start: float, end: float, count: int
    ) -> Waveform:
        self.strips_made += 1
        return Waveform(peaks=[0.25] * count, step_seconds=(end - start) / count)

    async def technical(
        self, key: str, size: int, *, duration: float, whole: bool
    ) -> TechnicalFacts:
        self.files_read += 1
        return file_facts(size, whole=whole)
