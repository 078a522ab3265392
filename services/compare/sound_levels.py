"""Where two soundtracks differ along one line of the time map, to a fiftieth of a second.

The levels of a frame track's sound are compared step by step. Between a sound and its re-encodes
they differ by 0.05 to 0.25 bel; between two sounds by 0.3 or more at almost every step, even where
both only hiss, because noises are different noises. Where neither is heard nothing can be said.

Vectors say how different sounds are and levels where they are: what vectors found changed is cut to
where the levels differ, and what is too short for vectors is found by the levels alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.refine.two_level import true_runs
from services.compare.timeline import (
    SOUND_BANDS,
    SOUND_STEP_SECONDS,
    Float32,
    Float64,
    Region,
    UInt8,
)

_LEVELS_A_BEL = np.float32(24)
# Louder or quieter counts less than other sound does.
_LOUDNESS_WEIGHT = np.float32(0.3)
# Encoders delay sound by up to this many steps without telling.
_MOST_DELAY = 5.0
_DELAYS = np.arange(-_MOST_DELAY, _MOST_DELAY + 0.5, 0.5)
# The delay of a step is the one that fits best around it; a larger one needs a reason.
_DELAY_STEPS = 100
_DELAY_COST = np.float32(1e-3)
_BLOCK = 3000
# More than this, in bels, is other sound, or more than so many times what is usual on the line.
_DIFFERENT = 0.22
_TIMES_USUAL = 2.2
_USUAL_QUANTILE = 0.25
# Less than this share of it is the same sound, but never more than so much.
_SAME_SHARE = 0.6
_MOST_SAME = 0.2
# What neither plays above this, in bels over the floor, is not heard.
_HEARD = 0.3
_SMOOTH_STEPS = 3
# Cut sound is smeared over this much.
_EDGE_STEPS = 3
# Ends this close to those of the line, in steps, are on them.
_AT_END_STEPS = 5
_PAUSE_STEPS = 15
# Levels alone find what is clearly other sound, and differs for this long at the limit; what is
# farther apart may be shorter.
_CLEARLY = 1.3
_EVIDENCE_STEPS = 30
# What vectors found may differ too little to be flagged, but not for less than this.
_UNFLAGGED_STEPS = 10
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
        difference, heard = _compare(self._a[steps[0] : steps[-1] + 1], self._b, positions)
        limit = max(_DIFFERENT, _TIMES_USUAL * float(np.quantile(difference, _USUAL_QUANTILE)))
        difference[:_EDGE_STEPS] = difference[len(difference) - _EDGE_STEPS :] = 0
        times: Float64 = steps.astype(np.float64) * SOUND_STEP_SECONDS
        by_vectors = _within(times, found)
        other = (_smooth(difference, _SMOOTH_STEPS) > limit) & (difference > limit)
        unlike = by_vectors & (difference > min(_SAME_SHARE * limit, _MOST_SAME))
        changed = _bridged(other | _lasting(unlike, _UNFLAGGED_STEPS), heard)
        changes = []
        for low, high in true_runs(changed):
            if by_vectors[low:high].any():
                score = _score_of(found, times[low], times[high - 1])
            else:
                score = _score_by_levels(difference[low:high], heard[low:high], limit)
                if score <= threshold:
                    continue
            at_start, at_end = low <= _AT_END_STEPS, high >= len(times) - _AT_END_STEPS
            start = line.a_start if at_start else float(times[low])
            end = line.a_end if at_end else float(times[high - 1]) + SOUND_STEP_SECONDS
            if end - start >= shortest:
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


def _lasting(flags: NDArray[np.bool_], shortest: int) -> NDArray[np.bool_]:
    out = np.zeros(len(flags), bool)
    for low, high in true_runs(flags):
        out[low:high] = high - low >= shortest
    return out


def _step_of(time: float) -> int:
    """The first step whose middle is not before a time."""
    return int(np.ceil(time / SOUND_STEP_SECONDS - 0.5))


def _compare(a: UInt8, b: UInt8, positions: Float64) -> tuple[Float32, NDArray[np.bool_]]:
    """(n,) how far each row of `a` is from what `b` has at a position, in bels, at the delay that
    fits best there; and whether either is heard."""
    difference = np.empty(len(a), np.float32)
    heard = np.empty(len(a), bool)
    pad = _DELAY_STEPS // 2
    for start in range(0, len(a), _BLOCK):
        low, high = max(start - pad, 0), min(start + _BLOCK + pad, len(a))
        own = a[low:high].astype(np.float32) / _LEVELS_A_BEL
        fit, best = np.full(high - low, np.inf, np.float32), np.empty(high - low, np.float32)
        loudest = own.mean(axis=1)
        for delay, other in _delayed(b, positions[low:high]):
            apart = _apart(own, other)
            clipped = np.minimum(apart, np.float32(_DIFFERENT))
            cost = _smooth(clipped, _DELAY_STEPS) + _DELAY_COST * np.float32(abs(delay))
            best, fit = np.where(cost < fit, apart, best), np.minimum(cost, fit)
            if delay == 0:
                loudest = np.maximum(loudest, other.mean(axis=1))
        kept = slice(start - low, min(start + _BLOCK, len(a)) - low)
        difference[start : start + _BLOCK] = best[kept]
        heard[start : start + _BLOCK] = loudest[kept] > _HEARD
    return difference, heard


def _delayed(levels: UInt8, positions: Float64) -> Iterator[tuple[float, Float32]]:
    """(n, 16) bels at positions between rows, for each delay."""
    for delay in _DELAYS:
        at = np.clip(positions + delay, 0, len(levels) - 1)
        low = at.astype(np.int64)
        share = (at - low).astype(np.float32)[:, None] / _LEVELS_A_BEL
        high = np.minimum(low + 1, len(levels) - 1)
        yield float(delay), levels[low] * (1 / _LEVELS_A_BEL - share) + levels[high] * share


def _apart(left: Float32, right: Float32) -> Float32:
    difference = left - right
    louder = difference @ np.full(SOUND_BANDS, 1 / SOUND_BANDS, np.float32)
    difference -= louder[:, None]
    np.abs(difference, out=difference)
    apart: Float32 = difference.mean(axis=1) + _LOUDNESS_WEIGHT * np.abs(louder)
    return apart


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
