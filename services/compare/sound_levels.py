"""Where two soundtracks differ along one line of the time map, to a fiftieth of a second.

The levels of a frame track's sound are compared step by step. Between a sound and its re-encodes
they differ by 0.05 to 0.25 bel; between two sounds by 0.3 or more at almost every step, even where
both only hiss, because noises are different noises. Where neither is heard nothing can be said.

Vectors say how different sounds are and levels where they are: what vectors found changed is cut to
where the levels differ, and what is too short for vectors is found by the levels alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.refine.two_level import true_runs
from services.compare.timeline import (
    SOUND_STEP_SECONDS,
    Float32,
    Float64,
    Region,
    UInt8,
)

_LEVELS_A_BEL = np.float32(24)
# What lies below this, in bels, may be lost in coding, and is the same as silence.
_FLOOR = 0.8
# Dynamics are worked on in mastering; only what is louder or quieter by more than this, in bels,
# says that the sound is another, and less so than its spectrum.
_SAME_LOUDNESS = np.float32(1.0)
_LOUDNESS_WEIGHT = np.float32(0.3)
# Encoders delay a sound by up to this many steps without telling, and hardly vary in that.
_MOST_DELAY, _DELAY_VARIES, _DELAY_STEP = 5.0, 2.0, 0.5
# The delay of a step is the one that fits best around it; a larger one needs a reason.
_DELAY_STEPS = 100
_DELAY_COST = np.float32(1e-3)
# How loud one is against the other is told from so many steps around, if enough of them are loud.
_GAIN_STEPS = 100
_GAIN_SHARE = 0.1
_SAMPLED_STEPS = 3000
# A band that usually differs by so many bels more than others was left out by coding, unless most
# were.
_LACKING = 1.0
_MOST_LACKING = 0.5
_BLOCK = 3000
# More than this, in bels, is other sound, or more than so many times what is usual on the line.
# Where the usual is so large that it may well be other sound, vectors have to find it.
_DIFFERENT = 0.22
_TIMES_USUAL = 2.2
_MOST_DIFFERENT = 0.3
_USUAL_QUANTILE = 0.25
_LEAST_USUAL_STEPS = 50
# Less than this share of it is the same sound, but never more than so much.
_SAME_SHARE = 0.6
_MOST_SAME = 0.2
_SMOOTH_STEPS = 3
# Cut sound is smeared over this much.
_EDGE_STEPS = 3
# Ends this close to those of the line, in steps, are on them.
_AT_END_STEPS = 5
_PAUSE_STEPS = 15
# Levels alone find what is clearly other sound, and differs for this long at the limit; what is
# farther apart may be shorter.
_CLEARLY = 1.3
_EVIDENCE_STEPS = 20
# What vectors found changed stays so where more than half of so many steps are unlike.
_VECTOR_STEPS = 25
# How levels translate to the distance of vectors: by the slope above what coding does, to a most.
_CODING = 0.2
_DISTANCE_A_BEL = 1.4
_MOST_DISTANCE = 0.8


@dataclass(frozen=True)
class Change:
    """Sound of A, in its time, that B does not have. score: how different, as a cosine distance."""

    start: float
    end: float
    score: float


class SoundLevels:
    """The levels of two frame tracks' sound. a, b: (n, 16) uint8."""

    def __init__(self, a: UInt8, b: UInt8) -> None:
        self._a = a
        self._b = b

    def settled(
        self, line: Region, found: Sequence[Change], threshold: float, shortest: float
    ) -> list[Change]:
        """The changes of a line, in order.

        found: by vectors, in order. threshold: a cosine distance, for those that the levels find
        alone. shortest: in seconds.
        """
        steps, positions = self._steps(line)
        if not len(steps):
            return list(found)
        compared = _compare(self._a[steps[0] : steps[-1] + 1], self._b, positions)
        times: Float64 = steps.astype(np.float64) * SOUND_STEP_SECONDS
        by_vectors = _within(times, found)
        usual = compared.usual(np.ones(len(steps), bool))
        limit = max(_TIMES_USUAL * compared.usual(~by_vectors), _DIFFERENT)
        limit = min(limit, _MOST_DIFFERENT)
        difference = compared.difference
        difference[:_EDGE_STEPS] = difference[len(difference) - _EDGE_STEPS :] = 0
        other = (_smooth(difference, _SMOOTH_STEPS) > limit) & (difference > limit)
        unlike = difference > min(_SAME_SHARE * limit, _MOST_SAME)
        mostly = _smooth(unlike.astype(np.float32), _VECTOR_STEPS) > 0.5
        changed = _bridged(other | (by_vectors & mostly), compared.heard)
        first_step, last_step = _step_of(line.a_start), _step_of(line.a_end)
        changes = []
        for low, high in true_runs(changed):
            if by_vectors[low:high].any():
                score = _score_of(found, times[low], times[high - 1])
            elif _TIMES_USUAL * usual <= _MOST_DIFFERENT:
                part = slice(low, high)
                score = _score_by_levels(difference[part], compared.heard[part], limit)
            else:
                score = 0.0
            if score <= threshold:
                continue
            at_start = steps[low] <= first_step + _AT_END_STEPS
            at_end = steps[high - 1] >= last_step - 1 - _AT_END_STEPS
            start = line.a_start if at_start else float(times[low])
            end = line.a_end if at_end else float(times[high - 1]) + SOUND_STEP_SECONDS
            if end - start >= shortest - SOUND_STEP_SECONDS / 2:
                changes.append(Change(start, end, score))
        return changes

    def _steps(self, line: Region) -> tuple[NDArray[np.int64], Float64]:
        """A's steps on the line, and B's positions of the same moments, in steps."""
        steps: NDArray[np.int64] = np.arange(
            _step_of(line.a_start), min(_step_of(line.a_end), len(self._a)), dtype=np.int64
        )
        slope = (line.b_end - line.b_start) / max(line.a_end - line.a_start, 1e-9)
        times: Float64 = (
            line.b_start
            + ((steps.astype(np.float64) + 0.5) * SOUND_STEP_SECONDS - line.a_start) * slope
        )
        positions = times / SOUND_STEP_SECONDS - 0.5
        inside = (positions > -1) & (positions < len(self._b))
        return steps[inside], positions[inside]


