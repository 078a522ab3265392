"""From the path to lines.

The path knows positions to a quarter of a segment. Where its offset changes step by step, it is
decided between cuts and another speed; then each line is fitted to the vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from services.compare.segments.content import Content
from services.compare.segments.fitting import fit_line
from services.compare.segments.lines import SegmentLine, line_distances
from services.compare.segments.pieces import pieces_of
from services.compare.segments.score_grid import PARTS
from services.compare.segments.tuning import SegmentsTuning


def trace_lines(
    path: NDArray[np.int64], a: Content, b: Content, limit: float, *, tuning: SegmentsTuning
) -> list[SegmentLine]:
    """The lines along a path, in order. limit: the distance at which content is another."""
    rows = np.flatnonzero(path >= 0)
    if len(rows) == 0:
        return []
    offsets = path[rows] - PARTS * rows
    breaks = (np.diff(rows) > 1) | (np.abs(np.diff(offsets)) > tuning.cut_jump)
    edges = np.r_[0, np.flatnonzero(breaks) + 1, len(rows)]
    lines: list[SegmentLine] = []
    for begin, end in pairwise(edges.tolist()):
        lines += _lines_of_run(rows[begin:end], offsets[begin:end], a, b, limit, tuning=tuning)
    return _held_at_the_ends(_supported(lines, a, b, limit), a, b)


def _lines_of_run(
    rows: NDArray[np.int64],
    offsets: NDArray[np.int64],
    a: Content,
    b: Content,
    limit: float,
    *,
    tuning: SegmentsTuning,
) -> list[SegmentLine]:
    """The run with slopes, if it has any and cuts alone do not explain it as well."""
    pieces = pieces_of(rows, offsets, a, b, limit, slopes=True, tuning=tuning)
    lines = [_fitted(rows[x:y], offsets[x:y], sloped, a, b, limit) for x, y, sloped in pieces]
    if not any(sloped for *_, sloped in pieces):
        return lines
    pieces = pieces_of(rows, offsets, a, b, limit, slopes=False, tuning=tuning)
    flat = [_fitted(rows[x:y], offsets[x:y], sloped, a, b, limit) for x, y, sloped in pieces]
    return lines if _misfit(lines, a, b, limit) < _misfit(flat, a, b, limit) else flat


def _misfit(lines: Sequence[SegmentLine], a: Content, b: Content, limit: float) -> float:
    """Distances along the lines, and half a segment's worth for each degree of freedom."""
    total = 0.0
    for line in lines:
        distances = line_distances(a, b, line, np.arange(line.first, line.last + 1))
        total += float(np.minimum(distances, 2 * limit).sum()) / limit
        total += 0.5 if line.rate == 1.0 else 1.0
    return total


def _fitted(
    rows: NDArray[np.int64],
    offsets: NDArray[np.int64],
    sloped: bool,
    a: Content,
    b: Content,
    limit: float,
) -> SegmentLine:
    at_a = (offsets / PARTS + rows) * a.step
    at_b = rows * b.step
    rate = float(np.polyfit(at_b, at_a, 1)[0]) if sloped else 1.0
    offset = float(np.median(at_a - rate * at_b))
    rough = SegmentLine(first=int(rows[0]), last=int(rows[-1]), rate=rate, offset=offset)
    return fit_line(rough, a, b, limit)


def _held_at_the_ends(lines: list[SegmentLine], a: Content, b: Content) -> list[SegmentLine]:
    """Versions of a video mostly start together and end together: offsets close to that are it."""
    if not lines:
        return lines

    def held(line: SegmentLine, offset: float) -> SegmentLine:
        slack = min(max(0.6 / np.sqrt(line.last - line.first + 1), 0.08), 0.35)
        close = line.rate == 1.0 and abs(line.offset - offset) < slack
        return replace(line, offset=offset) if close else line

    lines[-1] = held(lines[-1], a.duration - b.duration)
    lines[0] = held(lines[0], 0.0)
    return lines


def _supported(lines: list[SegmentLine], a: Content, b: Content, limit: float) -> list[SegmentLine]:
    """Without lines that hardly fit, which noise made."""
    kept = []
    for line in lines:
        rows = np.arange(line.first, line.last + 1)
        gain = float(np.sum(1 - line_distances(a, b, line, rows) / limit))
        if len(rows) >= 4 or gain >= 0.3:
            kept.append(line)
    return kept
