"""Texts of one subtitle track."""

from __future__ import annotations

import re
from dataclasses import dataclass

import av.error
from av.packet import Packet
from av.stream import Stream
from av.subtitles.stream import SubtitleStream
from av.subtitles.subtitle import AssSubtitle

from services.mediakit.technical.facts import Cue

# What one track may bring into an answer, and what all of a file's together.
MOST_CUES, MOST_BYTES = 10_000, 6 << 20
# Of a cue besides its text.
_CUE_BYTES = 24
# Codecs whose cues are pictures, not texts.
_PICTURES = (
    *("dvbsub", "dvb_subtitle", "dvdsub", "dvd_subtitle"),
    *("pgssub", "hdmv_pgs_subtitle", "xsub"),
)
_STYLE = re.compile(r"\{\\[^}]*\}")
_DIGITS = 3


@dataclass
class Room:
    """How many bytes the texts of all tracks may still take."""

    left: int = MOST_BYTES


def has_texts(stream: SubtitleStream) -> bool:
    """Whether its cues are texts, not pictures, in a format that there is a decoder for."""
    return stream.codec_context is not None and stream.codec_context.name not in _PICTURES


class CueReader:
    """Takes the packets of a track.

    origin: the stamp of the timeline's zero, in seconds. room: shared by all tracks of the file.
    """

    def __init__(self, stream: SubtitleStream, origin: float, room: Room) -> None:
        self._stream = stream
        self._origin = origin
        self._unit = float(stream.time_base or 0)
        self._room = room
        self._cues: list[Cue] = []
        self.cut_off = False

    @property
    def cues(self) -> tuple[Cue, ...]:
        """In order of time."""
        return tuple(sorted(self._cues, key=lambda cue: (cue.start, cue.end, cue.text)))

    def take(self, packet: Packet[Stream]) -> None:
        """The next packet; a damaged one brings nothing."""
        if self.cut_off or packet.pts is None:
            return
        try:
            found = self._stream.decode2(packet)
        except (av.error.FFmpegError, UnicodeDecodeError):
            return
        texts = [plain(rect.dialogue) for rect in found or () if isinstance(rect, AssSubtitle)]
        text = "\n".join(text for text in texts if text)
        if not text or found is None:
            return
        size = len(text.encode()) + _CUE_BYTES
        if len(self._cues) >= MOST_CUES or size > self._room.left:
            self.cut_off = True
            return
        self._room.left -= size
        start = packet.pts * self._unit - self._origin
        seconds = (packet.duration or 0) * self._unit or found.end_display_time / 1000
        self._cues.append(
            Cue(start=round(start, _DIGITS), end=round(start + seconds, _DIGITS), text=text)
        )


def plain(dialogue: bytes) -> str:
    """The text of an ASS line without its styles; lines are divided by line feeds."""
    text = _STYLE.sub("", dialogue.decode("utf-8", "replace"))
    text = text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ").replace("\r", "")
    return "\n".join(line.strip() for line in text.split("\n")).strip()
