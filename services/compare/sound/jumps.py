"""Where content was put in or taken out, by the sound.

A picture that stands still goes on in the same way before and after what was put in, and cannot say
where that was; and sound may be cut elsewhere than the picture on purpose. Before the jump B's
sound is A's on one line, after it on another; the jump is where the one that fits changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from services.compare.geometry import Span
from services.compare.sound.level_differences import at_positions
from services.compare.sound.tuning import TUNED, SoundTuning
from services.compare.timeline import (
    SOUND_STEP_SECONDS,
    Float32,
    Float64,
    Region,
    RegionKind,
    UInt8,
)

# So far from where the picture has it, in seconds, the sound's jump is looked for.
_MOST_SECONDS = 60.0
# The sound must say so for so many steps, on average by so many bels.
_LEAST_STEPS, _LEAST_APART = 5, np.float32(0.12)
# Less than this says nothing, and more than this says no more, in bels.
_SILENT, _MOST_APART = np.float32(0.8), np.float32(1.0)


def placed_by_sound(
    lines: Sequence[Region],
    a: UInt8,
    b: UInt8,
    offsets: Sequence[Span] | None = None,
    *,
    tuning: SoundTuning = TUNED,
) -> list[Region]:
    """The lines with each jump between two of them where the sounds have it.

    a, b: (n, 16) levels, as frame tracks have them. offsets: for each line, by how many seconds B's
    sound is late where it begins and where it ends; none where left out.
    """
    out = list(lines)
    offsets = offsets or [(0.0, 0.0)] * len(out)
    for index in range(1, len(out) - 1):
        before, jump, after = out[index - 1 : index + 2]
        if not before.kind is after.kind is RegionKind.UNCHANGED:
            continue
        late, late_after = offsets[index - 1][1], offsets[index + 1][0]
        if jump.kind is RegionKind.INSERTED:
            own = _own_a(before, late), _own_a(after, late_after)
            shift = _shift(*own, jump.a_start, a, b, tuning=tuning)
        elif jump.kind is RegionKind.DELETED:
            own = _own_b(before, late), _own_b(after, late_after)
            shift = _shift(*own, jump.b_start + late, b, a, tuning=tuning)
        else:
            continue
        if shift:
            out[index - 1 : index + 2] = _moved(before, jump, after, shift)
    return out


# A line as one side sees it: from when to when, and how much later the other plays it.
_Own = tuple[float, float, float]


def _own_a(line: Region, late: float) -> _Own:
    return line.a_start, line.a_end, line.b_start + late - line.a_start


def _own_b(line: Region, late: float) -> _Own:
    return line.b_start + late, line.b_end + late, line.a_start - line.b_start - late


def _shift(
    before: _Own, after: _Own, at: float, own: UInt8, other: UInt8, *, tuning: SoundTuning
) -> float:
    """By how many seconds the jump is later than `at`, on the side that has nothing more there.

    own: the levels of that side, along which the lines touch.
    """
    # Both lines keep a step, and the other side's jump must stay on its timeline.
    low = max(before[0], at - _MOST_SECONDS, -before[2]) + SOUND_STEP_SECONDS
    end = len(other) * SOUND_STEP_SECONDS
    high = min(after[1], at + _MOST_SECONDS, end - max(before[2], after[2])) - SOUND_STEP_SECONDS
    first, last = (round(time / SOUND_STEP_SECONDS) for time in (low, min(high, _length(own))))
    present = round(at / SOUND_STEP_SECONDS)
    if not first < present < last:
        return 0.0
    steps: Float64 = np.arange(first, last, dtype=np.float64)
    heard = at_positions(own, steps)
    apart_before, apart_after = (
        _apart(heard, at_positions(other, steps + line[2] / SOUND_STEP_SECONDS))
        for line in (before, after)
    )
    # The cost of a jump before each step, and after the last.
    gain = np.concatenate([[0.0], np.cumsum(apart_before - apart_after, dtype=np.float64)])
    best = int(gain.argmin())
    between = slice(*sorted((best, present - first)))
    count = between.stop - between.start
    if count < _LEAST_STEPS:
        return 0.0
    later = best > present - first
    now, then = (apart_after, apart_before) if later else (apart_before, apart_after)
    cost_now, cost_then = float(now[between].mean()), float(then[between].mean())
    if cost_now - cost_then < _LEAST_APART or cost_then > tuning.jump_fits_better * cost_now:
        return 0.0
    return (best + first) * SOUND_STEP_SECONDS - at


def _length(levels: UInt8) -> float:
    return len(levels) * SOUND_STEP_SECONDS


def _apart(own: Float32, other: Float32) -> Float32:
    """(n,) how far spectra are apart, step by step, in bels; silence is like silence."""
    difference = np.abs(np.maximum(own, _SILENT) - np.maximum(other, _SILENT))
    apart: Float32 = np.minimum(difference, _MOST_APART).mean(axis=1)
    return apart


def _moved(before: Region, jump: Region, after: Region, shift: float) -> tuple[Region, ...]:
    return (
        replace(before, a_end=before.a_end + shift, b_end=before.b_end + shift),
        replace(
            jump,
            a_start=jump.a_start + shift,
            a_end=jump.a_end + shift,
            b_start=jump.b_start + shift,
            b_end=jump.b_end + shift,
        ),
        replace(after, a_start=after.a_start + shift, b_start=after.b_start + shift),
    )
