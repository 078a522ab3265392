"""Decoding of the sound tracks besides the main one: other languages, commentary, stems.

What is wrong with one of them concerns nobody who watches the video, so it ends that track alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Stream

from services.mediakit.container import OpenMedia
from services.mediakit.decoding import Decoded, track_sounds
from services.mediakit.errors import MediaError
from services.mediakit.limits import StampGuard


@dataclass(frozen=True)
class FurtherSound:
    """A decoded piece of a track's sound. track: its index in `OpenMedia.further`."""

    track: int
    frame: AudioFrame


@dataclass
class _Track:
    index: int
    stream: AudioStream
    unit: float
    seen: Decoded = field(default_factory=Decoded)
    given_up: bool = False


class FurtherDecoding:
    """Decodes packets of a video's further sound tracks.

    seen, guard: of the whole pass. A track whose stamps it refuses is given up.
    """

    def __init__(self, media: OpenMedia, seen: Decoded, guard: StampGuard) -> None:
        self._media = media
        self._seen = seen
        self._guard = guard
        self._tracks = {
            stream.index: _Track(index, stream, float(stream.time_base or 0))
            for index, stream in enumerate(media.further)
        }

    def sounds_of(
        self, stream: Stream, packet: Packet[Stream] | None
    ) -> Iterator[tuple[float, FurtherSound]]:
        """The pieces of sound that a packet completes, with their times."""
        track = self._tracks[stream.index]
        if track.given_up:
            return
        try:
            for time, frame in track_sounds(
                self._media, track.stream, track.unit, packet, track.seen, self._guard
            ):
                self._seen.further_end = max(self._seen.further_end, track.seen.sound_end)
                yield time, FurtherSound(track.index, frame)
        except MediaError:
            track.given_up = True