def _within(times: Float64, changes: Sequence[Change]) -> NDArray[np.bool_]:
    inside = np.zeros(len(times), bool)
    for change in changes:
        inside |= (times >= change.start) & (times < change.end)
    return inside


def _score_of(changes: Sequence[Change], start: float, end: float) -> float:
    return max(each.score for each in changes if each.start <= end and each.end > start)


def _score_by_levels(difference: Float32, heard: NDArray[np.bool_], limit: float) -> float:
    """How different a stretch is as a cosine distance; 0 where it may be coding noise."""
    typical = float(difference[heard].mean()) if heard.any() else 0.0
    if typical < _CLEARLY * limit or difference.sum() < _EVIDENCE_STEPS * limit:
        return 0.0
    return min((typical - _CODING) * _DISTANCE_A_BEL, _MOST_DISTANCE)


def _step_of(time: float) -> int:
    """The first step whose middle is not before a time."""
    return int(np.ceil(time / SOUND_STEP_SECONDS - 0.5))


@dataclass(frozen=True)
class _Compared:
    """Steps of A against B. difference: (n,) in bels; heard: (n,) whether either is heard."""

    difference: Float32
    heard: NDArray[np.bool_]

    def usual(self, chosen: NDArray[np.bool_]) -> float:
        """The difference that the chosen steps, or all if they are few, have even where the sound
        is the same."""
        heard = self.heard & chosen
        if heard.sum() < _LEAST_USUAL_STEPS:
            heard = self.heard
        return float(np.quantile(self.difference[heard], _USUAL_QUANTILE)) if heard.any() else 0.0


def _compare(a: UInt8, b: UInt8, positions: Float64) -> _Compared:
    """Each row of `a` with what `b` has at a position, at the delay that fits best there and at
    the loudness that `b` usually has."""
    common = _common_bands(a, b, positions)
    a, b = a[:, common], b[:, common]
    delay, gain = _usual_delay_and_gain(a, b, positions)
    delays = delay + np.arange(-_DELAY_VARIES, _DELAY_VARIES + _DELAY_STEP, _DELAY_STEP)
    difference = np.empty(len(a), np.float32)
    heard = np.empty(len(a), bool)
    pad = _DELAY_STEPS // 2
    for start in range(0, len(a), _BLOCK):
        low, high = max(start - pad, 0), min(start + _BLOCK + pad, len(a))
        own = _bels(a[low:high])
        usual = np.full(high - low, gain)
        around = _gains_around(own, _at(b, positions[low:high] + delay), gain)
        fit, best = np.full(high - low, np.inf, np.float32), np.empty(high - low, np.float32)
        either = np.zeros(high - low, bool)
        for tried in delays:
            other = _at(b, positions[low:high] + tried)
            # Dynamics change the gain, and so would other sound close by: the better one holds.
            apart, audible = _apart(own, other, usual)
            apart = np.minimum(apart, _apart(own, other, around)[0])
            clipped = np.minimum(apart, np.float32(_DIFFERENT))
            cost = _smooth(clipped, _DELAY_STEPS) + _DELAY_COST * np.float32(abs(tried - delay))
            better = cost < fit
            best, either = np.where(better, apart, best), np.where(better, audible, either)
            fit = np.minimum(cost, fit)
        kept = slice(start - low, min(start + _BLOCK, len(a)) - low)
        difference[start : start + _BLOCK] = best[kept]
        heard[start : start + _BLOCK] = either[kept]
    return _Compared(difference, heard)


