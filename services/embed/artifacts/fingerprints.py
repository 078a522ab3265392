"""The fingerprint of a decoded picture: its mean colours on a 16x16 grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter

from services.embed.artifacts.tracks import FINGERPRINT_SIDE, UInt8

_SIDE = FINGERPRINT_SIDE
_FULL_RANGE_NAMES = {"yuvj420p", "yuvj422p", "yuvj444p", "yuvj440p", "yuvj411p"}


@dataclass(frozen=True)
class _Levels:
    """Full-range levels for each of the scaler's 16-bit values, which keep the fractions of means:
    (65536,) uint8 for luma and for chroma."""

    luma: UInt8
    chroma: UInt8


class Fingerprinter:
    """Makes fingerprints; one instance for each thread, since it keeps its scaler."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()

    def of(self, frame: VideoFrame) -> UInt8:
        """(16, 16, 3) full-range Y, Cb, Cr of the picture as shown, its rotation applied."""
        # The range stays what it is: the scaler's own conversion is off by up to a level.
        full_range = has_full_range(frame)
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
        levels = _full_range_levels() if full_range else _limited_range_levels()
        channels = np.empty((3, _SIDE, _SIDE), np.uint8)
        tables = (levels.luma, levels.chroma, levels.chroma)
        for plane, table, channel in zip(small.planes, tables, channels, strict=True):
            cells = np.frombuffer(memoryview(plane), "<u2").reshape(_SIDE * fields, -1)[:, :_SIDE]
            if fields == 2:
                cells = cells.reshape(_SIDE, fields, _SIDE).mean(axis=1).astype(np.uint16)
            # Every value is in the table; only with a mode it is written without a copy.
            table.take(cells, out=channel, mode="clip")
        colours = channels.transpose(1, 2, 0)
        return np.rot90(colours, frame.rotation // 90) if frame.rotation else colours


def has_full_range(frame: VideoFrame) -> bool:
    """Whether the picture's values go from 0 to 255."""
    return frame.format.name in _FULL_RANGE_NAMES or frame.color_range == ColorRange.JPEG


def full_range_luma(luma: UInt8, full_range: bool) -> UInt8:
    """A copy of 8-bit luma, in full range."""
    levels = _full_range_levels() if full_range else _limited_range_levels()
    # Whole values lie at every 256th place of a table.
    return levels.luma[::256].take(luma)


@lru_cache(maxsize=1)
def _full_range_levels() -> _Levels:
    same = _levels(0, 255)
    return _Levels(same, same)


@lru_cache(maxsize=1)
def _limited_range_levels() -> _Levels:
    """ITU-R BT.601 and BT.709: luma is 16..235, chroma 16..240 about 128."""
    return _Levels(luma=_levels(16, 219), chroma=_levels(128 - 128 * 224 / 255, 224))


def _levels(zero: float, size: float) -> UInt8:
    """zero, size: the 8-bit value that becomes 0, and how many values become 255 levels."""
    values = np.arange(1 << 16) / 256
    levels: UInt8 = np.clip(np.rint((values - zero) * 255 / size), 0, 255).astype(np.uint8)
    return levels
