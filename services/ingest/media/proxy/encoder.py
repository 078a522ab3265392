"""VP9 and Opus in WebM: what every browser plays, by encoders under permissive licences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import BinaryIO

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from services.ingest.media.proxy.output import GivePiece, PieceWriter
from services.ingest.media.proxy.picture import PictureConverter
from services.ingest.media.proxy.sound import RATE, Samples, StereoSound
from services.mediakit.container import OpenMedia, open_media
from services.mediakit.decoding import ASSUMED_RATE, Decoded, decode, ensure_complete
from services.mediakit.sandbox.cancellation import Cancellation

# What WebM counts in.
_TICK = Fraction(1, 1000)
# A seek decodes at most so much.
_KEY_FRAME_SECONDS = 0.5
# Of a picture of 1280 x 720; smaller ones get as much for each pixel, but not less than the least.
_MOST_BITS, _FULL_PIXELS, _LEAST_BITS = 4_000_000, 1280 * 720, 300_000
_SOUND_BITS = 128_000
# Fast rather than small, and every picture at once: none held back, none left out.
_OPTIONS = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "crf": "32"}
_REPORT_SECONDS = 0.5


def make_proxy(
    file: BinaryIO,
    give: GivePiece,
    *,
    duration: float,
    progressed: Callable[[float, float], None],
    cancelled: Callable[[], bool],
) -> int:
    """Gives a proxy piece by piece; how many pictures it has.

    Each picture of the video becomes one of the proxy, at the same time to the millisecond.

    duration: of the video, in seconds. progressed: called with the share that is done and with the
    seconds of video that is. Raises MediaError when there is nothing to show, and Cancellation.
    """
    seen = Decoded()
    with open_media(file) as media:
        output = PieceWriter(give)
        with av.open(output, "w", format="webm") as container:
            writing = _Writing(container, media)
            reported = 0.0
            for time, frame in decode(media, seen):
                if cancelled():
                    raise Cancellation
                writing.add(time, frame)
                if seen.picture_end - reported >= _REPORT_SECONDS:
                    reported = seen.picture_end
                    progressed(min(reported / max(duration, reported), 1.0), reported)
            if seen.pictures == 0:
                ensure_complete(media, seen)
            writing.finish()
        output.close()
    return writing.pictures


class _Writing:
    """Encodes what it is given into a container."""

    def __init__(self, container: OutputContainer, media: OpenMedia) -> None:
        self._container = container
        self._rate = media.nominal_rate
        self._converter = PictureConverter(_pixel_aspect(media))
        self._mixer = StereoSound()
        self._video: VideoStream | None = None
        self._audio = _audio_stream(container) if media.audio is not None else None
        self._samples = 0
        self._stamp = -1
        self._key_due = 0.0
        # Until the picture's size is known nothing can be written.
        self._early: list[Samples] = []
        self.pictures = 0

    def add(self, time: float, frame: VideoFrame | AudioFrame) -> None:
        if isinstance(frame, VideoFrame):
            self._show(self._converter.add(time, frame))
        else:
            self._hear(self._mixer.add(time, frame))

    def finish(self) -> None:
        self._show(self._converter.finish())
        self._hear(self._mixer.finish())
        for stream in (self._video, self._audio):
            if stream is not None:
                self._container.mux(stream.encode(None))

    def _show(self, pictures: Iterator[tuple[float, VideoFrame]]) -> None:
        for time, picture in pictures:
            if self._video is None:
                self._video = _video_stream(self._container, picture, self._rate)
                early, self._early = self._early, []
                self._hear(iter(early))
            # Two pictures within a millisecond still are two.
            self._stamp = max(round(time / _TICK), self._stamp + 1)
            picture.pts, picture.time_base = self._stamp, _TICK
            picture.pict_type = 0
            if time >= self._key_due:
                picture.pict_type = 1
                self._key_due = time + _KEY_FRAME_SECONDS
            self.pictures += 1
            self._container.mux(self._video.encode(picture))

    def _hear(self, pieces: Iterator[Samples]) -> None:
        if self._audio is None:
            return
        for samples in pieces:
            if self._video is None:
                self._early.append(samples)
                continue
            frame = AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE, self._samples, Fraction(1, RATE)
            self._samples += samples.shape[1]
            self._container.mux(self._audio.encode(frame))


def _video_stream(container: OutputContainer, picture: VideoFrame, rate: float) -> VideoStream:
    """Colours that the scaler does not change, such as those of HDR, stay named as they were."""
    stream = container.add_stream(
        "libvpx-vp9", rate=Fraction(rate or ASSUMED_RATE).limit_denominator(1001)
    )
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = picture.width, picture.height, "yuv420p"
    context.time_base = _TICK
    context.thread_count = 1
    context.color_primaries, context.color_trc = picture.color_primaries, picture.color_trc
    context.colorspace, context.color_range = picture.colorspace, picture.color_range
    pixels = picture.width * picture.height
    context.bit_rate = max(_MOST_BITS * pixels // _FULL_PIXELS, _LEAST_BITS)
    # Longer than any stretch between the key frames that are asked for.
    context.gop_size = 1000
    context.options = _OPTIONS
    return stream


def _audio_stream(container: OutputContainer) -> AudioStream:
    stream = container.add_stream("libopus", rate=RATE, layout="stereo")
    stream.codec_context.bit_rate = _SOUND_BITS
    return stream


def _pixel_aspect(media: OpenMedia) -> Fraction:
    """1 where none, or one that cannot be meant, is told."""
    told = media.video.sample_aspect_ratio
    return told if told is not None and Fraction(1, 4) <= told <= 4 else Fraction(1)
