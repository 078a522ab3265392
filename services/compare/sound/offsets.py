"""By how much B's sound is early or late against its picture, along the picture's time map.

The levels of both sounds (16 mel bands every 0.02 s) are correlated in windows of eight seconds,
with the mean of each band taken out, so that neither loudness nor equalisation matters. Coarse
levels say which offsets occur at all, fine ones how well each fits in every window, and a path
through the windows says where the offset changes. The peak of the correlation, interpolated, is
good to about five milliseconds.

An offset is said only where it fits clearly better than none: in pauses, in steady noise and in
loops that repeat themselves nothing can be told, and nothing is said.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.compare.geometry import Span
from services.compare.sound.correlation import COARSE, Windows, averaged, peak_between
from services.compare.sound.level_differences import at_positions
from services.compare.sound.lines import slope
from services.compare.sound.short_stretches import Heard, short_stretches
from services.compare.sound.tuning import TUNED, SoundTuning
from services.compare.timeline import (
    SOUND_STEP_SECONDS,
    Float32,
    Float64,
    Region,
    UInt8,
)

Int = NDArray[np.int64]

# Offsets from here on are told, in seconds.
LEAST_OFFSET = 0.02
# The largest offset that is looked for, in coarse steps of so many fine ones (0.1 s).
_MOST_COARSE = 50
# Offsets around none, in fine steps, that every window is tried with.
_NEAR = 6
# Windows, and how far the next one is, in fine steps.
_WINDOW, _HOP = 400, 50
_SHORTEST_WINDOW = 75
# What repeats itself takes longer than this, in fine steps.
_A_BAR = 50
# On either side of a change, how far away it may really be.
_CUT_MARGIN = 300
TOUCHING = 1e-6


@dataclass(frozen=True)
class SoundLine:
    """A stretch of a line whose sound has one offset.

    line: the stretch, by the picture. offset: seconds by which B's sound is later than its picture.
    """

    line: Region
    offset: float = 0.0

    def heard_within(self, duration_b: float) -> Region:
        """The stretch with B's times as its sound has them, as far as B goes."""
        line, offset = self.line, self.offset
        if offset == 0.0:
            return line
        pace = slope(line)
        early = max(-(line.b_start + offset), 0.0)
        late = max(line.b_end + offset - duration_b, 0.0)
        return replace(
            line,
            a_start=line.a_start + early / pace,
            a_end=line.a_end - late / pace,
            b_start=line.b_start + offset + early,
            b_end=line.b_end + offset - late,
        )


class SoundOffsets:
    """Finds the offsets of lines. a, b: (n, 16) uint8, the levels of two frame tracks' sound."""

    def __init__(self, a: UInt8, b: UInt8, *, tuning: SoundTuning = TUNED) -> None:
        self._tuning = tuning
        self._a = a
        self._b = b
        self._known: tuple[list[Region], list[list[SoundLine]]] = [], []

    def along(self, lines: Sequence[Region]) -> list[list[SoundLine]]:
        """For each line its stretches of one offset, in order."""
        # Most often the lines stay where they are once their jumps have been looked at.
        if list(lines) != self._known[0]:
            self._known = list(lines), self._found(lines)
        return self._known[1]

    def _found(self, lines: Sequence[Region]) -> list[list[SoundLine]]:
        if not len(self._a) or not len(self._b):
            return [[SoundLine(line)] for line in lines]
        tracks = [_Track(self._a, self._b, line, tuning=self._tuning) for line in lines]
        offsets = _offsets(tracks, tuning=self._tuning)
        return [track.stretches(offsets) for track in tracks]


def left_out(parts: Sequence[SoundLine]) -> list[Span]:
    """Where in A sound lies that B leaves out, as its sound goes on earlier from there on."""
    return [
        (after.line.a_start - lost, after.line.a_start + lost)
        for before, after in itertools.pairwise(parts)
        if before.line.leads_to(after.line, TOUCHING)
        and (lost := before.offset - after.offset) >= LEAST_OFFSET
    ]


