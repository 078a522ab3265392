"""Sound that is early or late for a few seconds only, or in the last ones.

Windows of eight seconds that have to agree with each other do not see it. Windows of two seconds
say less, so they are asked only where the sound does not fit as it is: there, one offset must fit
some of them in a row nearly as well as a sound fits itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.compare.geometry import true_runs
from services.compare.sound.correlation import COARSE, Windows, averaged, peak_between
from services.compare.sound.tuning import SoundTuning
from services.compare.timeline import Float32, Float64

Int = NDArray[np.int64]

# Windows, and how far the next one is, in steps.
_WINDOW, _HOP = 100, 25
# So many of them in a row have to agree, and so many offsets of a stretch are looked at.
_LEAST_WINDOWS, _MOST_CANDIDATES = 2, 4
# What is shorter, in steps, is none; what is left of a line beside a stretch goes with it.
_SHORTEST, _LEFT_OVER = 75, 15
_MOST_APART = np.float32(1)


@dataclass(frozen=True)
class Heard:
    """Both sounds on one line. own: (n, bands) bels of A. other: (n + 2 margin, bands), B's at the
    same moments, with `margin` steps more on either side. known: (n + 2 margin,) whether B has
    sound there."""

    own: Float32
    other: Float32
    known: NDArray[np.bool_]
    margin: int

    def apart(self, offsets: Int, usual: Float32) -> Float32:
        """(n,) how far the sounds are apart in bels, at an offset for each step.

        usual: (bands,) by how much A's is louder."""
        rows = np.arange(len(self.own)) + self.margin + offsets
        difference = np.abs(self.own - self.other[rows] - usual)
        apart: Float32 = np.minimum(difference, _MOST_APART).mean(axis=1)
        return apart

    def between(self, first: int, last: int) -> Heard:
        """Steps `first` to `last` (exclusive) of A, with B's margin around them."""
        rows = slice(first, last + 2 * self.margin)
        return Heard(self.own[first:last], self.other[rows], self.known[rows], self.margin)


@dataclass(frozen=True)
class ShortStretch:
    """Steps [first, last) whose sound has an offset of its own, in steps and between them."""

    first: int
    last: int
    offset: float


def short_stretches(heard: Heard, offsets: Int, *, tuning: SoundTuning) -> list[ShortStretch]:
    """The stretches of a line with another offset than is known, in order and apart.

    offsets: (n,) what is known, in steps."""
    if len(heard.own) < _WINDOW + _HOP:
        return []
    found: list[ShortStretch] = []
    windows = Windows(heard.own, _WINDOW, _HOP, tuning=tuning)
    now = windows.fit(heard.other[np.arange(len(heard.own)) + heard.margin + offsets])
    misfits = windows.tell & (now < 1 - tuning.short_better)
    for first, last in true_runs(misfits):
        for stretch in _explained(heard, offsets, now, (first, last), tuning=tuning):
            begins = max(stretch.first, found[-1].last) if found else stretch.first
            if stretch.last - begins >= _SHORTEST:
                found.append(replace(stretch, first=begins))
    return found


def _explained(
    heard: Heard, offsets: Int, now: Float32, run: tuple[int, int], *, tuning: SoundTuning
) -> list[ShortStretch]:
    """The stretches that begin in a run of windows.

    now: (windows,) how well all of the line's windows fit with the offsets that are known."""
    start = run[0] * _HOP
    part = heard.between(start, (run[1] - 1) * _HOP + _WINDOW)
    windows = Windows(part.own, _WINDOW, _HOP, tuning=tuning)
    best = np.zeros(run[1] - run[0], np.float32)
    chosen = np.zeros(run[1] - run[0], np.int64)
    for tried in _candidates(part, tuning=tuning):
        fits = windows.fit(part.other[heard.margin + tried :])
        better = (fits >= tuning.short_fits) & (fits - now[slice(*run)] >= tuning.short_better)
        better &= (fits > best) & ~_taken(now, offsets, run, tried, tuning=tuning)
        best, chosen = np.where(better, fits, best), np.where(better, tried, chosen)
    found = []
    for low, high in _runs_of_one_offset(chosen):
        if high - low < _LEAST_WINDOWS:
            continue
        offset = _finest(windows, part, low, high, int(chosen[low:high][best[low:high].argmax()]))
        core = start + low * _HOP, start + (high - 1) * _HOP + _WINDOW
        begins, ends = _extent(heard, offsets, core, round(offset), tuning=tuning)
        if ends - begins >= _SHORTEST and _is_same(heard, core, round(offset), tuning=tuning):
            found.append(ShortStretch(begins, ends, offset))
    return found


