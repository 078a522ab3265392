"""Where the sound of two tracks differs that no vectors are of, by their levels alone."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from services.compare.geometry import true_runs
from services.compare.sound.level_differences import compare, running_mean
from services.compare.sound.levels import Change, SoundLevels
from services.compare.sound.lines import slope
from services.compare.sound.offsets import SoundLine
from services.compare.sound.track_pairs import ComparedTracks
from services.compare.sound.tuning import SoundTuning
from services.compare.timeline import SOUND_STEP_SECONDS, Float64, Region, RegionKind

# Other sound is so many bels apart, on average over so many steps; re-encoded sound 0.16 at most.
_OTHER_SOUND, _OTHER_STEPS = np.float32(0.27), 100
_LEAST_HEARD = 0.1
# What levels find has this score; only that it is above any threshold matters.
_SCORE = 2.0


def changes_of(
    compared: ComparedTracks,
    levels: SoundLevels,
    parts: Sequence[SoundLine],
    shortest: float,
    *,
    tuning: SoundTuning,
) -> list[Change]:
    """Stretches of B in which the sound is clearly another one.

    parts: along which the tracks are compared. shortest: seconds; what is shorter is not told.
    """
    found: list[Change] = []
    for part in parts:
        line = part.heard_within(len(compared.b.bands) * SOUND_STEP_SECONDS)
        clearly = _clearly_other(compared, line, tuning=tuning)
        found += levels.settled(line, clearly, 0.0, shortest)
    return found


def _clearly_other(compared: ComparedTracks, line: Region, *, tuning: SoundTuning) -> list[Change]:
    """Stretches of a line whose sound is another on average; their ends are rough."""
    first = round(line.a_start / SOUND_STEP_SECONDS)
    last = min(round(line.a_end / SOUND_STEP_SECONDS), len(compared.a.bands))
    if last <= first or not len(compared.b.bands):
        return []
    pace = slope(line)
    times = (np.arange(first, last, dtype=np.float64) + 0.5) * SOUND_STEP_SECONDS - line.a_start
    positions: Float64 = (line.b_start + times * pace) / SOUND_STEP_SECONDS - 0.5
    levels = compare(compared.a.bands[first:last], compared.b.bands, positions, tuning=tuning)
    heard = running_mean(levels.heard.astype(np.float32), _OTHER_STEPS)
    apart = running_mean(np.where(levels.heard, levels.difference, np.float32(0)), _OTHER_STEPS)
    other = (apart > _OTHER_SOUND * heard) & (heard > _LEAST_HEARD)
    return [
        Change((first + low) * SOUND_STEP_SECONDS, (first + high) * SOUND_STEP_SECONDS, _SCORE)
        for low, high in true_runs(other)
    ]


def without_changes(parts: Sequence[SoundLine], changes: Sequence[Change]) -> list[SoundLine]:
    """The parts, with their changes marked as REPLACED."""
    out: list[SoundLine] = []
    for part in parts:
        line = part.line
        pace = slope(line)
        inside = [c for c in changes if line.a_start <= c.start < line.a_end]
        edges = [line.a_start, *(t for c in inside for t in (c.start, c.end)), line.a_end]
        for index, (start, end) in enumerate(itertools.pairwise(edges)):
            if end <= start:
                continue
            piece = replace(
                line,
                kind=RegionKind.REPLACED if index % 2 else line.kind,
                a_start=start,
                a_end=end,
                b_start=line.b_start + (start - line.a_start) * pace,
                b_end=line.b_start + (end - line.a_start) * pace,
            )
            out.append(SoundLine(piece, part.offset))
    return out
