"""Very short videos: is one thing left out between a common start and a common end all there is?

A handful of segments says too little to find offsets from, but the difference of the durations
says exactly by how much the end is shifted when there is one cut only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.compare.segments.content import Content
from services.compare.segments.cuts import cut_costs, flat_minimum, grid
from services.compare.segments.lines import SegmentLine, line_distances
from services.compare.segments.tuning import SegmentsTuning


def single_cut(
    lines: Sequence[SegmentLine], a: Content, b: Content, limit: float, *, tuning: SegmentsTuning
) -> list[SegmentLine] | None:
    """Lines before and after one stretch of A that B leaves out, if they explain B as well.

    lines: the explanation found so far. A is the longer video.
    """
    left_out = a.duration - b.duration
    if len(a) > tuning.short_video or left_out < tuning.shortest_cut:
        return None
    rows = np.arange(len(b))
    before = SegmentLine(first=0, last=len(b) - 1, rate=1.0, offset=0.0)
    after = SegmentLine(first=0, last=len(b) - 1, rate=1.0, offset=left_out)
    cuts = grid(0.0, b.duration)
    costs, worst = cut_costs(a, b, rows, cuts, before, after, inverse=False)
    best = flat_minimum(costs, 0.0)
    if worst[best] > 2 * limit or costs[best] + tuning.jump_cost * limit > _cost(
        lines, a, b, limit, tuning=tuning
    ):
        return None
    first_after = int(np.searchsorted((b.starts + b.ends) / 2, cuts[best]))
    result = []
    if first_after > 0:
        result.append(SegmentLine(first=0, last=first_after - 1, rate=1.0, offset=0.0))
    if first_after < len(b):
        result.append(SegmentLine(first=first_after, last=len(b) - 1, rate=1.0, offset=left_out))
    return result


def _cost(
    lines: Sequence[SegmentLine], a: Content, b: Content, limit: float, *, tuning: SegmentsTuning
) -> float:
    """Distances on the lines, the limit for segments on none, and something for each jump."""
    total = limit * (len(b) - sum(line.last - line.first + 1 for line in lines))
    jumps = max(0, len(lines) - 1)
    for line in lines:
        distances = line_distances(a, b, line, np.arange(line.first, line.last + 1))
        total += float(np.minimum(distances, 2 * limit).sum())
    if lines:
        jumps += int(abs(lines[0].offset) > tuning.shortest_cut)
        jumps += int(abs(lines[-1].to_a(b.duration) - a.duration) > tuning.shortest_cut)
    return total + tuning.jump_cost * limit * jumps
