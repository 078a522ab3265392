"""Local changes: where the picture differs although both videos follow the same line.

The measure is "detail": the largest change over the 16x16 cells, averaged over time, 1 for a change
over the full range. It sees a logo or a subtitle, which hardly move a picture's vector. So that one
threshold serves both, a detail of d scores 2 d: a change of 5 % of the range in one cell counts as
much as a vector distance of 0.1, the default threshold, and clean re-encodes stay below half of it.

Windows of 0.2 to 2 s find where to look. The ends are then placed to the frame by a two-level
model of the logarithm of the difference in the changed cells; logarithms, because a difference
that grows from noise to anything is a change, however large the rest of it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.compare.frames.boxes import changed_box
from services.compare.frames.fingerprints import (
    Frames,
    IntArray,
)
from services.compare.frames.line_choice import UNIT
from services.compare.frames.line_frames import BLOCK_SECONDS, Blocks, LineFrames
from services.compare.frames.lines import FrameLine
from services.compare.frames.options import RefineOptions
from services.compare.frames.tuning import FramesTuning
from services.compare.frames.two_level import two_level_path
from services.compare.geometry import Span, true_runs
from services.compare.timeline import Box, Float32, Float64

SCORE_PER_DETAIL = 2.0
# Unrelated vectors are at about this distance; no detail counts for more.
MAX_SCORE = 1.0
# (blocks, factor on the limit): a short window needs a larger change, as it averages less noise.
_WINDOWS = ((1, 2.0), (3, 1.4), (10, 1.0))
_PAD = 2.0
_SURROUNDINGS = 11
_CHUNK = 4096


@dataclass(frozen=True, kw_only=True)
class Change:
    """A stretch of a line, in A's time, in which the picture differs."""

    start: float
    end: float
    score: float
    box: Box | None

    @property
    def span(self) -> Span:
        return self.start, self.end


