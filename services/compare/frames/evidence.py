"""Whether a line shows the same material, or only something like it."""

from __future__ import annotations

from dataclasses import replace

from services.compare.frames.fingerprints import Frames
from services.compare.frames.lines import Line, mean_cost
from services.compare.frames.path import Scale

_CLOSE = 0.5
_FITS = 0.7
_SHIFT = 0.4
_TIMES_WORSE = 1.7
_LONG_STILL = 4.0


def is_plausible(a: Frames, b: Frames, line: Line, scale: Scale) -> bool:
    """Steady lines are what the path found; a retimed one was fitted, and has to fit."""
    return not line.is_retimed or mean_cost(a, b, line) <= _FITS * scale.tau


def is_distinct(a: Frames, b: Frames, line: Line, scale: Scale) -> bool:
    """The frames agree closely, and would not if the line were shifted a little.

    A still picture agrees at any shift; it has to be long to count.
    """
    cost = mean_cost(a, b, line)
    if cost > _CLOSE * scale.tau:
        return False
    shifted = min(
        mean_cost(a, b, replace(line, offset=line.offset + shift)) for shift in (-_SHIFT, _SHIFT)
    )
    return shifted >= _TIMES_WORSE * max(cost, 0.5 * scale.noise) or line.duration >= _LONG_STILL
