"""Filmstrips and waveforms: made once for each set of parameters, kept beside the object."""

from __future__ import annotations

import json

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.library.catalogue import Catalogue
from services.ingest.library.kept import Kept
from services.ingest.ports import Filmstrip, MediaReader, Waveform
from services.servicekit.errors import SageError

_DEFAULT_PICTURES = 60
_DEFAULT_TILE_HEIGHT = 54
_DEFAULT_PEAKS = 600


class Previews:
    """Small pictures and loudness, for timelines."""

    def __init__(self, catalogue: Catalogue, kept: Kept, media: MediaReader) -> None:
        self._catalogue = catalogue
        self._kept = kept
        self._media = media

    async def filmstrip(
        self, workspace: str, video_id: str, *, count: int, tile_height: int
    ) -> Filmstrip:
        """Pictures on an even grid; 0 stands for the default of a parameter.

        Raises SageError(NOT_FOUND, VIDEO_NOT_READY, UNDECODABLE).
        """
        video = await self._catalogue.ready(workspace, video_id)
        count, tile_height = count or _DEFAULT_PICTURES, tile_height or _DEFAULT_TILE_HEIGHT

        async def make() -> bytes:
            filmstrip = await self._media.filmstrip(
                video.object_key,
                video.size_bytes,
                duration=video.duration,
                count=count,
                tile_height=tile_height,
            )
            return pack_filmstrip(filmstrip)

        kept = await self._kept.get(video, f"filmstrip-{count}x{tile_height}", make)
        return unpack_filmstrip(kept)

    async def waveform(self, workspace: str, video_id: str, *, count: int) -> Waveform:
        """The loudness on an even grid; 0 stands for the default.

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

        async def make() -> bytes:
            waveform = await self._media.waveform(
                video.object_key, video.size_bytes, duration=video.duration, count=count
            )
            return pack_waveform(waveform)

        return unpack_waveform(await self._kept.get(video, f"waveform-{count}", make))


def pack_filmstrip(filmstrip: Filmstrip) -> bytes:
    """A line of JSON, then the JPEG."""
    head = {
        "tile_width": filmstrip.tile_width,
        "tile_height": filmstrip.tile_height,
        "times": list(filmstrip.times),
    }
    return json.dumps(head).encode() + b"\n" + filmstrip.jpeg


def unpack_filmstrip(data: bytes) -> Filmstrip:
    head, _, jpeg = data.partition(b"\n")
    return Filmstrip(jpeg=jpeg, **json.loads(head))


def pack_waveform(waveform: Waveform) -> bytes:
    """JSON."""
    return json.dumps(
        {"peaks": list(waveform.peaks), "step_seconds": waveform.step_seconds}
    ).encode()


def unpack_waveform(data: bytes) -> Waveform:
    return Waveform(**json.loads(data))
