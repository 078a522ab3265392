"""Pictures fine enough to show a changed letter, taken now and then: the detail of a video.

A fingerprint cell holds hundreds of pixels, of which a letter changes twenty. A detail picture is
the luma alone, about 320 pixels wide, of what is on the screen every half second.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter

from services.embed.artifacts.detail_track import DETAIL_STEP_SECONDS, is_sampled
from services.embed.artifacts.fingerprints import full_range_luma, has_full_range
from services.embed.artifacts.tracks import UInt8

# A picture of 16:9 is 320 x 184: sides are whole blocks of the coding.
_PIXELS = 320 * 184
_BLOCK = 8
_LEAST_BLOCKS, _MOST_BLOCKS = 8, 120
# Fingerprints further apart, in levels, are of something that moves.
_MOVED_LEVELS = 1.0


def detail_shape(width: int, height: int) -> tuple[int, int]:
    """(rows, columns) of a detail picture with about the proportions of one of this size: always
    about as many pixels, so that two encodings of one video have pictures of one shape."""
    proportions = max(width, 1) / max(height, 1)
    return _side(sqrt(_PIXELS / proportions)), _side(sqrt(_PIXELS * proportions))


class DetailSampler:
    """Takes detail pictures of a run of pictures; one instance for each thread.

    Of what moves, the encoder keeps no picture between two whole seconds: where the fingerprint
    has changed since the last whole one, none is made.
    """

    def __init__(self) -> None:
        self._scaler = DetailScaler()
        self._whole: UInt8 | None = None

    def begin(self) -> None:
        """A run begins; what was seen before belongs to another one."""
        self._whole = None

    def of(self, frame: VideoFrame, fingerprint: UInt8, start: float, end: float) -> UInt8 | None:
        """The detail of the next picture if it may be sampled.

        start, end: from when until when it is on the screen, infinity when that is unknown.
        """
        if not is_sampled(start, end):
            return None
        if is_sampled(start, end, 2 * DETAIL_STEP_SECONDS):
            self._whole = fingerprint
        elif self._whole is not None:
            change = np.abs(fingerprint.astype(np.int16) - self._whole).mean()
            if change > _MOVED_LEVELS:
                return None
        return self._scaler.of(frame)


class DetailScaler:
    """Makes detail pictures; one instance for each thread, since it keeps its scaler."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()

    def of(self, frame: VideoFrame) -> UInt8:
        """(rows, columns) full-range luma of the picture as shown, its rotation applied."""
        upright = frame.rotation % 180 == 0
        sides = (frame.width, frame.height) if upright else (frame.height, frame.width)
        shape = detail_shape(*sides)
        rows, columns = shape if upright else shape[::-1]
        # The range stays what it is, as in fingerprints; fields are scaled each on its own.
        full_range = has_full_range(frame)
        fields = 2 if frame.interlaced_frame else 1
        small = self._scaler.reformat(
            frame,
            columns,
            rows * fields,
            "yuv420p",
            interpolation="AREA",
            dst_color_range=ColorRange.JPEG if full_range else ColorRange.MPEG,
            threads=1,
        )
        plane = small.planes[0]
        luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:, :columns]
        if fields == 2:
            pairs = luma.reshape(rows, fields, columns).astype(np.uint16)
            luma = ((pairs[:, 0] + pairs[:, 1] + 1) >> 1).astype(np.uint8)
        luma = full_range_luma(luma, full_range)
        return np.rot90(luma, frame.rotation // 90) if frame.rotation else luma


def _side(pixels: float) -> int:
    return _BLOCK * min(max(round(pixels / _BLOCK), _LEAST_BLOCKS), _MOST_BLOCKS)
