"""By how much one sound is louder than another, in LU (ITU-R BS.1770-5).

Loudness is measured where both play the same, so that inserted content doesn't count, in blocks of
400 ms every 100 ms with both gates. A mono sound counts as what it is played as: twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.geometry import true_runs
from services.compare.sound.heard_steps import Steps
from services.compare.sound.level_differences import running_mean
from services.compare.timeline import SOUND_STEP_SECONDS, Float32, Float64

# From here on a difference is told, in LU. A loud master gains half a unit from a frugal encoder,
# and EBU R 128 allows one where loudness cannot be met exactly.
LEAST_CHANGE = 1.0
# A change of a part is told from here on, in LU, when it lasts for so many seconds.
LEAST_CHANGE_OF_PART, SHORTEST_PART = 1.5, 3.0

_BLOCK_STEPS, _HOP_STEPS = 20, 5
_OFFSET = -0.691
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0
_SURROUND_WEIGHT = 1.41
_SURROUND = ("BL", "BR", "SL", "SR")
_LOW_FREQUENCY = ("LFE", "LFE2")
# Parts are found by short-term loudness, in steps; quieter sound says nothing about the mix.
_SHORT_TERM_STEPS = 150
_AUDIBLE = -50.0
# When so much of the time has the usual change, it is one change throughout.
_THROUGHOUT_SHARE, _SAME_CHANGE = 0.8, 0.7


@dataclass(frozen=True)
class LoudnessChange:
    """change: by how many LU B is louder. start, end: in A's seconds; None for throughout."""

    change: float
    start: float | None = None
    end: float | None = None


def loudness_changes(
    steps: Steps, channels_a: Sequence[str], channels_b: Sequence[str]
) -> list[LoudnessChange]:
    """Changes of the whole, or of parts, in order; steps with other sound don't count."""
    kept = steps.same
    of_a = steps.a[kept] @ _weights(channels_a)
    of_b = steps.b[kept] @ _weights(channels_b)
    whole = _difference(of_a, of_b)
    if whole is None:
        return []
    around, told = _change_around(of_a, of_b, _SHORT_TERM_STEPS)
    if not told.any():
        return []
    usual = float(np.median(around[told]))
    if (np.abs(around[told] - usual) <= _SAME_CHANGE).mean() >= _THROUGHOUT_SHARE:
        return [LoudnessChange(whole)] if abs(whole) >= LEAST_CHANGE else []
    parts = _parts(of_a, of_b, around, told, steps.times[kept])
    if parts:
        return parts
    return [LoudnessChange(whole)] if abs(whole) >= LEAST_CHANGE else []


def _parts(
    of_a: Float32, of_b: Float32, around: Float64, told: NDArray[np.bool_], times: Float64
) -> list[LoudnessChange]:
    found: list[LoudnessChange] = []
    at_once, _ = _change_around(of_a, of_b, _BLOCK_STEPS)
    for sign in (1, -1):
        for first, last in true_runs(told & (sign * around >= LEAST_CHANGE_OF_PART)):
            if (last - first) * SOUND_STEP_SECONDS < SHORTEST_PART:
                continue
            half = float(np.median(around[first:last])) / 2
            changed = sign * at_once >= sign * half
            start, end = _cut(~changed, changed, first), _cut(changed, ~changed, last)
            change = _difference(of_a[start:end], of_b[start:end])
            if change is not None and abs(change) >= LEAST_CHANGE_OF_PART:
                until = float(times[end - 1]) + SOUND_STEP_SECONDS
                found.append(LoudnessChange(change, float(times[start]), until))
    return sorted(found, key=lambda part: part.start or 0.0)


def _cut(before: NDArray[np.bool_], after: NDArray[np.bool_], near: int) -> int:
    """The step near one that best divides those that are `before` from those that are `after`."""
    low, high = max(near - _SHORT_TERM_STEPS, 0), min(near + _SHORT_TERM_STEPS, len(before))
    right = np.concatenate([[0], np.cumsum(before[low:high].astype(int) - after[low:high])])
    return low + int(right.argmax())


def integrated(powers: Float32) -> float | None:
    """LUFS of (n,) weighted sums of mean squares, a step each; None when all of it is gated."""
    blocks = _block_powers(powers)
    loud = blocks[_lufs(blocks) > _ABSOLUTE_GATE]
    if not len(loud):
        return None
    gate = float(_lufs(np.array([loud.mean()]))[0]) + _RELATIVE_GATE
    kept = loud[_lufs(loud) > gate]
    return float(_lufs(np.array([kept.mean()]))[0])


def _difference(of_a: Float32, of_b: Float32) -> float | None:
    loudness_a, loudness_b = integrated(of_a), integrated(of_b)
    return None if loudness_a is None or loudness_b is None else loudness_b - loudness_a


def _weights(channels: Sequence[str]) -> Float32:
    if len(channels) == 1:
        return np.array([2.0], np.float32)
    weights = [
        _SURROUND_WEIGHT if name in _SURROUND else 0.0 if name in _LOW_FREQUENCY else 1.0
        for name in channels
    ]
    return np.array(weights, np.float32)


def _block_powers(powers: Float32) -> Float64:
    count = (len(powers) - _BLOCK_STEPS) // _HOP_STEPS + 1
    if count < 1:
        return np.empty(0)
    sums = np.concatenate([[0.0], np.cumsum(powers, dtype=np.float64)])
    starts = np.arange(count) * _HOP_STEPS
    means: Float64 = (sums[starts + _BLOCK_STEPS] - sums[starts]) / _BLOCK_STEPS
    return means


def _lufs(powers: Float64) -> Float64:
    loudness: Float64 = _OFFSET + 10 * np.log10(np.maximum(powers, 1e-12))
    return loudness


def _change_around(of_a: Float32, of_b: Float32, width: int) -> tuple[Float64, NDArray[np.bool_]]:
    """(n,) by how many LU B is louder over so many steps, and where that can be told."""
    around_a, around_b = (
        _lufs(running_mean(powers, width).astype(np.float64)) for powers in (of_a, of_b)
    )
    told: NDArray[np.bool_] = np.minimum(around_a, around_b) > _AUDIBLE
    return around_b - around_a, told
