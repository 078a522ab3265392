"""Changed content on a line: the same place in both videos, yet not the same picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from services.compare.geometry import true_runs
from services.compare.segments.content import Content
from services.compare.segments.lines import SegmentLine
from services.compare.segments.residuals import Residuals
from services.compare.segments.tuning import SegmentsTuning
from services.compare.timeline import Float64


def without_changes(
    lines: Sequence[SegmentLine],
    residuals: Residuals,
    a: Content,
    b: Content,
    *,
    tuning: SegmentsTuning,
) -> list[SegmentLine]:
    """The lines with changed stretches left out; both sides of a stretch keep the same line."""
    kept: list[SegmentLine] = []
    for line in lines:
        begin = line.first
        for first, last in _changed_runs(line, residuals, a, b, tuning=tuning):
            if first > begin:
                kept.append(replace(line, first=begin, last=first - 1))
            begin = last + 1
        if begin <= line.last:
            kept.append(replace(line, first=begin))
    return kept


def _changed_runs(
    line: SegmentLine, residuals: Residuals, a: Content, b: Content, *, tuning: SegmentsTuning
) -> list[tuple[int, int]]:
    """First and last segment of each changed stretch of the line."""
    rows = slice(line.first, line.last + 1)
    distance, allowance = residuals.b[rows], residuals.allowance_b[rows]
    limit = residuals.changed + allowance
    above = distance > limit
    # One segment that hardly fits between two that do not belongs to them.
    lonely = above[:-2] & above[2:] & ~above[1:-1] & (distance[1:-1] > 0.8 * limit[1:-1])
    above[1:-1] |= lonely
    runs = []
    for begin, end in true_runs(above):
        excess = float(np.sum(distance[begin:end] / limit[begin:end] - 1))
        if end - begin == 1:
            certain = (
                distance[begin]
                > tuning.alone_times_changed * residuals.changed + 1.3 * allowance[begin]
            )
        else:
            certain = excess > tuning.certain_excess
        first, last = line.first + begin, line.first + end - 1
        if certain and _seen_from_a(line, first, last, residuals, a, b):
            runs.append((first, last))
    return runs


def _seen_from_a(
    line: SegmentLine, first: int, last: int, residuals: Residuals, a: Content, b: Content
) -> bool:
    """Short runs need A's word too, or they are reading across a cut and no change."""
    if last - first >= 3:
        return True
    begin = math.floor(line.to_a(float(b.starts[first])) / a.step + 0.3)
    end = math.ceil(line.to_a(float(b.ends[last])) / a.step - 0.3)
    seen: Float64 = residuals.a[max(0, begin) : max(0, end)]
    seen = seen[~np.isnan(seen)]
    needed = residuals.changed * (1.0 if last > first else 2.0)
    return len(seen) == 0 or float(seen.max()) >= needed
