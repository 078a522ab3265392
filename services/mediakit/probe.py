"""What a video is, found out by opening it and decoding its first picture."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace

from av.video.frame import VideoFrame

from services.mediakit.container import OpenMedia, Source, open_media
from services.mediakit.decoding import ASSUMED_RATE, Decoded, decode, ensure_complete
from services.mediakit.gaps import as_shown, ensure_no_long_gap
from services.mediakit.limits import SPARSE_BYTES_PER_SECOND, ensure_length, ensure_no_gap


@dataclass(frozen=True, kw_only=True)
class MediaInfo:
    """The facts about a video that people and other services want to know.

    duration: seconds, from zero to the end of the last picture, or of a sound that clearly
        outlasts it. width, height: as shown, after the rotation. frame_rate: frames per
        second on average. rotation: degrees counter-clockwise that a player turns the pictures by.
    pixel_format: of the decoded picture, in FFmpeg's words, such as yuv420p. video_profile: of the
    codec, empty when it is not told.
    audio_codec is None when there is no sound. container: the demuxer's name for the format.
    missing_bytes: 0 for a whole file; otherwise the file is cut off and only its beginning plays.
    """

    duration: float
    width: int
    height: int
    frame_rate: float
    video_codec: str
    pixel_format: str
    video_profile: str
    audio_codec: str | None
    has_audio: bool
    rotation: int
    container: str
    missing_bytes: int


def probe(source: Source) -> MediaInfo:
    """Describe a video.

    Reads the index and the beginning of the file; all of it only when no duration is announced, or
    one that is long for so few bytes, or when the file is small and has no index. Raises MediaError
    if it isn't a video, if its first picture can't be decoded, or if it is longer or has longer
    gaps than limits.py allows. A gap that gaps.py doesn't find is left to whoever reads it all.
    """
    with open_media(source) as media:
        ensure_length(max(media.announced or 0.0, media.announced_whole or 0.0))
        size = media.size
        frame = _first_picture(media)
        rotation = frame.rotation
        width, height = frame.width, frame.height
        if rotation % 180:
            width, height = height, width
        rate = media.nominal_rate or ASSUMED_RATE
        info = MediaInfo(
            duration=media.presentation_end(media.announced or 0.0),
            width=width,
            height=height,
            frame_rate=rate,
            video_codec=media.video.codec_context.codec.canonical_name,
            pixel_format=frame.format.name,
            video_profile=media.video.codec_context.profile or "",
            audio_codec=media.audio.codec_context.codec.canonical_name if media.audio else None,
            has_audio=media.audio is not None,
            rotation=rotation,
            container=media.format_name,
            missing_bytes=media.missing_bytes,
        )
        if info.duration > 0 and size >= SPARSE_BYTES_PER_SECOND * info.duration:
            ensure_no_long_gap(media)
            return info
    measured = _measured_duration(source, rate)
    return info if info.duration > 0 else replace(info, duration=measured)


def _first_picture(media: OpenMedia) -> VideoFrame:
    seen = Decoded()
    frames: Iterator[tuple[float, object]] = decode(media, seen, sound=False)
    for _, frame in frames:
        if isinstance(frame, VideoFrame):
            return frame
    ensure_complete(media, seen)
    raise AssertionError("a pass without a picture is never complete")


def _measured_duration(source: Source, rate: float) -> float:
    """When the last picture ends, from all packets: live recordings and raw streams announce none.

    Raw streams have no stamps at all; there the pictures are counted. Raises MediaError for gaps.
    """
    with open_media(source) as media:
        count, end = 0, 0.0
        # Eight bytes each, of packets that may be as small.
        times = array("d", [0.0])
        for packet in media.container.demux(media.video):
            if packet.size == 0:
                continue
            count += 1
            if packet.pts is not None and packet.time_base is not None:
                time = float(packet.pts * packet.time_base) - media.origin
                times.append(time)
                end = max(end, time + float((packet.duration or 0) * packet.time_base))
        ensure_no_gap([*as_shown(times), end])
        end = end or count / rate
        ensure_length(end)
        return end