def _taken(
    now: Float32, offsets: Int, run: tuple[int, int], tried: int, *, tuning: SoundTuning
) -> NDArray[np.bool_]:
    """Whether what B plays at an offset is known to be other sound of A: in music that repeats
    itself, a bar is like the next one."""
    starts = np.arange(*run) * _HOP
    there = np.rint((starts + tried - offsets[starts]) / _HOP).astype(np.int64)
    inside = (there >= 0) & (there < len(now))
    return inside & (now[np.clip(there, 0, len(now) - 1)] >= 1 - tuning.short_better)


def _candidates(part: Heard, *, tuning: SoundTuning) -> list[int]:
    """Offsets, in steps, at which some windows may fit."""
    reach = part.margin // COARSE
    shift = part.margin - reach * COARSE
    own, other = averaged(part.own), averaged(part.other[shift:])
    if len(own) < _WINDOW // COARSE:
        return []
    windows = Windows(own, _WINDOW // COARSE, _HOP // COARSE, tuning=tuning)
    coarse = np.stack([windows.fit(other[reach + d :]) for d in range(-reach, reach + 1)])
    peaks = np.where(coarse.max(axis=0) >= tuning.short_coarse_fits, coarse.argmax(axis=0), -1)
    values, counts = np.unique(peaks[peaks >= 0], return_counts=True)
    most = values[np.argsort(-counts, kind="stable")][:_MOST_CANDIDATES]
    around = (most[:, None] - reach) * COARSE + np.arange(-COARSE, COARSE + 1)
    limit = part.margin - 1
    return sorted({int(offset) for offset in around.ravel() if abs(offset) <= limit})


def _runs_of_one_offset(chosen: Int) -> Iterator[tuple[int, int]]:
    """Runs of windows that chose offsets within a step of each other; 0 stands for none."""
    first = 0
    for index in range(1, len(chosen) + 1):
        if index == len(chosen) or abs(chosen[index] - chosen[index - 1]) > 1:
            if chosen[first]:
                yield first, index
            first = index


def _finest(windows: Windows, part: Heard, low: int, high: int, offset: int) -> float:
    """The offset, between steps."""
    tried = np.clip(offset + np.arange(-1, 2), -part.margin, part.margin)
    fits = (float(windows.fit(part.other[part.margin + d :])[low:high].mean()) for d in tried)
    return offset + peak_between(*fits)


def _usual(heard: Heard, core: tuple[int, int], offset: int) -> Float32:
    """(bands,) by how much A's sound is louder at an offset."""
    own, other = heard.own[slice(*core)], heard.other[heard.margin + offset :][slice(*core)]
    usual: Float32 = np.median(own - other, axis=0).astype(np.float32)
    return usual


def _is_same(heard: Heard, core: tuple[int, int], offset: int, *, tuning: SoundTuning) -> bool:
    """Whether the levels are those of the same sound: the same rhythm is not enough."""
    part = heard.between(*core)
    usual = _usual(heard, core, offset)
    apart = part.apart(np.full(len(part.own), offset, np.int64), usual)
    return float(np.median(apart)) < tuning.different


def _extent(
    heard: Heard, offsets: Int, core: tuple[int, int], offset: int, *, tuning: SoundTuning
) -> tuple[int, int]:
    """From where to where the steps round `core` fit better at the offset than as they are."""
    count = len(heard.own)
    usual = _usual(heard, core, offset)
    shifted = np.full(count, offset, np.int64)
    gain = heard.apart(offsets, usual) - heard.apart(shifted, usual)
    gain = gain - np.float32(tuning.short_bias)
    # What B would play before it begins or after it ends says nothing.
    gain = np.where(heard.known[np.arange(count) + heard.margin + offset], gain, np.float32(0))
    begins = core[0] - _longest_gain(gain[: core[0] + _WINDOW // 2][::-1], _WINDOW // 2)
    ends = core[1] + _longest_gain(gain[core[1] - _WINDOW // 2 :], _WINDOW // 2)
    return (0 if begins <= _LEFT_OVER else begins, count if count - ends <= _LEFT_OVER else ends)


def _longest_gain(gain: Float32, start: int) -> int:
    """How many steps from `start` on, or before it when negative, sum up to the most."""
    sums: Float64 = np.concatenate([[0.0], np.cumsum(gain, dtype=np.float64)])
    best = np.flatnonzero(sums >= sums.max() - 1e-9)
    return int(best[-1]) - start
