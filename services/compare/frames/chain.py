"""The timeline that both videos share, and what was moved away from it.

The lines whose order is the same in A and B, the longest in total, are the timeline. A long line
off it shows material of A that the timeline does not use: it was moved. Other lines off it repeat
what A shows elsewhere anyway; for the comparison that is inserted material.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from services.compare.frames.lines import Line

_OVERLAP_SHARE = 0.6
_PROGRESS = 0.2
_FREE_SHARE = 0.7
_MIN_LINE = 0.16


def split_chain(
    lines: list[Line], min_move: float, is_certain: Callable[[Line], bool]
) -> tuple[list[Line], list[Line]]:
    """(timeline in order, moved lines) from lines in order of B.

    min_move: shorter moves are not reported, in seconds.
    is_certain: whether a line surely shows the same material, asked for moves only.
    """
    longest = max((line.duration for line in lines), default=0.0)
    lines = [line for line in lines if line.duration >= min(_MIN_LINE, longest)]
    chosen = _longest_chain(lines)
    chain = [lines[index] for index in chosen]
    kept = set(chosen)
    used = [(line.a_start, line.a_end) for line in chain]
    moved: list[Line] = []
    rest = [line for index, line in enumerate(lines) if index not in kept]
    for line in sorted(rest, key=lambda item: -item.duration):
        free = _largest_free(line, used)
        if free is None or free.duration < min_move:
            continue
        if free.duration >= _FREE_SHARE * line.duration and is_certain(free):
            moved.append(free)
            used.append((free.a_start, free.a_end))
    return chain, sorted(moved, key=lambda line: line.b_start)


def _longest_chain(lines: list[Line]) -> list[int]:
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
        follows = (overlap <= _OVERLAP_SHARE * np.minimum(length[:index], length[index])) & (
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


def _largest_free(line: Line, used: list[tuple[float, float]]) -> Line | None:
    """The part of a line whose material in A is not used yet, the longest if there are several."""
    free = [(line.a_start, line.a_end)]
    for start, end in used:
        free = [
            part
            for low, high in free
            for part in ((low, min(high, start)), (max(low, end), high))
            if part[1] - part[0] > 1e-6
        ]
    if not free:
        return None
    low, high = max(free, key=lambda part: part[1] - part[0])
    return line.at((low - line.offset) / line.rate, (high - line.offset) / line.rate)
