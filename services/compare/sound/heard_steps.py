"""Two sounds' levels side by side: each step of A with what B plays at the same moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.sound.level_differences import running_mean
from services.compare.sound.lines import slope
from services.compare.sound.offsets import SoundLine
from services.compare.timeline import (
    SOUND_STEP_SECONDS,
    Float32,
    Float64,
    Region,
    RegionKind,
    UInt16,
)

# How levels of channels are stored.
_DECIBELS_A_STEP, _FLOOR_DECIBELS = np.float32(0.05), np.float32(-100)


@dataclass(frozen=True)
class Steps:
    """Steps of A in order, with B's of the same moments.

    times: (n,) in A, in seconds. a, b: (n, channels) mean squares. same: (n,) whether the sound is
    the same as a whole, as far as that is known.
    """

    times: Float64
    a: Float32
    b: Float32
    same: NDArray[np.bool_]

    def decibels(self, width: int) -> tuple[Float32, Float32]:
        """Both sides' levels over `width` steps around each."""
        return _decibels(_smoothed(self.a, width)), _decibels(_smoothed(self.b, width))


def steps_along(parts: Sequence[SoundLine], a: UInt16, b: UInt16) -> Steps:
    """a, b: (n, channels) levels as SoundTrack has them, of equally many channels or not."""
    times, rows_a, rows_b, same = [], [], [], []
    for part in parts:
        line = part.heard_within(len(b) * SOUND_STEP_SECONDS)
        first, last = (round(t / SOUND_STEP_SECONDS) for t in (line.a_start, line.a_end))
        steps = np.arange(max(first, 0), min(last, len(a)))
        positions = _positions(line, steps)
        inside = (positions >= 0) & (positions < len(b))
        times.append(steps[inside] * SOUND_STEP_SECONDS)
        rows_a.append(steps[inside])
        rows_b.append(positions[inside])
        same.append(np.full(int(inside.sum()), part.line.kind is not RegionKind.REPLACED))
    if not times:
        empty = np.empty(0)
        return Steps(empty, _powers(a[:0]), _powers(b[:0]), empty.astype(bool))
    return Steps(
        np.concatenate(times),
        _powers(a[np.concatenate(rows_a)]),
        _powers(b[np.concatenate(rows_b)]),
        np.concatenate(same),
    )


def _positions(line: Region, steps: NDArray[np.int64]) -> NDArray[np.int64]:
    pace = slope(line)
    times = line.b_start + ((steps + 0.5) * SOUND_STEP_SECONDS - line.a_start) * pace
    positions: NDArray[np.int64] = np.rint(times / SOUND_STEP_SECONDS - 0.5).astype(np.int64)
    return positions


def _powers(levels: UInt16) -> Float32:
    decibels = levels.astype(np.float32) * _DECIBELS_A_STEP + _FLOOR_DECIBELS
    powers: Float32 = np.power(np.float32(10), decibels / np.float32(10))
    return powers


def _smoothed(powers: Float32, width: int) -> Float32:
    means = [running_mean(channel, width) for channel in powers.T]
    smoothed: Float32 = np.stack(means, axis=1) if means else powers
    return smoothed


def _decibels(powers: Float32) -> Float32:
    least = np.float32(10) ** (_FLOOR_DECIBELS / np.float32(10))
    decibels: Float32 = np.float32(10) * np.log10(np.maximum(powers, least))
    return decibels
