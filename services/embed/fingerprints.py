"""The fingerprint of a decoded picture: its mean colours on a 16x16 grid.

Means are taken straight from the decoder's planes: exact, the same for every picture size, and
three times as fast as a general scaler, which matters because every frame of every video passes
through here.
"""

from __future__ import annotations

from math import gcd

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter

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
# For larger products the linear algebra library starts threads, which fight with the decoder's.
_COLUMNS_AT_ONCE = 64
# A 16-bit sum holds this many bytes.
_ROWS_IN_16_BITS = 257


class Fingerprinter:
    """Makes fingerprints; one instance for each video, since it keeps its scaler and its plans."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()
        self._plans: dict[tuple[int, int], _PlanePlan] = {}

    def of(self, frame: VideoFrame) -> UInt8:
        """(16, 16, 3) full-range Y, Cb, Cr of the picture as shown, its rotation applied."""
        name, rotation = frame.format.name, frame.rotation
        full_range = name in _FULL_RANGE_NAMES or frame.color_range == ColorRange.JPEG
        if name not in _DIRECT:
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
        cells = np.empty((_SIDE, _SIDE, 3), np.float32)
        for index, plane in enumerate(frame.planes):
            pixels = np.frombuffer(memoryview(plane), np.uint8)
            rows = pixels.reshape(plane.height, plane.line_size)[:, : plane.width]
            self._plan(plane.height, plane.width).means(rows, out=cells[..., index])
        if not full_range:
            cells *= _LIMITED_GAIN
            cells -= _LIMITED_OFFSET
        rounded = np.rint(np.clip(cells, 0, 255, out=cells), out=cells).astype(np.uint8)
        return np.rot90(rounded, rotation // 90) if rotation else rounded

    def _plan(self, height: int, width: int) -> _PlanePlan:
        plan = self._plans.get((height, width))
        if plan is None:
            plan = self._plans[height, width] = _PlanePlan(height, width)
        return plan


# ITU-R BT.601 and BT.709: limited-range luma is 16..235, chroma 16..240 about 128.
_LIMITED_GAIN = np.array([255 / 219, 255 / 224, 255 / 224], np.float32)
_LIMITED_OFFSET = np.array([16, 128, 128], np.float32) * _LIMITED_GAIN - np.array(
    [0, 128, 128], np.float32
)


class _PlanePlan:
    """How the cells of a plane of one size are summed, worked out once.

    Rows of a tall plane are summed as whole numbers, in bands with as few calls as the height's
    divisors allow; a low plane is small enough for exact fractions of rows.
    """

    def __init__(self, height: int, width: int) -> None:
        self._edges = [index * height // _SIDE for index in range(_SIDE + 1)]
        self._across = np.ascontiguousarray(_shares(width).T)
        # Most widths divide evenly, and then a cell's columns lie together.
        even = np.full(width // _SIDE, _SIDE / width, np.float32)
        self._evenly = even if width % _SIDE == 0 else None
        self._down = _shares(height) if height < _TALL else None
        self._groups = gcd(height, _SIDE)
        a_row = np.diff(self._edges).astype(np.float32)
        self._share_of_sum = (1 / np.maximum(a_row, 1))[:, None]
        dtype = np.uint16 if a_row.max() <= _ROWS_IN_16_BITS else np.uint32
        self._sums = np.empty((self._groups, _SIDE // self._groups, width), dtype)

    def means(self, plane: UInt8, *, out: Float32) -> None:
        """Write the (16, 16) means of the cells to `out`."""
        if self._down is not None:
            blocks = range(0, plane.shape[1], _COLUMNS_AT_ONCE)
            parts = [
                self._down @ plane[:, first : first + _COLUMNS_AT_ONCE].astype(np.float32)
                for first in blocks
            ]
            np.matmul(np.concatenate(parts, axis=1), self._across, out=out)
            return
        sums, edges = self._sums, self._edges
        grouped = plane.reshape(self._groups, len(plane) // self._groups, -1)
        for band in range(sums.shape[1]):
            rows = grouped[:, edges[band] : edges[band + 1]]
            np.add.reduce(rows, axis=1, dtype=sums.dtype, out=sums[:, band])
        bands = sums.astype(np.float32)
        if self._evenly is not None:
            cells = (bands.reshape(_SIDE * _SIDE, -1) @ self._evenly).reshape(_SIDE, _SIDE)
        else:
            cells = bands.reshape(_SIDE, -1) @ self._across
        np.multiply(cells, self._share_of_sum, out=out)


def _shares(size: int) -> Float32:
    """(16, size): how much each row or column counts in the mean of each cell."""
    edges = np.linspace(0, size, _SIDE + 1)
    index = np.arange(size)
    overlap = np.minimum(edges[1:, None], index + 1) - np.maximum(edges[:-1, None], index)
    shares: Float32 = (np.clip(overlap, 0, 1) * (_SIDE / size)).astype(np.float32)
    return shares