class _Track:
    """Both sounds on one line, at A's steps.

    B's has a margin on both sides for the largest offset.
    """

    def __init__(self, a: UInt8, b: UInt8, line: Region, *, tuning: SoundTuning) -> None:
        self._tuning = tuning
        self._line = line
        self._first = max(round(line.a_start / SOUND_STEP_SECONDS), 0)
        last = min(round(line.a_end / SOUND_STEP_SECONDS), len(a))
        own = np.arange(self._first, max(last, self._first), dtype=np.float64)
        self._own = at_positions(a, own)
        self._margin = COARSE * _MOST_COARSE + _NEAR
        steps = np.arange(-self._margin, len(self._own) + self._margin)
        pace = slope(line)
        middles = (self._first + steps.astype(np.float64) + 0.5) * SOUND_STEP_SECONDS
        times: Float64 = line.b_start + (middles - line.a_start) * pace
        positions = times / SOUND_STEP_SECONDS - 0.5
        self._other = at_positions(b, positions)
        self._known = (positions >= 0) & (positions <= len(b) - 1)
        self._window = min(_WINDOW, len(self._own))

    @property
    def tells(self) -> bool:
        return self._window >= _SHORTEST_WINDOW

    def votes(self) -> list[int]:
        """For each window the offset, in fine steps, that fits it best; 0 where none is better."""
        if not self.tells:
            return []
        coarse_own, coarse_other = averaged(self._own), averaged(self._other[_NEAR:])
        coarse = np.arange(-_MOST_COARSE, _MOST_COARSE + 1)
        windows = Windows(coarse_own, self._window // COARSE, _HOP // COARSE, tuning=self._tuning)
        fits = np.stack(
            [_resampled(windows.fit(coarse_other[_MOST_COARSE + d :]), self._count) for d in coarse]
        )
        near = np.arange(-_NEAR, _NEAR + 1)
        fine = self.fits(near)
        none = fine[_NEAR]
        votes = []
        for window in range(self._count):
            best_near = int(fine[:, window].argmax())
            best_far = int(fits[:, window].argmax())
            # Averages of five steps fit better than single ones: compare like with like.
            gain_far = fits[best_far, window] - fits[_MOST_COARSE, window]
            if self._is_taken(none, window, int(coarse[best_far]) * COARSE):
                gain_far = np.float32(0)
            gain_near = fine[best_near, window] - none[window]
            is_far = abs(int(coarse[best_far])) * COARSE > _NEAR
            # Sounds that change slowly fit a little better on the way to where they fit well.
            near_is_best = not is_far or gain_near + self._tuning.offset_better >= gain_far
            if (
                near_is_best
                and gain_near >= self._tuning.offset_better
                and 0 < best_near < 2 * _NEAR
            ):
                votes.append(int(near[best_near]))
            elif (
                gain_far >= self._tuning.offset_better
                and fits[best_far, window] >= self._tuning.offset_fits
            ):
                votes.append(self._finest(int(coarse[best_far]) * COARSE, window))
            else:
                votes.append(0)
        return votes

    def fits(self, offsets: Int) -> Float32:
        """(k, windows) how well each offset, in fine steps, fits each window: a correlation."""
        windows = Windows(self._own, self._window, _HOP, tuning=self._tuning)
        return np.stack([windows.fit(self._other[self._margin + d :]) for d in offsets])

    def stretches(self, offsets: Sequence[int]) -> list[SoundLine]:
        line = self._line
        if not self.tells:
            return [SoundLine(line)]
        fits = self.fits(np.array(offsets))
        costs = 1 - fits + self._tuning.offset_bias * (np.array(offsets) != 0)[:, None]
        for state, known in enumerate(offsets):
            taken = [self._is_taken(fits[0], window, known) for window in range(self._count)]
            costs[state, taken] = 1
        chosen = _path(costs, tuning=self._tuning)
        edges = np.flatnonzero(np.diff(chosen)) + 1
        found: list[SoundLine] = []
        starts = [0, *edges.tolist()]
        ends = [*edges.tolist(), len(chosen)]
        cuts = [
            self._cut(offsets[chosen[edge - 1]], offsets[chosen[edge]], edge)
            for edge in edges.tolist()
        ]
        edges_in_a = np.maximum.accumulate([line.a_start, *cuts, line.a_end])
        times: list[float] = np.minimum(edges_in_a, line.a_end).tolist()
        for k, (first, last) in enumerate(zip(starts, ends, strict=True)):
            if times[k + 1] - times[k] <= SOUND_STEP_SECONDS:
                times[k + 1] = times[k]
                continue
            offset = self._exact(offsets[chosen[first]], slice(first, last))
            part = _part(line, times[k], times[k + 1])
            if found and abs(found[-1].offset - offset) < LEAST_OFFSET / 2:
                part = replace(found.pop().line, a_end=part.a_end, b_end=part.b_end)
            found.append(SoundLine(part, offset))
        if not found:
            return [SoundLine(line)]
        # A last stretch too short to tell goes with the one before it.
        last_part = _part(line, found[-1].line.a_start, line.a_end)
        found[-1] = SoundLine(last_part, found[-1].offset)
        return self._with_short_ones(found)

    def _with_short_ones(self, found: list[SoundLine]) -> list[SoundLine]:
        offsets = np.zeros(len(self._own), np.int64)
        for part in found:
            offsets[self._step(part.line.a_start) :] = round(part.offset / SOUND_STEP_SECONDS)
        heard = Heard(self._own, self._other, self._known, self._margin)
        for short in short_stretches(heard, offsets, tuning=self._tuning):
            offset = _told(short.offset)
            if offset:
                start = self._line.a_start if short.first == 0 else self._time(short.first)
                end = self._line.a_end if short.last == len(offsets) else self._time(short.last)
                found = _replaced(found, SoundLine(_part(self._line, start, end), offset))
        return found

    def _step(self, time: float) -> int:
        return max(round(time / SOUND_STEP_SECONDS) - self._first, 0)

    def _time(self, step: int) -> float:
        return (self._first + step) * SOUND_STEP_SECONDS

    def _is_taken(self, none: Float32, window: int, offset: int) -> bool:
        """Whether what B plays at a large offset is other sound of A, in step: in music that
        repeats itself, a bar is like the next one.

        none: (windows,) how well no offset fits."""
        there = window + round(offset / _HOP)
        apart = abs(offset) >= _A_BAR and 0 <= there < len(none)
        return bool(apart and none[there] >= 1 - self._tuning.short_better > none[window])

    @property
    def _count(self) -> int:
        return (len(self._own) - self._window) // _HOP + 1

    def _finest(self, around: int, window: int) -> int:
        offsets = around + np.arange(-COARSE, COARSE + 1)
        start = window * _HOP
        own = self._own[start : start + self._window]
        one = Windows(own, self._window, _HOP, tuning=self._tuning)
        fits = [float(one.fit(self._other[self._margin + d + start :])[0]) for d in offsets]
        return int(offsets[int(np.argmax(fits))])

    def _exact(self, offset: int, windows: slice) -> float:
        """The offset in seconds, between steps; 0 for one that is too small to tell."""
        if offset == 0:
            return 0.0
        fits = self.fits(offset + np.arange(-1, 2))[:, windows].mean(axis=1)
        return _told(offset + peak_between(*fits.tolist()))

    def _cut(self, before: int, after: int, window: int) -> float:
        """When, in A, the sound goes over from one offset to the next."""
        middle = window * _HOP + self._window // 2 - _HOP // 2
        low = max(middle - _CUT_MARGIN, 0)
        high = min(middle + _CUT_MARGIN, len(self._own))
        costs = [
            _apart(self._own, self._other, self._margin + d, low, high) for d in (before, after)
        ]
        gain = np.concatenate([[0.0], np.cumsum(costs[0] - costs[1])])
        return (self._first + low + int(gain.argmin())) * SOUND_STEP_SECONDS


def _told(steps: float) -> float:
    """An offset in seconds; 0 for one that is too small to tell."""
    seconds = steps * SOUND_STEP_SECONDS
    return round(seconds, 3) if abs(seconds) >= LEAST_OFFSET - 0.002 else 0.0


def _replaced(parts: Sequence[SoundLine], new: SoundLine) -> list[SoundLine]:
    """The parts of a line with a new one in the place of what it covers."""
    out: list[SoundLine] = []
    start, end = new.line.a_start, new.line.a_end
    for part in parts:
        line = part.line
        if line.a_start < start - SOUND_STEP_SECONDS:
            out.append(SoundLine(_part(line, line.a_start, min(line.a_end, start)), part.offset))
        if line.a_start <= start <= line.a_end and new not in out:
            out.append(new)
        if line.a_end > end + SOUND_STEP_SECONDS:
            out.append(SoundLine(_part(line, max(line.a_start, end), line.a_end), part.offset))
    return out


def _offsets(tracks: Sequence[_Track], *, tuning: SoundTuning) -> list[int]:
    """The offsets that occur, in fine steps: none, and those that enough windows vote for."""
    votes = np.array([vote for track in tracks for vote in track.votes()], np.int64)
    votes = votes[votes != 0]
    found = [0]
    while len(votes) and len(found) <= tuning.most_offsets:
        values, counts = np.unique(votes, return_counts=True)
        near = np.array([counts[np.abs(values - value) <= 1].sum() for value in values])
        if near.max() < tuning.offset_votes:
            break
        best = values[near == near.max()]
        top = int(best[np.argmax([counts[values == value][0] for value in best])])
        found.append(top)
        votes = votes[np.abs(votes - top) > 2]
    return found


def _resampled(fits: Float32, count: int) -> Float32:
    """As many windows as the fine levels have; the last ones stand for those that are missing."""
    if len(fits) >= count:
        return fits[:count]
    if not len(fits):
        return np.zeros(count, np.float32)
    return np.pad(fits, (0, count - len(fits)), mode="edge")


def _path(costs: NDArray[np.float64], *, tuning: SoundTuning) -> Int:
    """(windows,) the states of the cheapest path through (states, windows) costs."""
    states, windows = costs.shape
    total = costs[:, 0].copy()
    came = np.zeros((windows, states), np.int64)
    for window in range(1, windows):
        best = int(total.argmin())
        stay = total <= total[best] + tuning.offset_switch
        came[window] = np.where(stay, np.arange(states), best)
        total = np.where(stay, total, total[best] + tuning.offset_switch) + costs[:, window]
    path = np.empty(windows, np.int64)
    path[-1] = total.argmin()
    for window in range(windows - 1, 0, -1):
        path[window - 1] = came[window, path[window]]
    return path


def _apart(own: Float32, other: Float32, shift: int, low: int, high: int) -> Float32:
    """(high - low,) how far spectra are apart, step by step, whatever their loudness."""
    difference = own[low:high] - other[shift + low : shift + high]
    difference = difference - np.median(difference, axis=0)
    apart: Float32 = np.minimum(np.abs(difference), 1.0).mean(axis=1)
    return apart


def _part(line: Region, start: float, end: float) -> Region:
    pace = slope(line)
    return replace(
        line,
        a_start=start,
        a_end=end,
        b_start=line.b_start + (start - line.a_start) * pace,
        b_end=line.b_end if end == line.a_end else line.b_start + (end - line.a_start) * pace,
    )
