"""Open a container: the real picture stream, the sound stream, and the zero of the timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import av
import av.error
from av.audio.stream import AudioStream
from av.codec.context import CodecContext, ThreadType
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.signature import Kind, iso_layout, kind_of

# Playlists and scripts (HLS, concat, ...) make the demuxer open files and addresses that the
# uploader names, and image and text demuxers make a video out of anything; only these may be used.
_DEMUXERS = (
    "mov,matroska,webm,mpegts,mpegtsraw,avi,flv,asf,mpeg,mpegvideo,h264,hevc,vvc,obu,av1,ivf,ogg,"
    "mxf,m4v,gif,nut,dv,rm,3gp,y4m,yuv4mpegpipe,wav,mp3,flac,aac,aiff,ac3,eac3,amr,caf,w64"
)
_NOT_MOVING = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails
# Sound may start a little before the picture, or end a little behind it (encoder priming, reordered
# pictures, whole packets) without meaning anything; more is deliberate.
_MEANINGLESS_SECONDS = 0.25
# By how much an announced end may lie behind the media's: containers round to whole packets.
_ROUNDED_SECONDS = 1.0
# So many sound tracks besides the main one are decoded: broadcast files have up to sixteen.
MOST_FURTHER_TRACKS = 15
# AV_TIME_BASE: the unit of the container's own start and duration.
_CONTAINER_UNITS = 1_000_000

Source = BinaryIO | Path


@dataclass(frozen=True, kw_only=True)
class OpenMedia:
    """An open video. Use it on one thread, inside `open_media` only.

    audio: the main sound track, None without any that can be decoded. further: the other ones, in
        the file's order.
    picture_unit, sound_unit: what stamps count, in seconds; 0 where there are none.
    origin: the stamp, in seconds of the file, of the timeline's zero; subtract it from every stamp.
    announced_pictures: when the last picture ends, as the picture stream announces it, None when
        it doesn't. announced_whole: the same of the container, which covers the sound as well.
    nominal_rate: frames per second as announced, 0 when unknown; true times come from the frames.
    missing_bytes: how much of the file's announced content lies behind its end.
    """

    container: InputContainer
    file: BinaryIO
    video: VideoStream
    audio: AudioStream | None
    further: Sequence[AudioStream]
    picture_unit: float
    sound_unit: float
    origin: float
    announced_pictures: float | None
    announced_whole: float | None
    nominal_rate: float
    missing_bytes: int

    @property
    def announced(self) -> float | None:
        """When the last picture ends, as well as the file tells."""
        return self.announced_pictures or self.announced_whole

    def presentation_end(
        self, picture_end: float, sound_end: float | None = None, further_end: float = 0.0
    ) -> float:
        """When the whole ends: with the last picture, or with a sound that clearly outlasts it.

        Players leave the last picture on the screen until then. sound_end: where the decoded sound
        ends, None when it isn't known yet; an announcement far beyond that isn't believed, nor one
        that is for another sound track, which ends at further_end.
        """
        whole = self.announced_whole
        if self.audio is None or whole is None or whole - picture_end < _MEANINGLESS_SECONDS:
            return picture_end
        if sound_end is None:
            return whole
        of_another = further_end - sound_end >= _MEANINGLESS_SECONDS
        if of_another or whole - sound_end > _ROUNDED_SECONDS:
            return max(picture_end, sound_end)
        return whole

    @property
    def share_read(self) -> float:
        """How far into the file the demuxer has read, 0..1."""
        return self.file.tell() / self.size

    @property
    def size(self) -> int:
        """The file's, in bytes."""
        at = self.file.tell()
        size = self.file.seek(0, 2)
        self.file.seek(at)
        return size

    @property
    def format_name(self) -> str:
        """FFmpeg's names of the demuxer, one or several: `mov,mp4,m4a,3gp,3g2,mj2`."""
        return self.container.format.name


