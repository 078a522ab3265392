"""The fingerprint of a decoded picture: its mean colours on a 16x16 grid."""

from __future__ import annotations

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter

from services.embed.tracks import FINGERPRINT_SIDE, UInt8

_SIDE = FINGERPRINT_SIDE
_FULL_RANGE_NAMES = {"yuvj420p", "yuvj422p", "yuvj444p", "yuvj440p", "yuvj411p"}
# To full-range levels from the scaler's 16 bits, which keep the fractions of means: multiply, then
# subtract. The half makes cutting off the fraction rounding.
_FULL_GAIN = np.full((3, 1, 1), 1 / 256, np.float32)
_FULL_OFFSET = np.full((3, 1, 1), -0.5, np.float32)
# ITU-R BT.601 and BT.709: limited-range luma is 16..235, chroma 16..240 about 128.
_LIMITED_GAIN = (255 / np.array([219, 224, 224], np.float32) / 256).reshape(3, 1, 1)
_LIMITED_OFFSET = _FULL_OFFSET + np.array(
    [16 * 255 / 219, 128 * 255 / 224 - 128, 128 * 255 / 224 - 128], np.float32
).reshape(3, 1, 1)


class Fingerprinter:
    """Makes fingerprints; one instance for each thread, since it keeps its scaler."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()

    def of(self, frame: VideoFrame) -> UInt8:
        """(16, 16, 3) full-range Y, Cb, Cr of the picture as shown, its rotation applied."""
        # The range stays what it is: the scaler's own conversion is off by up to a level.
        full_range = frame.format.name in _FULL_RANGE_NAMES or frame.color_range == ColorRange.JPEG
        # Fields are scaled each on its own, and their rows alternate.
        fields = 2 if frame.interlaced_frame else 1
        small = self._scaler.reformat(
            frame,
            _SIDE,
            _SIDE * fields,
            "yuv444p16le",
            interpolation="AREA",
            dst_color_range=ColorRange.JPEG if full_range else ColorRange.MPEG,
            threads=1,
        )
        rows = np.empty((3, _SIDE * fields, _SIDE), np.float32)
        for row, plane in zip(rows, small.planes, strict=True):
            row[:] = np.frombuffer(memoryview(plane), "<u2").reshape(len(row), -1)[:, :_SIDE]
        cells = rows if fields == 1 else rows.reshape(3, _SIDE, fields, _SIDE).mean(axis=2)
        cells *= _FULL_GAIN if full_range else _LIMITED_GAIN
        cells -= _FULL_OFFSET if full_range else _LIMITED_OFFSET
        np.maximum(cells, 0, out=cells)
        np.minimum(cells, 255, out=cells)
        colours = np.ascontiguousarray(cells.astype(np.uint8).transpose(1, 2, 0))
        return np.rot90(colours, frame.rotation // 90) if frame.rotation else colours