def _common_bands(a: UInt8, b: UInt8, positions: Float64) -> NDArray[np.bool_]:
    """(16,) the bands that neither lacks: low bit rates and telephones leave the highest out."""
    chosen = _samples(len(a))
    louder = np.median(_bels(a[chosen]) - _at(b, positions[chosen]), axis=0)
    lacking = np.abs(louder - np.median(louder)) > _LACKING
    return ~lacking if lacking.mean() <= _MOST_LACKING else np.ones(len(lacking), bool)


def _samples(count: int) -> NDArray[np.int64]:
    return np.linspace(0, count - 1, min(count, _SAMPLED_STEPS)).astype(np.int64)


def _usual_delay_and_gain(a: UInt8, b: UInt8, positions: Float64) -> tuple[float, np.float32]:
    """By how many steps `b` is late, and by how many bels quieter, on the whole."""
    chosen = _samples(len(a))
    own = _bels(a[chosen])
    found = (np.inf, 0.0, np.float32(0))
    for delay in np.arange(-_MOST_DELAY, _MOST_DELAY + _DELAY_STEP, _DELAY_STEP):
        other = _at(b, positions[chosen] + delay)
        louder, both = _louder(own, other)
        gain = np.float32(np.median(louder[both])) if both.any() else np.float32(0)
        apart, heard = _apart(own, other, np.full(len(own), gain))
        clipped = np.minimum(apart[heard], np.float32(_DIFFERENT))
        cost = float(clipped.mean()) if len(clipped) else 0.0
        found = min(found, (cost + float(_DELAY_COST) * abs(delay), float(delay), gain))
    return found[1], found[2]


def _gains_around(own: Float32, other: Float32, usual: np.float32) -> Float32:
    """(n,) by how many bels `own` is louder around each step; `usual` where that can't be told."""
    louder, both = _louder(own, other)
    share = _smooth(both.astype(np.float32), _GAIN_STEPS)
    mean = _smooth(np.where(both, louder, np.float32(0)), _GAIN_STEPS)
    told = share > _GAIN_SHARE
    return np.where(told, mean / np.where(told, share, np.float32(1)), usual)


def _louder(own: Float32, other: Float32) -> tuple[Float32, NDArray[np.bool_]]:
    """(n,) by how many bels `own` is louder, and where both are loud enough to tell."""
    of_own, of_other = own.mean(axis=1), other.mean(axis=1)
    return of_own - of_other, (of_own > _FLOOR) & (of_other > _FLOOR)


def _bels(levels: UInt8) -> Float32:
    return levels.astype(np.float32) / _LEVELS_A_BEL


def _at(levels: UInt8, positions: Float64) -> Float32:
    """(n, bands) bels at positions between rows."""
    at = np.clip(positions, 0, len(levels) - 1)
    low = at.astype(np.int64)
    share = (at - low).astype(np.float32)[:, None] / _LEVELS_A_BEL
    high = np.minimum(low + 1, len(levels) - 1)
    between: Float32 = levels[low] * (1 / _LEVELS_A_BEL - share) + levels[high] * share
    return between


def _apart(own: Float32, other: Float32, gains: Float32) -> tuple[Float32, NDArray[np.bool_]]:
    """(n,) how far spectra are apart, in bels, and whether either is heard.

    gains: (n,) what `other` is to be raised by; what it may have lost at the floor counts for
    neither.
    """
    raised = gains[:, None]
    floor = np.float32(_FLOOR) + np.maximum(raised, 0)
    own, other = np.maximum(own, floor), np.maximum(other + raised, floor)
    heard = np.maximum(own.max(axis=1), other.max(axis=1)) > floor[:, 0]
    difference = own - other
    louder = difference.mean(axis=1)
    difference -= louder[:, None]
    np.abs(difference, out=difference)
    beyond = np.maximum(np.abs(louder) - _SAME_LOUDNESS, 0)
    apart: Float32 = difference.mean(axis=1) + _LOUDNESS_WEIGHT * beyond
    return apart, heard


def _smooth(values: Float32, width: int) -> Float32:
    """Running means of up to `width` values around each; fewer at the ends."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    index = np.arange(len(values))
    low = np.maximum(index - width // 2, 0)
    high = np.minimum(index - width // 2 + width, len(values))
    means: Float32 = ((sums[high] - sums[low]) / (high - low)).astype(np.float32)
    return means


def _bridged(changed: NDArray[np.bool_], heard: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """With short pauses between changes filled, and long ones in which nothing is heard."""
    out = changed.copy()
    for low, high in true_runs(~changed):
        inner = low > 0 and high < len(changed)
        if inner and (high - low <= _PAUSE_STEPS or not heard[low:high].any()):
            out[low:high] = True
    return out
