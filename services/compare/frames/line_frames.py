"""The frames of A on a line beside the frames of B that it pairs them with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.compare.frames.fingerprints import (
    Frames,
    IntArray,
    cell_differences,
    frame_distances,
)
from services.compare.frames.lines import FrameLine
from services.compare.timeline import Float32, Float64

BLOCK_SECONDS = 0.2
# A moment this far from a frame, in frames, may be shown by the frame on its other side as well.
_BETWEEN = 0.2
_SAMPLED, _FEW = 400, 60
# A quarter of the cells.
_GOOD_PART = 64
# Frames that last this many times as long are held.
_HELD = 1.5


@dataclass(frozen=True)
class Blocks:
    """Mean cell differences of short blocks of a line's frames."""

    edges: IntArray  # (k + 1,) positions in `frames`
    frames: IntArray  # (n,) frames of A on the line
    cells: Float32  # (k, 256)
    largest: Float32  # (n,) of each frame, by how much it differs as a frame

    def at(self, position: int) -> int:
        """The block that holds a position."""
        return int(
            np.clip(
                np.searchsorted(self.edges, position, "right") - 1,
                0,
                len(self.cells) - 1,
            )
        )


class LineFrames:
    """Differences between the two videos along one line.

    Differing frame rates pick neighbouring frames now and then: a moment between two frames may
    agree with either.
    """

    def __init__(self, a: Frames, b: Frames, line: FrameLine) -> None:
        self._a, self._b, self._line = a, b, line
        self._loose = line.is_retimed or abs(a.step - b.step) > 0.02 * a.step
        # B shows each of its frames over several of A's, which go on meanwhile.
        self._held = b.step > _HELD * a.step * max(line.rate, 1 / line.rate)

    @property
    def frame_by_frame(self) -> bool:
        """Whether every frame of A has one frame of B that is its own."""
        return not self._loose

    def on_line(self) -> IntArray:
        """The frames of A on the line, in order."""
        # Where the line was fitted to a fraction of a frame, it begins a bit off its first one.
        early = 0.5 * self._a.step if self.frame_by_frame else 0.0
        return self._a.between(self._line.a_start - early, self._line.a_end - early)

    def partners(self, frames_a: IntArray, exact: bool = False) -> IntArray:
        """For frames of A on the line the frames of B to compare them with.

        exact: never the neighbour, which at the end of a change is one frame off.
        """
        times = self._times_b(frames_a)
        index = self._b.nearest(times)
        if not self._loose or exact:
            return index
        best = index
        distance = frame_distances(self._a, self._b, frames_a, index)
        for shift in (-1, 1):
            other = np.clip(index + shift, 0, len(self._b) - 1)
            if not self._line.is_retimed:
                # Only the frame on the other side of a moment between two frames.
                between = shift * (times - self._b.times[index]) > _BETWEEN * self._b.step
                other = np.where(between, other, index)
            value = frame_distances(self._a, self._b, frames_a, other)
            best = np.where(value < distance, other, best)
            distance = np.minimum(value, distance)
        return best

    def differences(self, frames_a: IntArray, exact: bool = False) -> Float32:
        """(n, 256) cell differences of frames of A to their partners."""
        if not self._held:
            return cell_differences(self._a, self._b, frames_a, self.partners(frames_a, exact))
        shown, number = np.unique(self._b.nearest(self._times_b(frames_a)), return_inverse=True)
        return cell_differences(self._a, self._b, self._sources(shown), shown)[number]

    def _widely(self, cells: Float32) -> Float32:
        """(n,) the largest difference of any cell; where motion alone makes cells differ, what a
        good part of the picture exceeds."""
        if not (self._a.track.motion_slack or self._b.track.motion_slack):
            largest: Float32 = cells.max(axis=1)
            return largest
        wide: Float32 = np.partition(cells, -_GOOD_PART, axis=1)[:, -_GOOD_PART]
        return wide

    def _sources(self, frames_b: IntArray) -> IntArray:
        """The frames of A that B's frames were made of: whichever rounding chose, the best."""
        middle = self._a.nearest(self._line.to_a(self._b.times[frames_b]))
        reach = int(np.ceil(self._b.step / self._a.step / 2))
        best, distance = middle, np.full(len(middle), np.inf, np.float32)
        for shift in sorted(range(-reach, reach + 1), key=abs):
            other = np.clip(middle + shift, 0, len(self._a) - 1)
            value = frame_distances(self._a, self._b, other, frames_b)
            best = np.where(value < distance, other, best)
            distance = np.minimum(value, distance)
        return best

    def _times_b(self, frames_a: IntArray) -> Float64:
        return self._line.to_b(self._a.times[frames_a])

    def mean_difference(self, frames: IntArray) -> Float32:
        """(256,) mean cell differences of the frames, sampled when there are many."""
        mean: Float32 = self.differences(_thinned(frames, _SAMPLED)).mean(axis=0)
        return mean

    def usual_difference(self, frames: IntArray) -> Float32:
        """(256,) median cell differences of the frames, sampled when there are many."""
        median: Float32 = np.median(self.differences(_thinned(frames, _FEW)), axis=0)
        return median

    def blocks(self, check: Callable[[], None]) -> Blocks | None:
        """The line in blocks of a fifth of a second; None when A has no frame on it."""
        frames = self.on_line()
        if len(frames) == 0:
            return None
        number = np.floor((self._a.times[frames] - self._a.times[frames[0]]) / BLOCK_SECONDS + 1e-6)
        edges = np.concatenate([[0], np.flatnonzero(np.diff(number)) + 1, [len(frames)]])
        cells = np.empty((len(edges) - 1, 256), np.float32)
        largest = np.empty(len(frames), np.float32)
        for first in range(0, len(cells), 512):
            check()
            last = min(first + 512, len(cells))
            part = self.differences(frames[edges[first] : edges[last]])
            largest[edges[first] : edges[last]] = self._widely(part)
            sums = np.add.reduceat(part, edges[first:last] - edges[first], axis=0)
            cells[first:last] = sums / np.diff(edges[first : last + 1])[:, None]
        return Blocks(edges.astype(np.int64), frames, cells, largest)


def _thinned(frames: IntArray, most: int) -> IntArray:
    if len(frames) <= most:
        return frames
    return frames[np.linspace(0, len(frames) - 1, most).astype(np.int64)]