@contextmanager
def open_media(source: Source) -> Iterator[OpenMedia]:
    """Open a video file.

    Raises MediaError (EMPTY_FILE, NOT_A_VIDEO, NO_VIDEO_STREAM, UNSUPPORTED_CODEC, TRUNCATED,
    UNDECODABLE). Errors of the source's own reads pass through.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield from _opened(file)
    else:
        yield from _opened(source)


def _opened(file: BinaryIO) -> Iterator[OpenMedia]:
    if file.seek(0, 2) == 0:
        raise MediaError(
            MediaReason.EMPTY_FILE, "The file is empty. Export or upload the video again."
        )
    kind = kind_of(file)
    if kind in (Kind.IMAGE, Kind.TEXT):
        # GIFs included: browsers can't play them as videos.
        raise _no_video_file(kind)
    missing = 0
    if kind is Kind.ISO_MEDIA:
        layout = iso_layout(file)
        missing = layout.missing_bytes
        if not layout.has_index:
            raise _index_missing()
    try:
        container = _demuxer(file)
    except av.error.FFmpegError as error:
        if kind is Kind.ISO_MEDIA:
            raise MediaError(
                MediaReason.UNDECODABLE,
                "The file's index is damaged, so nothing can be played. Export or upload it again.",
            ) from error
        raise _no_video_file(kind) from error
    with container:
        yield _choose(container, file, missing)


def another_decoder(media: OpenMedia) -> VideoCodecContext:
    """A decoder of the pictures that knows all that the container tells of them, as its own does.

    The library copies such knowledge only when it opens a file, so the file is opened once more.
    """
    at = media.file.tell()
    media.file.seek(0)
    with _demuxer(media.file) as again:
        decoder = cast(VideoCodecContext, again.streams[media.video.index].codec_context)
    media.file.seek(at)
    _set_up(decoder)
    return decoder


def _demuxer(file: BinaryIO) -> InputContainer:
    return av.open(
        file,
        mode="r",
        metadata_errors="ignore",
        container_options={
            "format_whitelist": _DEMUXERS,
            # Of the file itself PyAV reads the bytes; nothing that it names is opened.
            "protocol_whitelist": "none",
        },
    )


def _choose(container: InputContainer, file: BinaryIO, missing_bytes: int) -> OpenMedia:
    video = _video_stream(container)
    audio = _audio_stream(container)
    _set_up(video.codec_context)
    origin = _origin(video, audio)
    rate = video.average_rate or video.guessed_rate
    return OpenMedia(
        container=container,
        file=file,
        video=video,
        audio=audio,
        further=_further_streams(container, audio),
        picture_unit=float(video.time_base or 0),
        sound_unit=float(audio.time_base or 0) if audio is not None else 0.0,
        origin=origin,
        announced_pictures=_announced_pictures(video, origin),
        announced_whole=_announced_whole(container, origin),
        nominal_rate=float(rate) if rate else 0.0,
        missing_bytes=missing_bytes,
    )


def _set_up(decoder: VideoCodecContext) -> None:
    decoder.thread_type = ThreadType.AUTO
    if decoder.name == "h264":
        # Streams that don't say how far pictures are reordered: otherwise the decoder guesses, and
        # pictures are lost where it finds that it guessed too low.
        decoder.options = {"strict": "1"}


def _video_stream(container: InputContainer) -> VideoStream:
    moving = [s for s in container.streams.video if not s.disposition & _NOT_MOVING]
    if not moving:
        what = "only a cover picture" if container.streams.video else "no picture"
        raise MediaError(
            MediaReason.NO_VIDEO_STREAM,
            f"The file has {what}, no video. Choose a file with a moving picture.",
        )
    known = [s for s in moving if _decoder(s) is not None and s.width > 0]
    if not known:
        name = _codec_name(moving[0])
        raise MediaError(
            MediaReason.UNSUPPORTED_CODEC,
            f"The video's codec ({name}) is not supported. Export it as H.264, HEVC, VP9 or AV1.",
        )
    default = Disposition.default
    return max(known, key=lambda s: (bool(s.disposition & default), s.width * s.height))


def _audio_stream(container: InputContainer) -> AudioStream | None:
    known = _audible(container)
    return max(known, key=lambda s: bool(s.disposition & Disposition.default), default=None)


def _further_streams(
    container: InputContainer, main: AudioStream | None
) -> tuple[AudioStream, ...]:
    further = (s for s in _audible(container) if main is not None and s.index != main.index)
    return tuple(further)[:MOST_FURTHER_TRACKS]


def _audible(container: InputContainer) -> list[AudioStream]:
    return [s for s in container.streams.audio if _decoder(s) is not None]


def _decoder(stream: Stream) -> CodecContext | None:
    """None for a codec that the library doesn't know, which its types don't tell."""
    return stream.codec_context


def _codec_name(stream: Stream) -> str:
    decoder = _decoder(stream)
    if decoder is not None:
        return decoder.name
    return stream.codec_tag.replace("\x00", "").strip() or "unknown"


def _start(stream: Stream) -> float | None:
    if stream.start_time is None or stream.time_base is None:
        return None
    return float(stream.start_time * stream.time_base)


def _origin(video: VideoStream, audio: AudioStream | None) -> float:
    picture = _start(video)
    sound = _start(audio) if audio is not None else None
    if picture is None:
        return sound or 0.0
    if sound is not None and picture - sound > _MEANINGLESS_SECONDS:
        return sound
    return picture


def _announced_pictures(video: VideoStream, origin: float) -> float | None:
    if not video.duration or video.time_base is None:
        return None
    return (_start(video) or 0.0) + float(video.duration * video.time_base) - origin


def _announced_whole(container: InputContainer, origin: float) -> float | None:
    if not container.duration:
        return None
    begin = (container.start_time or 0) / _CONTAINER_UNITS
    seconds = container.duration / _CONTAINER_UNITS + begin - origin
    return seconds if seconds > 0 else None


def _no_video_file(kind: Kind) -> MediaError:
    return MediaError(
        MediaReason.NOT_A_VIDEO,
        f"The file's content is {kind.value}, whatever its name says. "
        "Choose a video file, such as MP4, MOV, MKV or WebM.",
    )


def _index_missing() -> MediaError:
    return MediaError(
        MediaReason.TRUNCATED,
        "The end of the file is missing, and with it the index without which nothing can be "
        "played. The recording or the upload was cut off: export or upload it again.",
    )
