"""Technical facts from headers, the index and the first pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping

from av.audio.stream import AudioStream
from av.codec.context import CodecContext
from av.stream import Disposition, Stream
from av.subtitles.stream import SubtitleStream

from services.mediakit.container import OpenMedia, Source, open_media
from services.mediakit.technical.facts import SoundFacts, SubtitleFacts, TechnicalFacts
from services.mediakit.technical.picture import first_pictures, picture_facts, tag_of
from services.mediakit.technical.timecodes import carried_timecode

_UNITS = 1_000_000
_PCM = re.compile(r"pcm_[suf](\d+)")
_CLOCK = re.compile(r"(\d+):(\d+):(\d+(?:\.\d+)?)")
_STILL = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
_NO_LANGUAGE = ("", "und")


def read_facts(source: Source) -> TechnicalFacts:
    """Takes as long for a film as for a clip. Raises MediaError for what is no video."""
    with open_media(source) as media:
        return facts_of(media)


def facts_of(media: OpenMedia) -> TechnicalFacts:
    """The same of an open video, which is read from its beginning."""
    container = media.container
    tags = _plain(container.metadata)
    timecode, reel = _source_times(media, tags)
    frames = first_pictures(media)
    return TechnicalFacts(
        container=media.format_name,
        brand=tags.get("major_brand", "").strip(),
        size_bytes=media.size,
        bit_rate=container.bit_rate or 0,
        start=round((container.start_time or 0) / _UNITS, 6),
        duration=round((container.duration or 0) / _UNITS, 6),
        start_timecode=timecode or carried_timecode(frames, media.video.average_rate),
        reel=reel,
        writing_application=tags.get("encoder", ""),
        picture=picture_facts(media, frames),
        sounds=tuple(_sound(stream) for stream in container.streams.audio),
        subtitles=tuple(_subtitle(stream) for stream in container.streams.subtitles),
        other_tracks=tuple(
            _other(stream) for stream in container.streams if _is_other(stream, media.video)
        ),
        whole_read=False,
    )


def _plain(metadata: Mapping[str, str]) -> dict[str, str]:
    """Tags by their names in lower case; Matroska writes capitals."""
    return {name.lower(): value for name, value in metadata.items()}


def _source_times(media: OpenMedia, tags: Mapping[str, str]) -> tuple[str, str]:
    """The start time code and the reel: the picture's own, else the file's, else any track's."""
    others = (stream for stream in media.container.streams if stream is not media.video)
    every = [_plain(media.video.metadata), tags, *(_plain(it.metadata) for it in others)]
    timecode = next((found["timecode"] for found in every if found.get("timecode")), "")
    reel = next((found["reel_name"] for found in every if found.get("reel_name")), "")
    return timecode, reel


def _sound(stream: AudioStream) -> SoundFacts:
    decoder = _decoder(stream)
    tags = _plain(stream.metadata)
    codec = _codec(stream)
    depth = _PCM.match(codec)
    start, duration = _times(stream, tags)
    return SoundFacts(
        codec=codec,
        profile=(decoder.profile or "") if decoder else "",
        bit_rate=(decoder.bit_rate or 0) if decoder else 0,
        sample_rate=stream.sample_rate if decoder else 0,
        bit_depth=int(depth[1]) if depth else 0,
        channels=stream.channels if decoder else 0,
        layout=stream.layout.name if decoder else "",
        language=_language(tags),
        title=tags.get("title", ""),
        dispositions=_dispositions(stream),
        start=start,
        duration=duration,
        loudness=None,
    )


def _subtitle(stream: SubtitleStream) -> SubtitleFacts:
    tags = _plain(stream.metadata)
    start, duration = _times(stream, tags)
    return SubtitleFacts(
        codec=_codec(stream),
        language=_language(tags),
        title=tags.get("title", ""),
        dispositions=_dispositions(stream),
        start=start,
        duration=duration,
        cues=None,
        cut_off=False,
    )


def _is_other(stream: Stream, main: Stream) -> bool:
    told = stream.index == main.index or stream.type in ("audio", "subtitle")
    return not told


def _other(stream: Stream) -> str:
    """`time code`, `cover picture`, `further picture`, or what FFmpeg calls it."""
    if stream.type == "video":
        return "cover picture" if stream.disposition & _STILL else "further picture"
    if stream.type == "data" and "timecode" in _plain(stream.metadata):
        return "time code"
    return stream.type


def _decoder(stream: Stream) -> CodecContext | None:
    """None for a codec that the library doesn't know, which its types don't tell."""
    return stream.codec_context


def _codec(stream: AudioStream | SubtitleStream) -> str:
    decoder = _decoder(stream)
    if decoder is not None:
        return str(decoder.codec.canonical_name)
    return tag_of(stream.codec_tag) or "unknown"


def _language(tags: Mapping[str, str]) -> str:
    language = tags.get("language", "")
    return "" if language in _NO_LANGUAGE else language


def _dispositions(stream: Stream) -> tuple[str, ...]:
    return tuple(sorted(flag.name for flag in stream.disposition if flag.name))


def _times(stream: Stream, tags: Mapping[str, str]) -> tuple[float, float]:
    """Start and duration in seconds; Matroska has the latter in a tag, as a clock."""
    unit = float(stream.time_base or 0)
    duration = (stream.duration or 0) * unit
    clock = _CLOCK.match(tags.get("duration", ""))
    start = (stream.start_time or 0) * unit
    if clock and not stream.duration:
        # The tag holds when the track ends.
        hours, minutes, seconds = clock.groups()
        duration = int(hours) * 3600 + int(minutes) * 60 + float(seconds) - start
    return round(start, 6), round(max(duration, 0.0), 6)
