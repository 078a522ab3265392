"""Joins pieces of the path that are one line, and fits every line to the frames.

Different frame rates make the path wobble by a frame at cuts, and a short retimed stretch appears
as a staircase of small steps. A join is accepted only when the frames say that the joined line is
as good as the pieces were: otherwise a deleted frame would be smoothed away, and every scene with
motion after it would look different.
"""

from __future__ import annotations

import numpy as np

from services.compare.frames.fingerprints import Frames
from services.compare.frames.lines import FrameLine, fit_line, mean_cost
from services.compare.frames.tuning import FramesTuning

_MIN_STEPS = 3


def join_pieces(
    a: Frames, b: Frames, pieces: list[FrameLine], *, tuning: FramesTuning
) -> list[FrameLine]:
    """Lines in order of B, each fitted to the frames."""
    lines = _join_staircases(a, b, pieces, tuning=tuning)
    lines = _join_neighbours(a, b, lines, tuning=tuning)
    lines = [_settle(a, b, line, tuning=tuning) for line in lines]
    return _join_neighbours(a, b, lines, tuning=tuning)


def _is_close(a: Frames, left: FrameLine, right: FrameLine, *, tuning: FramesTuning) -> bool:
    """Whether right goes on, nearly, where left stops."""
    if right.b_start - left.b_end > tuning.join_gap:
        return False
    middle = (left.b_end + right.b_start) / 2
    there = left.rate * middle + left.offset
    return abs(right.rate * middle + right.offset - there) <= tuning.join_near_frames * a.step


def _no_worse(joined: float, own: float, *, tuning: FramesTuning) -> bool:
    return joined <= tuning.join_worse_factor * own + tuning.join_worse_levels


def _join_neighbours(
    a: Frames, b: Frames, lines: list[FrameLine], *, tuning: FramesTuning
) -> list[FrameLine]:
    """Longest first: a line takes its neighbours in while it explains them as well."""
    joined: list[FrameLine | None] = list(lines)
    before = list(range(-1, len(lines) - 1))
    after = list(range(1, len(lines) + 1))
    for place in sorted(range(len(lines)), key=lambda k: -lines[k].duration):
        line = joined[place]
        if line is None:
            continue
        fitted: FrameLine | None = None
        for ahead in (True, False):
            while 0 <= (near := after[place] if ahead else before[place]) < len(lines):
                other = joined[near]
                if other is None or other.duration > line.duration:
                    break
                left, right = (line, other) if ahead else (other, line)
                if not _is_close(a, left, right, tuning=tuning):
                    break
                fitted = fitted or fit_line(a, b, line, tuning=tuning)
                both = _over_both(a, b, fitted, other, (left.b_start, right.b_end), tuning=tuning)
                if both is None:
                    break
                line = fitted = both
                joined[near] = None
                if ahead:
                    after[place] = after[near]
                else:
                    before[place] = before[near]
        joined[place] = line
        if after[place] < len(lines):
            before[after[place]] = place
        if before[place] >= 0:
            after[before[place]] = place
    return [line for line in joined if line is not None]


def _over_both(
    a: Frames,
    b: Frames,
    line: FrameLine,
    other: FrameLine,
    span: tuple[float, float],
    *,
    tuning: FramesTuning,
) -> FrameLine | None:
    """The fitted line over its neighbour as well, if it explains that; refitted if it is tilted, as
    its speed is only as certain as it is long."""
    own = mean_cost(a, b, other, tuning=tuning)
    if _no_worse(
        mean_cost(a, b, line.at(other.b_start, other.b_end), tuning=tuning), own, tuning=tuning
    ):
        return line.at(*span)
    if not line.is_retimed:
        return None
    refitted = fit_line(a, b, line.at(*span), tuning=tuning)
    explains_other = _no_worse(
        mean_cost(a, b, refitted.at(other.b_start, other.b_end), tuning=tuning), own, tuning=tuning
    )
    on_line = mean_cost(a, b, refitted.at(line.b_start, line.b_end), tuning=tuning)
    return (
        refitted
        if explains_other
        and _no_worse(on_line, mean_cost(a, b, line, tuning=tuning), tuning=tuning)
        else None
    )


def _join_staircases(
    a: Frames, b: Frames, pieces: list[FrameLine], *, tuning: FramesTuning
) -> list[FrameLine]:
    """Turns runs of short pieces that step in one direction into one tilted line."""
    out: list[FrameLine] = []
    start = 0
    while start < len(pieces):
        end = start
        sign = 0.0
        while end + 1 < len(pieces):
            left, right = pieces[end], pieces[end + 1]
            step = np.sign(right.offset - left.offset)
            if left.is_retimed or right.is_retimed or not _is_close(a, left, right, tuning=tuning):
                break
            if right.duration > tuning.longest_step or (sign != 0.0 and step != sign):
                break
            sign = float(step)
            end += 1
        steps = pieces[start : end + 1]
        # The first and the last may be the steady lines before and after.
        while steps and steps[0].duration > tuning.longest_step:
            out.append(steps.pop(0))
        tilted = _tilted(a, b, steps, tuning=tuning)
        out += [tilted] if tilted is not None else steps
        start = end + 1
    return out


def _tilted(
    a: Frames, b: Frames, steps: list[FrameLine], *, tuning: FramesTuning
) -> FrameLine | None:
    if len(steps) < _MIN_STEPS:
        return None
    middle = np.array([(line.b_start + line.b_end) / 2 for line in steps])
    offset = np.array([line.offset for line in steps])
    weight = np.array([line.duration for line in steps])
    slope, intercept = np.polyfit(middle, offset, 1, w=np.sqrt(weight))
    line = fit_line(
        a,
        b,
        FrameLine(
            b_start=steps[0].b_start,
            b_end=steps[-1].b_end,
            rate=1 + float(slope),
            offset=float(intercept),
        ),
        tuning=tuning,
    )
    own = sum(mean_cost(a, b, step, tuning=tuning) * step.duration for step in steps) / float(
        weight.sum()
    )
    if abs(line.rate - 1) * line.duration < tuning.least_drift * a.step:
        return None
    return line if _no_worse(mean_cost(a, b, line, tuning=tuning), own, tuning=tuning) else None


def _settle(a: Frames, b: Frames, line: FrameLine, *, tuning: FramesTuning) -> FrameLine:
    """The line fitted; one that hardly drifts made steady."""
    if line.is_retimed and abs(line.rate - 1) * line.duration < tuning.least_drift * a.step:
        middle = (line.b_start + line.b_end) / 2
        steady = FrameLine(
            b_start=line.b_start,
            b_end=line.b_end,
            offset=(line.rate - 1) * middle + line.offset,
        )
        return fit_line(a, b, steady, tuning=tuning)
    return fit_line(a, b, line, tuning=tuning)
