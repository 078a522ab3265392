"""Frame tracks prepared for comparing: which frame is shown when, and how far two frames are apart.

A frame distance is the mean absolute difference of two 16x16 YCbCr fingerprints, in levels of
0..255. Re-encoding causes 0.5 to 2, an unrelated frame 20 to 60. Everything is gathered in blocks,
so that hours of frames never exist twice in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from services.compare.timeline import Float32, Float64, FrameTrack, UInt8

IntArray = NDArray[np.int64]

# Container formats round times to milliseconds; a frame this much nearer does not win a tie.
_TIME_TIE = 0.002
_BLOCK = 4096
# Chroma differences are smaller than luma ones for the same visible change.
CHANNEL_WEIGHTS = np.array([1.0, 1.5, 1.5], dtype=np.float32)


@dataclass(frozen=True)
class Frames:
    """A frame track with the look-ups that the comparison needs."""

    track: FrameTrack

    def __len__(self) -> int:
        return len(self.track.times)

    @property
    def times(self) -> Float64:
        """When each frame is shown: (n,) in seconds, rising."""
        return self.track.times

    @property
    def duration(self) -> float:
        """Seconds until the last frame ends."""
        return self.track.duration

    @cached_property
    def flat(self) -> UInt8:
        """(n, 768) view of the fingerprints."""
        return np.ascontiguousarray(self.track.fingerprints).reshape(len(self), -1)

    @cached_property
    def step(self) -> float:
        """The usual time between two frames, in seconds."""
        if len(self) < 2:
            return max(self.duration, 0.04)
        return max(float(np.median(np.diff(self.times))), 1e-3)

    @cached_property
    def shown(self) -> Float64:
        """(n,) how long each frame is shown, in seconds."""
        ends = np.append(self.times[1:], max(self.duration, float(self.times[-1])))
        return np.maximum(ends - self.times, 1e-4)

    @cached_property
    def pooled(self) -> UInt8:
        """(n, 192) fingerprints averaged to 8x8, for searching."""
        out = np.empty((len(self), 192), np.uint8)
        for start in range(0, len(self), _BLOCK):
            block = self.track.fingerprints[start : start + _BLOCK].astype(np.uint16)
            rows = block[:, ::2] + block[:, 1::2]
            cells = rows[:, :, ::2] + rows[:, :, 1::2]
            out[start : start + _BLOCK] = ((cells + 2) >> 2).reshape(len(block), -1)
        return out

    @cached_property
    def cuts(self) -> IntArray:
        """Indices of the frames that differ strongly from the frame before: scene changes."""
        if len(self) < 3:
            return np.zeros(0, np.int64)
        change = np.empty(len(self) - 1, np.float32)
        for start in range(0, len(change), _BLOCK):
            block = self.pooled[start : start + _BLOCK + 1]
            change[start : start + len(block) - 1] = mean_difference(block[1:], block[:-1])
        usual = float(np.median(change))
        around = np.maximum(np.append(change[1:], 0), np.append(0, change[:-1]))
        return np.flatnonzero((change > max(6.0, 6 * usual)) & (change > 1.5 * around)) + 1

    def nearest(self, times: Float64) -> IntArray:
        """Indices of the frames nearest to the times; a tie goes to the earlier frame."""
        own = self.times
        after = np.clip(np.searchsorted(own, times), 1, max(len(own) - 1, 1))
        after = np.minimum(after, len(own) - 1)
        before = np.maximum(after - 1, 0)
        earlier = times - own[before] <= own[after] - times + _TIME_TIE
        return np.where(earlier, before, after).astype(np.int64)

    def between(self, start: float, end: float) -> IntArray:
        """Indices of the frames whose times lie in [start, end), a little noise allowed."""
        low, high = np.searchsorted(self.times, [start - _TIME_TIE, end - _TIME_TIE])
        return np.arange(low, high, dtype=np.int64)


def mean_difference(left: UInt8, right: UInt8) -> Float32:
    """Mean absolute difference of the rows of two (n, d) uint8 arrays: (n,) levels of 0..255."""
    difference = np.maximum(left, right) - np.minimum(left, right)
    total: Float32 = difference.sum(axis=1, dtype=np.uint32).astype(np.float32)
    return total / np.float32(left.shape[1])


def frame_distances(a: Frames, b: Frames, index_a: IntArray, index_b: IntArray) -> Float32:
    """Distance of frame index_a[i] of A to frame index_b[i] of B, for every i."""
    out = np.empty(len(index_a), np.float32)
    for start in range(0, len(index_a), _BLOCK):
        part = slice(start, start + _BLOCK)
        out[part] = mean_difference(a.flat[index_a[part]], b.flat[index_b[part]])
    return out


def cell_differences(a: Frames, b: Frames, index_a: IntArray, index_b: IntArray) -> Float32:
    """How much each of the 16x16 cells differs: (n, 256), 0 for equal, 1 for a full-range change.

    The channels are added with CHANNEL_WEIGHTS, so that a change of hue counts as well.
    """
    out = np.empty((len(index_a), 256), np.float32)
    weights = CHANNEL_WEIGHTS / np.float32(255)
    colour_slack = np.float32(a.track.colour_slack + b.track.colour_slack)
    for start in range(0, len(index_a), _BLOCK):
        part = slice(start, start + _BLOCK)
        left, right = a.flat[index_a[part]], b.flat[index_b[part]]
        difference = np.maximum(left, right) - np.minimum(left, right)
        out[part] = difference.reshape(-1, 256, 3) @ weights
        if colour_slack:
            out[part] = np.maximum(out[part] - colour_slack, 0.0)
        for side, index in ((a, index_a[part]), (b, index_b[part])):
            if side.track.motion_slack:
                slack = side.track.motion_slack * _motion(side, index)
                out[part] = np.maximum(out[part] - slack, 0.0)
    return out


def _motion(frames: Frames, index: IntArray) -> Float32:
    """(n, 256) how much each cell or one beside it changes to the next frame, on the scale of cell
    differences: what moves may have been in either between the frames."""
    last = len(frames) - 1
    # The last frame is followed by nothing; it moves as the one before it does.
    beside = np.where(index < last, index + 1, max(last - 1, 0))
    own, after = frames.flat[index], frames.flat[beside]
    difference = np.maximum(own, after) - np.minimum(own, after)
    motion = difference.reshape(-1, 16, 16, 3) @ (CHANNEL_WEIGHTS / np.float32(255))
    padded = np.pad(motion, ((0, 0), (1, 1), (1, 1)))
    around = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    largest: Float32 = around.max(axis=(3, 4)).reshape(-1, 256)
    return largest
