"""Decoded pictures made small, and as JPEG."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from av.codec import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

Picture = NDArray[np.uint8]  # (height, width, 3) RGB

# Browsers refuse to draw wider images.
_MOST_WIDTH = 32_000
# Of the encoder's scale from 1 (best) to 31.
_QUALITY = "4"


class Tiler:
    """Turns and shrinks pictures; all of them to the size that the first one gives.

    count: how many are to lie side by side. tile_height: in pixels, if they may be so wide.
    """

    def __init__(self, count: int, tile_height: int) -> None:
        self._count = count
        self._asked = tile_height
        self._size: tuple[int, int] | None = None
        self._scaler = VideoReformatter()

    def tile(self, frame: VideoFrame) -> Picture:
        """The picture upright, as it is to be shown: (tile height, tile width, 3) uint8, RGB."""
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


def jpeg_of(picture: Picture) -> bytes:
    """The picture as a JPEG; both sides have to be even.

    Raises TypeError where FFmpeg was built without an encoder for it.
    """
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
