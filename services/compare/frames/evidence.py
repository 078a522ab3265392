"""Whether a line shows the same material, or only something like it."""

from __future__ import annotations

from dataclasses import replace

from services.compare.frames.fingerprints import Frames
from services.compare.frames.line_choice import Scale
from services.compare.frames.lines import FrameLine, mean_cost
from services.compare.frames.tuning import FramesTuning


def is_plausible(
    a: Frames, b: Frames, line: FrameLine, scale: Scale, *, tuning: FramesTuning
) -> bool:
    """Steady lines are what the path found; a retimed one was fitted, and has to fit."""
    return (
        not line.is_retimed
        or mean_cost(a, b, line, tuning=tuning) <= tuning.fitting_cost * scale.tau
    )


def is_distinct(
    a: Frames, b: Frames, line: FrameLine, scale: Scale, *, tuning: FramesTuning
) -> bool:
    """The frames agree closely, and would not if the line were shifted a little.

    A still picture agrees at any shift; it has to be long to count.
    """
    cost = mean_cost(a, b, line, tuning=tuning)
    if cost > tuning.close_cost * scale.tau:
        return False
    shifted = min(
        mean_cost(a, b, replace(line, offset=line.offset + shift), tuning=tuning)
        for shift in (-tuning.test_shift, tuning.test_shift)
    )
    return (
        shifted >= tuning.shifted_times_worse * max(cost, 0.5 * scale.noise)
        or line.duration >= tuning.longest_still
    )
