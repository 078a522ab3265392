"""One pass over the decoded pictures and sound of a video, with true presentation times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar, cast

import av.error
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.frame import Frame
from av.packet import Packet
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from services.mediakit.container import OpenMedia
from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.limits import StampGuard

F = TypeVar("F", bound=Frame)

# A raw stream carries neither stamps nor a rate; this is what players assume.
ASSUMED_RATE = 25.0
# How much of the announced duration may be missing before a video counts as partial: a container
# rounds, and a stream may end a little before the longest one.
_SLACK_SECONDS = 1.0
_SLACK_SHARE = 0.02
# Nanoseconds: what the arithmetic of stamps adds behind them is noise.
_DIGITS = 9


@dataclass(kw_only=True)
class Decoded:
    """What a pass has met so far; complete when its iterator has ended.

    picture_end, sound_end: when the last picture and the last sound stop, in seconds. further_end:
        the same of the sound tracks besides the main one.
    pictures: how many were decoded; damaged: how many of them, and of the undecodable packets.
    cut_off: whether the demuxer gave up before the end of the file.
    last_picture: the time of the last picture, before zero when there was none.
    """

    pictures: int = 0
    picture_end: float = 0.0
    sound_end: float = 0.0
    further_end: float = 0.0
    damaged: int = 0
    cut_off: bool = False
    last_picture: float = field(default=-1.0, repr=False)


def decode(
    media: OpenMedia, seen: Decoded, *, sound: bool = True
) -> Iterator[tuple[float, VideoFrame | AudioFrame]]:
    """Every picture and, unless told otherwise, every piece of sound, with its time in seconds.

    Pictures come with strictly increasing times; those stamped before zero or out of order are
    left out. Sound comes as stamped, and may start before zero. Damaged packets are skipped and
    counted in `seen`. The file's own read errors pass through. Raises MediaError for times beyond
    the limits (see limits.py).
    """
    guard = StampGuard()
    for stream, packet in packets(media, seen, sound=sound):
        if stream is media.video:
            for time, frame in pictures_of(media, media.video.codec_context, packet, seen):
                guard.picture(time)
                yield time, frame
        else:
            yield from sounds_of(media, packet, seen, guard)
    guard.end(seen.picture_end)


def ensure_complete(media: OpenMedia, seen: Decoded) -> None:
    """Raise MediaError when a finished pass met too few pictures, or far less than was announced.

    TRUNCATED says how much could be read of how much; UNDECODABLE that most of it is damaged.
    """
    if seen.pictures == 0:
        if media.missing_bytes or seen.cut_off:
            raise MediaError(
                MediaReason.TRUNCATED,
                "The file is cut off before its first picture. Export or upload it again.",
                read_seconds=0.0,
                announced_seconds=media.announced,
            )
        raise MediaError(
            MediaReason.UNDECODABLE,
            "None of the video's pictures could be decoded: the file is damaged. "
            "Export or upload it again.",
        )
    if seen.damaged > seen.pictures:
        raise MediaError(
            MediaReason.UNDECODABLE,
            f"Most of the video is damaged: only {seen.pictures} of its pictures could be decoded. "
            "Export or upload it again.",
        )
    read = seen.picture_end
    if media.announced_pictures is None:
        read = max(read, seen.sound_end, seen.further_end)
    announced = media.announced
    if announced is not None and announced - read > _slack(announced):
        raise MediaError(
            MediaReason.TRUNCATED,
            f"Only the first {read:.1f} s of {announced:.1f} s could be read: the end of the file "
            "is missing or damaged. Export or upload it again.",
            read_seconds=read,
            announced_seconds=announced,
        )
    if media.missing_bytes:
        raise MediaError(
            MediaReason.TRUNCATED,
            f"The file ends in the middle, after {read:.1f} s: {media.missing_bytes} bytes of its "
            "last part are missing. Export or upload it again.",
            read_seconds=read,
            announced_seconds=announced,
        )


def _slack(announced: float) -> float:
    return max(_SLACK_SECONDS, _SLACK_SHARE * announced)


def packets(
    media: OpenMedia, seen: Decoded, *, sound: bool, further: bool = False
) -> Iterator[tuple[Stream, Packet[Stream] | None]]:
    """Packets with their streams, and at the end None: give out what the decoder still holds.

    further: whether to send those of all sound tracks.
    """
    streams: list[Stream] = [media.video]
    if sound and media.audio is not None:
        streams.append(media.audio)
    if further:
        streams.extend(media.further)
    demuxed = media.container.demux(*streams)
    while True:
        try:
            packet = next(demuxed)
        except StopIteration:
            break
        except av.error.FFmpegError:
            seen.cut_off = True
            break
        if packet.size:
            yield packet.stream, packet
    for stream in streams:
        yield stream, None


def pictures_of(
    media: OpenMedia,
    decoder: VideoCodecContext,
    packet: Packet[Stream] | None,
    seen: Decoded,
    *,
    until: int | None = None,
) -> Iterator[tuple[float, VideoFrame]]:
    """The pictures that a packet completes, with their times.

    until: leave out those stamped with this or later, in units of the stream.
    """
    for frame in _decoded(decoder.decode, packet, seen):
        if until is not None and frame.pts is not None and frame.pts >= until:
            continue
        time = _picture_time(media, frame, seen)
        if time is not None:
            yield time, frame


def sounds_of(
    media: OpenMedia, packet: Packet[Stream] | None, seen: Decoded, guard: StampGuard
) -> Iterator[tuple[float, AudioFrame]]:
    """The pieces of the main sound that a packet completes, with their times."""
    main = cast(AudioStream, media.audio)
    return track_sounds(media, main, media.sound_unit, packet, seen, guard)


def track_sounds(
    media: OpenMedia,
    track: AudioStream,
    unit: float,
    packet: Packet[Stream] | None,
    seen: Decoded,
    guard: StampGuard,
) -> Iterator[tuple[float, AudioFrame]]:
    """The pieces of one sound track that a packet completes, with their times.

    unit: what the track's stamps count, in seconds.
    """
    for frame in _decoded(track.codec_context.decode, packet, seen):
        stamp = frame.pts
        time = seen.sound_end if stamp is None else stamp * unit - media.origin
        seconds = frame.samples / frame.sample_rate
        guard.sound(time, seconds)
        seen.sound_end = time + seconds
        yield time, frame


def _decoded(
    decode: Callable[[Packet[Stream] | None], list[F]], packet: Packet[Stream] | None, seen: Decoded
) -> list[F]:
    """The frames that a packet completes; a damaged one completes none and is counted."""
    try:
        return decode(packet)
    except av.error.FFmpegError:
        seen.damaged += 1
        return []


def _picture_time(media: OpenMedia, frame: VideoFrame, seen: Decoded) -> float | None:
    step = 1.0 / (media.nominal_rate or ASSUMED_RATE)
    stamp, unit = frame.pts, media.picture_unit
    time = seen.picture_end if stamp is None else stamp * unit - media.origin
    if frame.is_corrupt:
        seen.damaged += 1
    # Rounding of stamps must not lose the first picture.
    if time < -step / 2 or time <= seen.last_picture:
        return None
    time = round(max(time, 0.0), _DIGITS)
    # A picture is shown as long as it is stamped, else as long as the nominal rate says.
    shown = frame.duration * unit or step
    seen.pictures += 1
    seen.last_picture = time
    seen.picture_end = round(time + shown, _DIGITS)
    return time
