"""The best way through the score grid: which segments of B go on in A, and where.

A two-state Viterbi search over B's segments. A segment is either matched at a position of A or
unmatched (new in B), in which case the position reached in A is remembered. Going straight on is
free, going on a little beside costs a little (another speed), a jump ahead in A costs its opening.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from services.compare.segments.corridor import Corridor
from services.compare.segments.score_grid import PARTS
from services.compare.segments.tuning import TUNED, SegmentsTuning
from services.compare.timeline import Float32

_NEVER = np.float32(-1e9)
# How far beside the straight continuation a match may lie, in positions.
_REACH = 2

Positions = NDArray[np.int64]


class _Search:
    """State of the search: the best score for each position reached in A, per state."""

    def __init__(self, rows_a: int, tuning: SegmentsTuning) -> None:
        self._open = np.float32(tuning.open_cost)
        self._unmatched = np.float32(tuning.unmatched_cost)
        self._skipped_part = np.float32(tuning.skipped_cost)
        steps = np.abs(np.arange(-_REACH, _REACH + 1))[:, None]
        self._wobble: Float32 = (steps * tuning.wobble_cost).astype(np.float32)
        self.positions = rows_a * PARTS
        size = self.positions + PARTS + 1
        self.skipped = np.arange(size, dtype=np.float32) * self._skipped_part
        # Room at both ends lets the wobble look past them.
        padded = np.full(size + 2 * _REACH, _NEVER, np.float32)
        # Column p: the scores of the positions from _REACH below p to _REACH above it.
        self.around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _REACH + 1).T
        self.matched = padded[_REACH : _REACH + size]
        self.matched[:] = -self.skipped - self._open
        self.matched[0] = 0
        self.unmatched = np.full(size, _NEVER, np.float32)
        self.begin, self.end = 0, size
        self.match_sources: list[NDArray[np.int32]] = []
        # For each row: positions that became unmatched just now, and the first one's origin.
        self.turned: list[NDArray[np.bool_]] = []
        self.lifted: list[int] = []
        self.lows: list[int] = []

    def step(self, fit: Float32, low: int, high: int) -> None:
        """Takes in one segment of B whose corridor is positions low .. high - 1."""
        begin, end = self.begin, self.end
        opened = self.matched[begin:end] - self._open
        resting = self.unmatched[begin:end]
        score, source = self._straight_on(low, high)
        reached = np.maximum(opened, resting) + self.skipped[begin:end]
        best_before = np.maximum.accumulate(reached)
        rank = np.arange(begin, end, dtype=np.int32)
        origin = np.maximum.accumulate(np.where(reached == best_before, rank, 0))
        available = max(0, min(high, end) - low)
        jump = np.empty(high - low, np.float32)
        jump_origin = np.empty(high - low, np.int32)
        jump[:available] = best_before[low - begin : low - begin + available]
        jump[available:] = best_before[-1]
        jump_origin[:available] = origin[low - begin : low - begin + available]
        jump_origin[available:] = origin[-1]
        jump -= self.skipped[low:high]
        jumps = jump > score
        from_matched = opened[jump_origin - begin] >= resting[jump_origin - begin]
        coded = np.where(from_matched, jump_origin, -jump_origin - 1)
        self.match_sources.append(np.where(jumps, coded, source).astype(np.int32))
        score = np.maximum(score, jump) + fit
        self._rest(low, high)
        self.matched[begin:end] = _NEVER
        self.matched[low + PARTS : high + PARTS] = score
        self.begin, self.end = low, high + PARTS + 1
        self.lows.append(low)

    def _straight_on(self, low: int, high: int) -> tuple[Float32, NDArray[np.int32]]:
        candidates = self.around[:, low:high] - self._wobble
        shift = candidates.argmax(axis=0)
        source = np.arange(low - _REACH, high - _REACH, dtype=np.int32) + shift
        return candidates.max(axis=0), source.astype(np.int32)

    def _rest(self, low: int, high: int) -> None:
        """This segment of B is new; the position in A stays, or is lifted into the corridor."""
        stop = high + PARTS + 1
        opened = self.matched[low:stop] - self._open
        resting = self.unmatched[low:stop] - self._unmatched
        turned = opened >= resting
        rested = np.maximum(opened, resting)
        lifted = -1
        if low > self.begin:
            below = slice(self.begin, low)
            left_behind = (
                np.maximum(
                    self.matched[below] - self._open, self.unmatched[below] - self._unmatched
                )
                + self.skipped[below]
            )
            best = int(left_behind.argmax())
            if left_behind[best] - self.skipped[low] > rested[0]:
                rested[0] = left_behind[best] - self.skipped[low]
                lifted = self.begin + best
                turned[0] = (
                    self.matched[lifted] - self._open >= self.unmatched[lifted] - self._unmatched
                )
            self.unmatched[below] = _NEVER
        self.unmatched[low:stop] = rested
        self.turned.append(turned)
        self.lifted.append(lifted)

    def path(self) -> Positions:
        """Position in A of each segment of B, -1 where B is new."""
        live = slice(self.begin, self.end)
        position = np.arange(self.begin, self.end)
        rest = -self._skipped_part * np.maximum(0, self.positions - position)
        ending = np.where(position < self.positions - _REACH, self._open, 0)
        matched = self.matched[live] + rest - ending
        unmatched = self.unmatched[live] + rest
        is_match = bool(matched.max() >= unmatched.max())
        at = self.begin + int((matched if is_match else unmatched).argmax())
        path = np.full(len(self.lows), -1, np.int64)
        for row in range(len(self.lows) - 1, -1, -1):
            low = self.lows[row]
            if is_match:
                path[row] = at - PARTS
                source = int(self.match_sources[row][at - PARTS - low])
                is_match = source >= 0
                at = source if is_match else -source - 1
            else:
                is_match = bool(self.turned[row][at - low])
                if at == low and self.lifted[row] >= 0:
                    at = self.lifted[row]
        return path


def best_path(
    fits: Iterable[Float32],
    corridor: Corridor,
    rows_a: int,
    *,
    tuning: SegmentsTuning = TUNED,
) -> Positions:
    """(m,) position of each segment of B in quarter segments of A, -1 where it has none."""
    search = _Search(rows_a, tuning)
    for row, fit in enumerate(fits):
        search.step(fit, int(corridor.low[row]) * PARTS, int(corridor.high[row]) * PARTS)
    return search.path()