class LineChanges:
    """Finds the local changes along one line."""

    def __init__(
        self, a: Frames, b: Frames, line: FrameLine, options: RefineOptions, *, tuning: FramesTuning
    ) -> None:
        self._tuning = tuning
        self._a, self._line, self._options = a, line, options
        self._frames = LineFrames(a, b, line)
        self._limit = options.threshold / SCORE_PER_DETAIL
        self._quiet_starts: Float64 = np.zeros(0)
        self._quiet_cells: Float32 = np.zeros((0, 256), np.float32)

    def find(self, holes: list[tuple[float, float]], check: Callable[[], None]) -> list[Change]:
        """Changes in order.

        holes: stretches of A known to differ, though not exactly where they end.
        """
        blocks = self._frames.blocks(check)
        if blocks is None:
            return []
        spans: list[tuple[int, int]] = []
        for start, end in holes:
            low, high = np.searchsorted(self._a.times[blocks.frames], [start - 1e-3, end - 1e-3])
            if high > low:
                spans.append(self._around_hole(blocks, int(low), int(high)))
        if self._changed_throughout(blocks, spans):
            whole = self._merge([(0, len(blocks.frames))])
            if whole:
                return whole
        pending = self._candidates(blocks, spans)
        while pending:
            check()
            low, high = pending.pop()
            found = self._inside(blocks, low, high)
            spans += found
        spans += self._single_frames(blocks, spans)
        quiet = np.ones(len(blocks.cells), bool)
        for low, high in spans:
            quiet[blocks.at(low) : blocks.at(high - 1) + 1] = False
        self._quiet_starts = self._a.times[blocks.frames[blocks.edges[:-1]]][quiet]
        self._quiet_cells = blocks.cells[quiet]
        return self._merge(spans)

    def quiet_details(self, starts: Float64, ends: Float64) -> Float64:
        """The detail of what did not change from each start to each end; after `find`.

        starts, ends: (n,) times of A. NaN where nothing of the line is unchanged.
        """
        first = np.searchsorted(self._quiet_starts, starts)
        last = np.searchsorted(self._quiet_starts, ends)
        return np.array(
            [
                float(self._quiet_cells[low:high].mean(axis=0).max()) if high > low else np.nan
                for low, high in zip(first.tolist(), last.tolist(), strict=True)
            ]
        )

    def _changed_throughout(self, blocks: Blocks, known: list[tuple[int, int]]) -> bool:
        """Whether the whole line differs, as after colour grading, not only its known changes:
        there is no quiet to compare with, so every block speaks for itself."""
        rest = np.ones(len(blocks.cells), bool)
        for low, high in known:
            rest[blocks.at(low) : blocks.at(high - 1) + 1] = False
        changed = blocks.cells[rest].max(axis=1) > self._limit
        return len(changed) > 0 and float(changed.mean()) >= self._tuning.throughout

    def _candidates(self, blocks: Blocks, known: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Runs of blocks, as [first, last), that may hold a change outside the known spans."""
        cells = blocks.cells.copy()
        for low, high in known:
            cells[blocks.at(low) : blocks.at(high - 1) + 1] = 0.0
        flagged = np.zeros(len(cells), bool)
        largest = cells.max(axis=1)
        usual = float(np.quantile(largest, 0.2))
        for blocks_wide, factor in _WINDOWS:
            width = min(blocks_wide, len(cells))
            detail = _windowed(cells, width).max(axis=1)
            for first in np.flatnonzero(detail > factor * self._limit):
                # Only the blocks that take part: a window reaches beyond what made it large.
                between = np.sqrt(usual * float(detail[first]))
                least = max(0.5 * self._limit, min(between, 0.8 * self._limit))
                flagged[first : first + width] |= largest[first : first + width] > least
        return true_runs(flagged)

    def _inside(self, blocks: Blocks, first: int, last: int) -> list[tuple[int, int]]:
        """Changed stretches, as positions [low, high), in a run of blocks."""
        pad = int(np.ceil(_PAD / BLOCK_SECONDS))
        low, high = max(first - pad, 0), min(last + pad, len(blocks.cells))
        inside = blocks.cells[first:last].mean(axis=0)
        outside = np.concatenate([blocks.cells[low:first], blocks.cells[last:high]])
        quiet = np.median(outside, axis=0) if len(outside) else np.zeros(256, np.float32)
        weight = np.maximum(inside - quiet, 0.0) ** 2
        if weight.sum() <= 0:
            return []
        weight /= weight.sum()
        high_level = float(np.log(float(inside @ weight) + self._tuning.log_floor))
        low_level = float(np.log(float(quiet @ weight) + self._tuning.log_floor))
        if high_level - low_level < np.log(self._tuning.least_contrast_long) and len(outside):
            return []
        start, end = int(blocks.edges[low]), int(blocks.edges[high])
        changed = self._two_levels(blocks.frames[start:end], weight, low_level, high_level)
        spans = [(start + i, start + j) for i, j in true_runs(changed)]
        return [span for span in spans if self._is_change(blocks, span)]

    def _single_frames(self, blocks: Blocks, known: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Flashes and swapped frames, which are too short for the mean of a block to show.

        Each has to stand out from its surroundings, where motion and coding decide what is usual.
        """
        if not self._frames.frame_by_frame:
            return []
        usual = np.maximum.reduceat(blocks.largest, blocks.edges[:-1])
        usual = np.minimum(usual, _median_around(usual, _SURROUNDINGS))
        number = np.repeat(np.arange(len(usual)), np.diff(blocks.edges))
        limit = np.maximum(
            self._tuning.flash_times_limit * self._limit,
            self._tuning.flash_contrast * usual[number],
        )
        flagged = blocks.largest > limit
        for low, high in known:
            flagged[low:high] = False
        shortest = self._options.min_region - 1e-3
        return [
            (low, high)
            for low, high in true_runs(flagged)
            if high - low <= self._tuning.flash_frames
            and float(self._a.shown[blocks.frames[low:high]].sum()) >= shortest
        ]

    def _around_hole(self, blocks: Blocks, low: int, high: int) -> tuple[int, int]:
        """The exact ends of a stretch that surely differs."""
        first, last = blocks.at(low), blocks.at(high - 1) + 1
        inner = blocks.cells[first + 1 : last - 1] if last - first > 2 else blocks.cells[first:last]
        pad = int(np.ceil(1.0 / BLOCK_SECONDS))
        left, right = max(first - pad, 0), min(last + pad, len(blocks.cells))
        outside = np.concatenate([blocks.cells[left:first], blocks.cells[last:right]])
        if len(outside) == 0:
            return low, high
        quiet = np.median(outside, axis=0)
        inside = inner.mean(axis=0)
        weight = np.maximum(inside - quiet, 0.0) ** 2
        weight /= max(float(weight.sum()), 1e-12)
        levels = [
            float(np.log(float(level @ weight) + self._tuning.log_floor))
            for level in (quiet, inside)
        ]
        if levels[1] - levels[0] < np.log(self._tuning.least_contrast):
            return low, high
        start, end = int(blocks.edges[left]), int(blocks.edges[right])
        runs = true_runs(self._two_levels(blocks.frames[start:end], weight, levels[0], levels[1]))
        touching = [(start + i, start + j) for i, j in runs if start + i < high and start + j > low]
        if not touching:
            return low, high
        reach = int(0.6 / self._a.step)
        new_low, new_high = touching[0][0], touching[-1][1]
        return (
            new_low if abs(new_low - low) <= reach else low,
            new_high if abs(new_high - high) <= reach else high,
        )

    def _two_levels(
        self, frames: IntArray, weight: Float32, low_level: float, high_level: float
    ) -> np.ndarray:
        """(n,) bool: the frames at the high level, by a two-state Viterbi search."""
        exact = not self._line.is_retimed
        signal = np.empty(len(frames), np.float64)
        for start in range(0, len(frames), _CHUNK):
            part = slice(start, start + _CHUNK)
            signal[part] = self._frames.differences(frames[part], exact) @ weight
        level = (np.log(signal + self._tuning.log_floor) - low_level) / max(
            high_level - low_level, 1e-6
        )
        high_share = np.clip(level, 0.0, 1.0)
        seconds = np.minimum(self._a.shown[frames] / UNIT, 5.0)
        return two_level_path(high_share, seconds, self._tuning.level_switch)

    def _is_change(self, blocks: Blocks, span: tuple[int, int]) -> bool:
        low, high = span
        seconds = float(self._a.shown[blocks.frames[low:high]].sum())
        # On a retimed line the frames at a cut differ by the fraction of a frame it moved.
        shortest = max(
            self._options.min_region, self._tuning.least_retimed if self._line.is_retimed else 0.0
        )
        if seconds < shortest - 1e-3:
            return False
        inside = self._frames.mean_difference(blocks.frames[low:high])
        if float(inside.max()) <= self._limit:
            return False
        pad = int(_PAD / self._a.step)
        before = blocks.frames[max(low - pad, 0) : max(low - 1, 0)]
        after = blocks.frames[high + 1 : high + pad]
        around = np.concatenate([before, after])
        if len(around) == 0:
            return True
        strongest = inside >= 0.5 * inside.max()
        outside = self._frames.usual_difference(around)
        contrast = (
            self._tuning.least_contrast
            if seconds < self._tuning.long_change
            else self._tuning.least_contrast_long
        )
        return float(inside[strongest].mean()) >= contrast * float(outside[strongest].mean())

    def _merge(self, spans: list[tuple[int, int]]) -> list[Change]:
        frames = self._frames.on_line()
        starts = self._a.times[frames]
        ends = starts + self._a.shown[frames]
        merged: list[tuple[int, int]] = []
        for low, high in sorted(spans):
            gap = float(starts[low] - ends[merged[-1][1] - 1]) if merged else np.inf
            if gap <= self._options.merge_gap + 1e-6:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        changes = []
        for low, high in merged:
            inside = self._frames.mean_difference(frames[low:high])
            score = min(SCORE_PER_DETAIL * float(inside.max()), MAX_SCORE)
            if score <= self._options.threshold:
                continue
            start = self._line.a_start if low == 0 else float(starts[low])
            end = self._line.a_end if high == len(frames) else float(ends[high - 1])
            changes.append(
                Change(
                    start=start, end=end, score=score, box=changed_box(inside, tuning=self._tuning)
                )
            )
        return changes


def _median_around(values: Float32, width: int) -> Float32:
    """(n,) running medians; fewer values at the ends."""
    padded = np.pad(values, width // 2, mode="reflect" if len(values) > width // 2 else "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)
    median: Float32 = np.median(windows, axis=1).astype(np.float32)
    return median


def _windowed(cells: Float32, blocks_wide: int) -> Float64:
    """Mean cell differences of every window of so many blocks."""
    width = min(blocks_wide, len(cells))
    sums = np.concatenate([np.zeros((1, 256)), np.cumsum(cells, axis=0, dtype=np.float64)])
    means: Float64 = (sums[width:] - sums[:-width]) / width
    return means
