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

from services.compare.geometry import true_runs
from services.compare.sound.coarse_pictures import by_sound
from services.compare.sound.early_end import ended_early
from services.compare.sound.jumps import placed_by_sound
from services.compare.sound.level_differences import compare, running_mean
from services.compare.sound.lines import slope
from services.compare.sound.offsets import SoundLine, SoundOffsets
from services.compare.sound.tuning import TUNED, SoundTuning
from services.compare.timeline import (
    CONTINUED,
    SOUND_STEP_SECONDS,
    Float32,
    Float64,
    Region,
    UInt8,
)

_SMOOTH_STEPS = 3
# What is less has no jump.
_LINE_AND_JUMP = 2
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
    """The levels of two frame tracks' sound.

    a, b: (n, 16) uint8. frame_seconds: how long a picture is shown, in the version where that is
    longer.
    """

    def __init__(
        self, a: UInt8, b: UInt8, frame_seconds: float = 0.0, *, tuning: SoundTuning = TUNED
    ) -> None:
        self._tuning = tuning
        self._frame_seconds = frame_seconds
        self._a = a
        self._b = b
        self.offsets = SoundOffsets(a, b, tuning=tuning)

    def placed(self, lines: Sequence[Region]) -> list[Region]:
        """The lines with the jumps between them where the sounds have them."""
        if len(lines) < _LINE_AND_JUMP:
            return list(lines)
        together = [line for line in lines if line.kind in CONTINUED]
        parts = iter(self.offsets.along(together))
        offsets = []
        for line in lines:
            of_line = next(parts) if line.kind in CONTINUED else [SoundLine(line)]
            offsets.append((of_line[0].offset, of_line[-1].offset))
        lines, offsets = by_sound(lines, offsets, self._frame_seconds, tuning=self._tuning)
        return placed_by_sound(lines, self._a, self._b, offsets, tuning=self._tuning)

    def ended(self, regions: Sequence[Region]) -> list[Region]:
        """The regions with what one sound lacks because it has ended."""
        return ended_early(regions, self._a, self._b, tuning=self._tuning)

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
        compared = compare(
            self._a[steps[0] : steps[-1] + 1], self._b, positions, tuning=self._tuning
        )
        times: Float64 = steps.astype(np.float64) * SOUND_STEP_SECONDS
        by_vectors = _within(times, found)
        limit = max(self._tuning.times_usual * compared.usual(~by_vectors), self._tuning.different)
        limit = min(limit, self._tuning.most_different)
        levels_can_tell = (
            self._tuning.times_usual * compared.usual(np.ones(len(steps), bool))
            <= self._tuning.most_different
        )
        difference = _without_edges(compared.difference, tuning=self._tuning)
        unlike = _changed(difference, by_vectors, limit, tuning=self._tuning)
        # What coding does to all of a sound moves its vectors; then levels hardly differ anywhere.
        least = self._tuning.vector_confirmed
        found = [each for each in found if unlike[_within(times, [each])].mean() >= least]
        by_vectors = _within(times, found)
        changed = _bridged(
            _changed(difference, by_vectors, limit, tuning=self._tuning),
            compared.heard,
            tuning=self._tuning,
        )
        first_step, last_step = _step_of(line.a_start), _step_of(line.a_end)
        changes = []
        for low, high in true_runs(changed):
            if by_vectors[low:high].any():
                score = _score_of(found, times[low], times[high - 1])
            elif levels_can_tell:
                part = slice(low, high)
                score = _score_by_levels(
                    difference[part], compared.heard[part], limit, tuning=self._tuning
                )
            else:
                score = 0.0
            if score <= threshold:
                continue
            at_start = steps[low] <= first_step + self._tuning.at_end_steps
            at_end = steps[high - 1] >= last_step - 1 - self._tuning.at_end_steps
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
        pace = slope(line)
        times: Float64 = (
            line.b_start
            + ((steps.astype(np.float64) + 0.5) * SOUND_STEP_SECONDS - line.a_start) * pace
        )
        positions = times / SOUND_STEP_SECONDS - 0.5
        inside = (positions > -1) & (positions < len(self._b))
        return steps[inside], positions[inside]


def _without_edges(difference: Float32, *, tuning: SoundTuning) -> Float32:
    """Nothing differs where the line's ends smear the sound."""
    out = difference.copy()
    out[: tuning.edge_steps] = out[max(len(out) - tuning.edge_steps, 0) :] = 0
    return out


def _changed(
    difference: Float32, by_vectors: NDArray[np.bool_], limit: float, *, tuning: SoundTuning
) -> NDArray[np.bool_]:
    """The steps that are other sound, or that vectors found so and are mostly unlike around."""
    other = (running_mean(difference, _SMOOTH_STEPS) > limit) & (difference > limit)
    unlike = difference > min(tuning.same_share * limit, tuning.most_same)
    mostly = running_mean(unlike.astype(np.float32), tuning.vector_steps) > 0.5
    return other | (by_vectors & mostly)


def _within(times: Float64, changes: Sequence[Change]) -> NDArray[np.bool_]:
    inside = np.zeros(len(times), bool)
    for change in changes:
        inside |= (times >= change.start) & (times < change.end)
    return inside


def _score_of(changes: Sequence[Change], start: float, end: float) -> float:
    return max(each.score for each in changes if each.start <= end and each.end > start)


def _score_by_levels(
    difference: Float32, heard: NDArray[np.bool_], limit: float, *, tuning: SoundTuning
) -> float:
    """How different a stretch is as a cosine distance; 0 where it may be coding noise."""
    typical = float(difference[heard].mean()) if heard.any() else 0.0
    if typical < tuning.clearly * limit or difference.sum() < tuning.evidence_steps * limit:
        return 0.0
    return min((typical - _CODING) * _DISTANCE_A_BEL, _MOST_DISTANCE)


def _step_of(time: float) -> int:
    """The first step whose middle is not before a time."""
    return int(np.ceil(time / SOUND_STEP_SECONDS - 0.5))


def _bridged(
    changed: NDArray[np.bool_], heard: NDArray[np.bool_], *, tuning: SoundTuning
) -> NDArray[np.bool_]:
    """With short pauses between changes filled, and long ones in which nothing is heard."""
    out = changed.copy()
    for low, high in true_runs(~changed):
        inner = low > 0 and high < len(changed)
        if inner and (high - low <= tuning.pause_steps or not heard[low:high].any()):
            out[low:high] = True
    return out
