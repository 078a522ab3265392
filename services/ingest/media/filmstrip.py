"""Small pictures on an even grid of times, side by side in one JPEG."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO

import numpy as np
from av.codec import CodecContext
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from services.ingest.ports import Filmstrip
from services.mediakit.container import OpenMedia, open_media
from services.mediakit.decoding import Decoded, decode
from services.mediakit.errors import MediaError, MediaReason

Picture = NDArray[np.uint8]  # (height, width, 3) RGB

# Videos of at most this many pixels in all are decoded from start to end, which gives the exact
# pictures; in longer ones only key frames are visited. About forty seconds of Full HD.
_MOST_DECODED_PIXELS = 2 * 10**9
# Browsers refuse to draw wider images.
_MOST_WIDTH = 32_000
# Of the encoder's scale from 1 (best) to 31.
_QUALITY = "4"


def make_filmstrip(file: BinaryIO, *, duration: float, count: int, tile_height: int) -> Filmstrip:
    """`count` pictures from the middles of as many equal stretches of the video.

    A picture's time is its own, which may be earlier than the grid's: the picture that is shown
    then, or in long videos the key frame before it. Tiles are less high than asked when the strip
    would get too wide. Raises MediaError(UNDECODABLE) when there is no picture at all.
    """
    grid = [(number + 0.5) * duration / count for number in range(count)]
    with open_media(file) as media:
        size = media.video.codec_context.width * media.video.codec_context.height
        exact = duration * (media.nominal_rate or 25.0) * size <= _MOST_DECODED_PIXELS
        tiler = _Tiler(count, tile_height)
        pictures = _every_picture(media, grid) if exact else _key_frames(media, grid)
        times: list[float] = []
        tiles: list[Picture] = []
        for time, frame in pictures:
            repeated = bool(times) and times[-1] == time
            tiles.append(tiles[-1] if repeated else tiler.tile(frame))
            times.append(time)
    if not tiles:
        raise MediaError(MediaReason.UNDECODABLE, "None of the video's pictures could be decoded.")
    height, width = tiles[0].shape[:2]
    return Filmstrip(
        jpeg=_jpeg(np.concatenate(tiles, axis=1)),
        tile_width=width,
        tile_height=height,
        times=[round(time, 3) for time in times],
    )


def _every_picture(media: OpenMedia, grid: list[float]) -> Iterator[tuple[float, VideoFrame]]:
    """For each time of the grid the picture that is shown then, by decoding all of them."""
    shown: tuple[float, VideoFrame] | None = None
    wanted = iter(grid)
    due = next(wanted, None)
    for time, frame in decode(media, Decoded(), sound=False):
        if not isinstance(frame, VideoFrame):
            continue
        while shown is not None and due is not None and due < time:
            yield shown
            due = next(wanted, None)
        if due is None:
            return
        shown = time, frame
    while shown is not None and due is not None:
        yield shown
        due = next(wanted, None)


def _key_frames(media: OpenMedia, grid: list[float]) -> Iterator[tuple[float, VideoFrame]]:
    """For each time of the grid the key frame before it, by jumping there."""
    # Threads that each take a frame would hold the one that is wanted back.
    media.video.thread_type = "SLICE"
    shown: tuple[float, VideoFrame] | None = None
    skipped = 0
    for due in grid:
        found = _key_frame_before(media, due, shown)
        if found is None and shown is None:
            skipped += 1
            continue
        shown = found or shown
        if shown is not None:
            for _ in range(skipped + 1):
                yield shown
            skipped = 0


def _key_frame_before(
    media: OpenMedia, due: float, shown: tuple[float, VideoFrame] | None
) -> tuple[float, VideoFrame] | None:
    stream = media.video
    unit = stream.time_base
    if unit is None:
        return None
    try:
        media.container.seek(int((due + media.origin) / unit), stream=stream, backward=True)
        for packet in media.container.demux(stream):
            if packet.pts is None or not packet.is_keyframe:
                continue
            time = max(float(packet.pts * unit) - media.origin, 0.0)
            if shown is not None and shown[0] == time:
                return shown
            frames = stream.codec_context.decode(packet) or stream.codec_context.decode(None)
            return (time, frames[0]) if frames else None
    except FFmpegError:
        return None  # damaged there; the neighbours do
    return None


class _Tiler:
    """Turns and shrinks pictures; all of them to the size that the first one gives."""

    def __init__(self, count: int, tile_height: int) -> None:
        self._count = count
        self._asked = tile_height
        self._size: tuple[int, int] | None = None
        self._scaler = VideoReformatter()

    def tile(self, frame: VideoFrame) -> Picture:
        turns = frame.rotation // 90 % 4
        sideways = turns % 2 == 1
        if self._size is None:
            shape = (frame.height, frame.width) if sideways else (frame.width, frame.height)
            self._size = tile_size(*shape, self._asked, self._count)
        width, height = reversed(self._size) if sideways else self._size
        small = self._scaler.reformat(
            frame, width, height, format="rgb24", interpolation="AREA"
        ).to_ndarray()
        return np.rot90(small, turns)


def tile_size(width: int, height: int, asked_height: int, count: int) -> tuple[int, int]:
    """Width and height of a tile: even numbers, the video's shape, and `count` of them fit."""
    widest = max(_MOST_WIDTH // count // 2 * 2, 2)
    tile_height = max(asked_height // 2 * 2, 2)
    tile_width = max(round(tile_height * width / height / 2) * 2, 2)
    if tile_width > widest:
        tile_width = widest
        tile_height = max(round(widest * height / width / 2) * 2, 2)
    return tile_width, tile_height


def _jpeg(picture: Picture) -> bytes:
    encoder = CodecContext.create("mjpeg", "w")
    if not isinstance(encoder, VideoCodecContext):
        raise TypeError("this build of FFmpeg has no encoder for JPEG")
    encoder.height, encoder.width = picture.shape[:2]
    encoder.pix_fmt = "yuvj420p"
    encoder.time_base = Fraction(1, 1)
    encoder.options = {"qmin": _QUALITY, "qmax": _QUALITY}
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    frame = frame.reformat(format="yuvj420p")
    frame.pts = 0
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    return b"".join(bytes(packet) for packet in packets)
