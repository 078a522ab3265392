"""The timeline that both videos share, and what was moved away from it.

The lines whose order is the same in A and B, the longest in total, are the timeline. A long line
off it shows material of A that the timeline does not use: it was moved. Other lines off it repeat
what A shows elsewhere anyway; for the comparison that is inserted material.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from services.compare.frames.lines import FrameLine
from services.compare.frames.tuning import FramesTuning
from services.compare.geometry import Span, uncovered

_PROGRESS = 0.2
_ROUNDING = 1e-6


def split_chain(
    lines: list[FrameLine],
    min_move: float,
    is_certain: Callable[[FrameLine], bool],
    *,
    tuning: FramesTuning,
) -> tuple[list[FrameLine], list[FrameLine]]:
    """(timeline in order, moved lines) from lines in order of B.

    min_move: shorter moves are not reported, in seconds.
    is_certain: whether a line surely shows the same material, asked for moves only.
    """
    longest = max((line.duration for line in lines), default=0.0)
    lines = [line for line in lines if line.duration >= min(tuning.shortest_line, longest)]
    chosen = _longest_chain(lines, tuning=tuning)
    chain = [lines[index] for index in chosen]
    kept = set(chosen)
    used = [line.in_a for line in chain]
    moved: list[FrameLine] = []
    rest = [line for index, line in enumerate(lines) if index not in kept]
    for line in sorted(rest, key=lambda item: -item.duration):
        free = _largest_free(line, used)
        if free is None or free.duration < min_move:
            continue
        if free.duration >= tuning.free_share * line.duration and is_certain(free):
            moved.append(free)
            used.append(free.in_a)
    return chain, sorted(moved, key=lambda line: line.b_start)


def _longest_chain(lines: list[FrameLine], *, tuning: FramesTuning) -> list[int]:
    """Indices of the lines, ordered in A and B, of the largest total duration."""
    if not lines:
        return []
    a_start = np.array([line.a_start for line in lines])
    a_end = np.array([line.a_end for line in lines])
    length = np.array([line.duration for line in lines])
    total = length.copy()
    previous = np.full(len(lines), -1)
    for index in range(1, len(lines)):
        overlap = np.maximum(a_end[:index] - a_start[index], 0.0)
        follows = (overlap <= tuning.overlap_share * np.minimum(length[:index], length[index])) & (
            a_end[index] > a_end[:index] + _PROGRESS
        )
        value = np.where(follows, total[:index] - 1.01 * overlap, -np.inf)
        best = int(value.argmax())
        if value[best] > 0:
            total[index] = value[best] + length[index]
            previous[index] = best
    chain = [int(total.argmax())]
    while previous[chain[-1]] >= 0:
        chain.append(int(previous[chain[-1]]))
    return chain[::-1]


def _largest_free(line: FrameLine, used: list[Span]) -> FrameLine | None:
    """The part of a line whose material in A is not used yet, the longest if there are several."""
    free = uncovered(line.in_a, used, _ROUNDING)
    if not free:
        return None
    low, high = max(free, key=lambda part: part[1] - part[0])
    return line.at(line.to_b(low), line.to_b(high))
