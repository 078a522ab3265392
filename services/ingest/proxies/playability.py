"""Which videos no browser plays for certain, and why.

Browsers differ: Safari plays HEVC, and some play more than they promise. What is asked here is
whether all of those that people use play a file, picture and sound.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from services.ingest.ports import MediaFacts


class Cause(enum.StrEnum):
    """Why there is a proxy."""

    CONTAINER = "CONTAINER"
    VIDEO_CODEC = "VIDEO_CODEC"
    # More than 8 bits, or other than 4:2:0.
    PIXEL_FORMAT = "PIXEL_FORMAT"
    # The picture plays, in silence.
    AUDIO_CODEC = "AUDIO_CODEC"
    # Somebody asked for it: browsers play the file, if not all of them or not smoothly.
    REQUESTED = "REQUESTED"


@dataclass(frozen=True, kw_only=True)
class _Plays:
    """What plays of one kind of file: pixel formats by the picture's codec, the sound's codecs."""

    pictures: dict[str, frozenset[str]]
    sounds: frozenset[str]


_EIGHT_BITS = frozenset({"yuv420p", "yuvj420p"})
_TEN_BITS = _EIGHT_BITS | {"yuv420p10le"}
_WEB = {"vp8": _EIGHT_BITS, "vp9": _TEN_BITS, "av1": _TEN_BITS}
# By the first name of the demuxer that opens the file.
_CONTAINERS = {
    "mov": _Plays(
        pictures={"h264": _EIGHT_BITS, "vp9": _TEN_BITS, "av1": _TEN_BITS},
        sounds=frozenset({"aac", "mp3", "opus", "flac"}),
    ),
    "matroska": _Plays(pictures=_WEB, sounds=frozenset({"opus", "vorbis"})),
}
# Of H.264; the others have tools that browsers' decoders lack.
_H264_PROFILES = frozenset({"", "Baseline", "Constrained Baseline", "Main", "High"})


def obstacle(facts: MediaFacts) -> Cause | None:
    """Why some browser cannot play the video; None when all of them can."""
    plays = _CONTAINERS.get(facts.container.partition(",")[0])
    if plays is None:
        return Cause.CONTAINER
    formats = plays.pictures.get(facts.video_codec)
    if formats is None:
        known = any(facts.video_codec in other.pictures for other in _CONTAINERS.values())
        return Cause.CONTAINER if known else Cause.VIDEO_CODEC
    if facts.pixel_format not in formats:
        return Cause.PIXEL_FORMAT
    if facts.video_codec == "h264" and facts.video_profile not in _H264_PROFILES:
        return Cause.VIDEO_CODEC
    if facts.audio_codec is not None and facts.audio_codec not in plays.sounds:
        return Cause.AUDIO_CODEC
    return None
