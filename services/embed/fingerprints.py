"""The fingerprint of a decoded picture: its mean colours on a 16x16 grid.

Means are taken straight from the decoder's planes: exact, the same for every picture size, and
three times as fast as a general scaler, which matters because every frame of every video passes
through here.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter
from numpy.typing import NDArray

from services.embed.tracks import FINGERPRINT_SIDE, Float32, UInt8

_SIDE = FINGERPRINT_SIDE
# Planes of eight bits in the order Y, Cb, Cr; what nearly all videos decode to.
_DIRECT = {
    "yuv420p",
    "yuvj420p",
    "yuv422p",
    "yuvj422p",
    "yuv444p",
    "yuvj444p",
    "yuv440p",
    "yuv411p",
}
_FULL_RANGE_NAMES = {"yuvj420p", "yuvj422p", "yuvj444p"}
# Other formats are first reduced to this size by the general scaler.
_REDUCED_SIDE = 64
# From this height on a cell has at least 16 rows, and its edges may be rounded to whole ones.
_TALL = 16 * _SIDE
# A 16-bit sum holds this many bytes.
_ROWS_IN_16_BITS = 257


class Fingerprinter:
    """Makes fingerprints; one instance for each video, since it keeps its scaler."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()

    def of(self, frame: VideoFrame) -> UInt8:
        """(16, 16, 3) full-range Y, Cb, Cr of the picture as shown, its rotation applied."""
        full_range = frame.color_range == ColorRange.JPEG or frame.format.name in _FULL_RANGE_NAMES
        rotation = frame.rotation
        if frame.format.name not in _DIRECT:
            frame = self._scaler.reformat(
                frame,
                _REDUCED_SIDE,
                _REDUCED_SIDE,
                "yuv444p",
                interpolation="AREA",
                dst_color_range=ColorRange.JPEG,
                threads=1,
            )
            full_range = True
        cells = np.stack([_cell_means(plane) for plane in _planes(frame)], axis=2)
        if not full_range:
            cells = (cells - _LIMITED_ZERO) * _LIMITED_GAIN + _FULL_ZERO
        rounded = (np.clip(cells, 0, 255) + 0.5).astype(np.uint8)
        return np.rot90(rounded, rotation // 90) if rotation else rounded


# ITU-R BT.601 and BT.709: limited-range luma is 16..235, chroma 16..240 about 128.
_LIMITED_ZERO = np.array([16, 128, 128], np.float32)
_LIMITED_GAIN = np.array([255 / 219, 255 / 224, 255 / 224], np.float32)
_FULL_ZERO = np.array([0, 128, 128], np.float32)


def _planes(frame: VideoFrame) -> list[UInt8]:
    return [
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[
            :, : plane.width
        ]
        for plane in frame.planes
    ]


def _cell_means(plane: UInt8) -> Float32:
    """(16, 16) means of a plane's cells."""
    height, width = plane.shape
    if height < _TALL:
        rows: Float32 = _shares(height) @ plane.astype(np.float32)
    else:
        sums = _band_sums(plane).astype(np.float32)
        rows = sums / np.diff(_edges(height)).astype(np.float32)[:, None]
    means: Float32 = rows @ _shares(width).T
    return means


def _band_sums(plane: UInt8) -> NDArray[np.unsignedinteger]:
    """(16, width) sums of bands of rows, with as few calls as the height's divisors allow."""
    height, width = plane.shape
    groups = gcd(height, _SIDE)
    a_group = _SIDE // groups
    grouped = plane.reshape(groups, height // groups, width)
    dtype = np.uint16 if height // _SIDE < _ROWS_IN_16_BITS - 1 else np.uint32
    sums = np.empty((groups, a_group, width), dtype)
    edges = _edges(height)
    for band in range(a_group):
        rows = grouped[:, edges[band] : edges[band + 1]]
        np.add.reduce(rows, axis=1, dtype=dtype, out=sums[:, band])
    return sums.reshape(_SIDE, width)


def _edges(height: int) -> list[int]:
    return [index * height // _SIDE for index in range(_SIDE + 1)]


@lru_cache(maxsize=64)
def _shares(size: int) -> Float32:
    """(16, size): how much each row or column counts in the mean of each cell."""
    edges = np.linspace(0, size, _SIDE + 1)
    index = np.arange(size)
    overlap = np.minimum(edges[1:, None], index + 1) - np.maximum(edges[:-1, None], index)
    shares: Float32 = (np.clip(overlap, 0, 1) * (_SIDE / size)).astype(np.float32)
    return shares
