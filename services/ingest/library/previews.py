"""Stills; and filmstrips and waveforms, made once for each set of parameters and then kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.library.catalogue import Catalogue
from services.ingest.library.kept import Kept
from services.ingest.ports import Filmstrip, MediaReader, Still, Waveform
from services.servicekit.errors import SageError

_DEFAULT_PICTURES = 60
_DEFAULT_TILE_HEIGHT = 54
_DEFAULT_STILL_HEIGHT = 90
_DEFAULT_PEAKS = 600
_LEAST_SECONDS = 0.01


class Previews:
    """Small pictures and loudness, for timelines."""

    def __init__(self, catalogue: Catalogue, kept: Kept, media: MediaReader) -> None:
        self._catalogue = catalogue
        self._kept = kept
        self._media = media

    async def filmstrip(
        self,
        workspace: str,
        video_id: str,
        *,
        count: int,
        tile_height: int,
        times: Sequence[float] = (),
    ) -> Filmstrip:
        """Pictures of some times, or on an even grid; 0 stands for the default of a parameter.

        Raises SageError(NOT_FOUND, VIDEO_NOT_READY, UNDECODABLE).
        """
        video = await self._catalogue.ready(workspace, video_id)
        count, tile_height = count or _DEFAULT_PICTURES, tile_height or _DEFAULT_TILE_HEIGHT
        wanted = sorted(min(time, video.duration) for time in times)
        kind = f"filmstrip-{count}x{tile_height}"
        if wanted:
            kind = f"filmstrip-{name_of(wanted)}x{tile_height}"

        async def make() -> bytes:
            filmstrip = await self._media.filmstrip(
                video.object_key,
                video.size_bytes,
                times=wanted or even_grid(video.duration, count),
                tile_height=tile_height,
            )
            return pack_filmstrip(filmstrip)

        kept = await self._kept.get(video, kind, make)
        return unpack_filmstrip(kept)

    async def stills(
        self, workspace: str, video_id: str, *, times: Sequence[float], height: int
    ) -> Sequence[Still]:
        """The pictures at these times; 0 stands for the default height. They are not kept: nobody
        asks for the same times twice.

        Raises SageError(NOT_FOUND, VIDEO_NOT_READY, UNDECODABLE).
        """
        video = await self._catalogue.ready(workspace, video_id)
        return await self._media.stills(
            video.object_key,
            video.size_bytes,
            times=times,
            height=height or _DEFAULT_STILL_HEIGHT,
        )

    async def waveform(
        self, workspace: str, video_id: str, *, count: int, start: float = 0.0, end: float = 0.0
    ) -> Waveform:
        """The loudness on an even grid from `start` to `end`; 0 stands for the default.

        Raises SageError(NOT_FOUND, VIDEO_NOT_READY, NO_AUDIO, UNDECODABLE).
        """
        video = await self._catalogue.ready(workspace, video_id)
        if not video.has_audio:
            raise SageError(
                ErrorReason.ERROR_REASON_NO_AUDIO,
                f"{video.display_name} has no sound.",
                metadata={"video": video.name},
            )
        count = count or _DEFAULT_PEAKS
        last = min(end or video.duration, video.duration)
        whole = start == 0.0 and last == video.duration
        # A stretch that lies behind the end is a moment of it.
        first = min(start, max(last - _LEAST_SECONDS, 0.0))
        kind = f"waveform-{count}" if whole else f"waveform-{name_of((first, last))}-{count}"

        async def make() -> bytes:
            waveform = await self._media.waveform(
                video.object_key, video.size_bytes, start=first, end=last, count=count
            )
            return pack_waveform(waveform)

        return unpack_waveform(await self._kept.get(video, kind, make))


def even_grid(duration: float, count: int) -> list[float]:
    """The middles of `count` equal stretches of a video, in seconds."""
    return [(number + 0.5) * duration / count for number in range(count)]


def name_of(times: Sequence[float]) -> str:
    """Another one for other times, short enough for a key."""
    return hashlib.sha256(json.dumps([round(time, 3) for time in times]).encode()).hexdigest()[:24]


def pack_filmstrip(filmstrip: Filmstrip) -> bytes:
    """A line of JSON, then the JPEG."""
    head = {
        "tile_width": filmstrip.tile_width,
        "tile_height": filmstrip.tile_height,
        "times": list(filmstrip.times),
    }
    return json.dumps(head).encode() + b"\n" + filmstrip.jpeg


def unpack_filmstrip(data: bytes) -> Filmstrip:
    """Raises ValueError or TypeError for what `pack_filmstrip` did not make."""
    head, _, jpeg = data.partition(b"\n")
    return Filmstrip(jpeg=jpeg, **json.loads(head))


def pack_waveform(waveform: Waveform) -> bytes:
    """JSON."""
    return json.dumps(
        {"peaks": list(waveform.peaks), "step_seconds": waveform.step_seconds}
    ).encode()


def unpack_waveform(data: bytes) -> Waveform:
    """Raises ValueError or TypeError for what `pack_waveform` did not make."""
    return Waveform(**json.loads(data))
