"""Hypotheses: the lines that the votes suggest, each with the stretch of B where it may hold.

Constant offsets come from votes that agree on one offset. Retimed stretches come from votes that
lie on a tilted line: candidates through pairs of votes, kept when many others lie on them too
(RANSAC; Fischler and Bolles, 1981), then grown along B while the votes follow.
"""

from __future__ import annotations

import numpy as np

from services.compare.frames.fingerprints import Frames
from services.compare.frames.lines import FrameLine
from services.compare.frames.offset_votes import OffsetVotes
from services.compare.frames.tuning import FramesTuning
from services.compare.timeline import Float64

_WINDOWS = (6.0, 60.0)
_MIN_RATE, _MAX_RATE = 0.4, 2.5
_MAX_WINDOW_VOTES = 120
_MAX_PAIRS = 600


def find_hypotheses(
    votes: OffsetVotes, a: Frames, b: Frames, *, tuning: FramesTuning
) -> list[FrameLine]:
    """Lines with the stretch of B in which each is worth trying."""
    if len(votes) == 0:
        return [FrameLine(b_start=0.0, b_end=b.duration, offset=0.0)]
    moments = np.unique(votes.time_b)
    steady = _constant_offsets(votes, a.step, tuning=tuning)
    lines = [
        _widen(line, moments, b.duration, tuning=tuning)
        for line in _thin(steady, b.duration, tuning=tuning)
    ]
    lines += [
        _widen(line, moments, b.duration, tuning=tuning) for line in retimed_lines(votes, a.step)
    ]
    return lines


def _constant_offsets(
    votes: OffsetVotes, step: float, *, tuning: FramesTuning
) -> list[tuple[float, FrameLine]]:
    """(weight, line) for every offset that votes agree on, split where B has none for long."""
    offset = votes.time_a - votes.time_b
    bins = np.round(offset / step).astype(np.int64)
    order = np.lexsort((votes.time_b, bins))
    bins, times, offset, weight = (
        bins[order],
        votes.time_b[order],
        offset[order],
        votes.weight[order],
    )
    new = (np.diff(bins) != 0) | (np.diff(times) > tuning.hypothesis_split)
    starts = np.concatenate([[0], np.flatnonzero(new) + 1])
    ends = np.append(starts[1:], len(bins))
    total = np.add.reduceat(weight, starts)
    mean = np.add.reduceat(weight * offset, starts) / total
    return [
        (
            float(total[k]),
            FrameLine(
                b_start=float(times[starts[k]]),
                b_end=float(times[ends[k] - 1]),
                offset=float(mean[k]),
            ),
        )
        for k in np.flatnonzero(total >= tuning.hypothesis_least_weight)
    ]


def _thin(
    weighted: list[tuple[float, FrameLine]], duration: float, *, tuning: FramesTuning
) -> list[FrameLine]:
    """The heaviest lines, so that no second of B has more than _MAX_ACTIVE of them."""
    active = np.zeros(int(duration) + 2, np.int64)
    kept = []
    for _, line in sorted(weighted, key=lambda item: -item[0]):
        span = slice(int(line.b_start), int(line.b_end) + 1)
        if active[span].min() < tuning.hypothesis_most:
            active[span] += 1
            kept.append(line)
    return kept


def _widen(
    line: FrameLine, moments: Float64, duration: float, *, tuning: FramesTuning
) -> FrameLine:
    first = int(np.searchsorted(moments, line.b_start)) - tuning.hypothesis_margin
    last = int(np.searchsorted(moments, line.b_end, "right")) + tuning.hypothesis_margin
    start = 0.0 if first <= 0 else float(moments[first])
    end = duration if last >= len(moments) else float(moments[last])
    return line.at(start, end)


def retimed_lines(votes: OffsetVotes, step: float) -> list[FrameLine]:
    """Tilted lines that at least half of the votes around them follow."""
    heavy = votes.weight >= 0.1
    points = np.stack([votes.time_b[heavy], votes.time_a[heavy], votes.weight[heavy]], axis=1)
    if len(points) < 6:
        return []
    length = float(points[-1, 0])
    found: list[FrameLine] = []
    for window in sorted({*_WINDOWS, length}, reverse=True):
        if window > length:
            continue
        for start in np.arange(0.0, max(length - window / 2, 1e-6), window / 2):
            low, high = np.searchsorted(points[:, 0], [start, start + window])
            seen = points[low:high]
            if len(seen) < 6 or _covered(found, start, min(start + window, length)):
                continue
            line = _tilted(_sample(seen), step)
            if line is not None:
                grown = _grow(line, points, step)
                if abs(grown.rate - 1) * grown.duration >= 3 * step:
                    found.append(grown)
    return found


def _covered(found: list[FrameLine], start: float, end: float) -> bool:
    middle = (start + end) / 2
    return any(line.b_start <= middle <= line.b_end for line in found)


def _sample(points: Float64) -> Float64:
    if len(points) <= _MAX_WINDOW_VOTES:
        return points
    strongest = np.argsort(-points[:, 2], kind="stable")[: 4 * _MAX_WINDOW_VOTES]
    strongest.sort()
    index = np.linspace(0, len(strongest) - 1, _MAX_WINDOW_VOTES).astype(np.int64)
    return points[strongest[index]]


def _share(points: Float64, line: FrameLine, step: float) -> float:
    """Share of the moments among the points that the line passes within a frame."""
    near = np.abs(points[:, 1] - line.to_a(points[:, 0])) <= 1.1 * step
    return len(np.unique(points[near, 0])) / max(len(np.unique(points[:, 0])), 1)


def _tilted(points: Float64, step: float) -> FrameLine | None:
    """The best line through two of the points, if it is tilted and better than any steady one."""
    span = float(points[-1, 0] - points[0, 0])
    steady = np.round((points[:, 1] - points[:, 0]) / step).astype(np.int64)
    common = (
        np.bincount(steady - steady.min(), weights=points[:, 2])
        if (np.ptp(steady) < 10_000_000)
        else np.zeros(1)
    )
    near = np.convolve(common, np.ones(3))
    if near.max() >= 0.7 * len(np.unique(points[:, 0])):
        return None
    first, second = np.triu_indices(len(points), 1)
    far = points[second, 0] - points[first, 0] > span / 3
    first, second = first[far], second[far]
    if len(first) > _MAX_PAIRS:
        pick = np.random.default_rng(0).choice(len(first), _MAX_PAIRS, replace=False)
        first, second = first[pick], second[pick]
    if len(first) == 0:
        return None
    run = points[second, 0] - points[first, 0]
    rates = (points[second, 1] - points[first, 1]) / run
    possible = (rates > _MIN_RATE) & (rates < _MAX_RATE) & (np.abs(rates - 1) * span >= 2 * step)
    rates, first = rates[possible], first[possible]
    if len(rates) == 0:
        return None
    offsets = points[first, 1] - rates * points[first, 0]
    misses = points[:, 1][None] - (rates[:, None] * points[:, 0][None] + offsets[:, None])
    support = (np.abs(misses) <= 1.1 * step) @ points[:, 2]
    best = int(support.argmax())
    line = FrameLine(
        b_start=float(points[0, 0]),
        b_end=float(points[-1, 0]),
        offset=float(offsets[best]),
        rate=float(rates[best]),
    )
    return line if _share(points, line, step) >= 0.5 else None


def _grow(line: FrameLine, points: Float64, step: float) -> FrameLine:
    """The line fitted to its votes and extended while half of the votes ahead follow it."""
    for _ in range(40):
        line = _least_squares(line, points, step)
        reach = max(3.0, line.duration / 2)
        start = _extend(line, points, step, -reach)
        end = _extend(line, points, step, reach)
        if end - start <= line.duration + step:
            break
        line = line.at(start, end)
    return line


def _least_squares(line: FrameLine, points: Float64, step: float) -> FrameLine:
    low, high = np.searchsorted(points[:, 0], [line.b_start, line.b_end + 1e-6])
    inside = points[low:high]
    near = inside[np.abs(inside[:, 1] - line.to_a(inside[:, 0])) <= 1.6 * step]
    if len(near) < 3 or np.ptp(near[:, 0]) < 1e-6:
        return line
    rate, offset = np.polyfit(near[:, 0], near[:, 1], 1, w=np.sqrt(near[:, 2]))
    return FrameLine(
        b_start=float(near[0, 0]),
        b_end=float(near[-1, 0]),
        offset=float(offset),
        rate=float(rate),
    )


def _extend(line: FrameLine, points: Float64, step: float, reach: float) -> float:
    """How far the line holds beyond its end (reach > 0) or start (reach < 0): a time in B."""
    edge = line.b_end if reach > 0 else line.b_start
    low, high = np.searchsorted(points[:, 0], sorted((edge, edge + reach)))
    ahead = points[low:high]
    near = ahead[np.abs(ahead[:, 1] - line.to_a(ahead[:, 0])) <= 1.6 * step]
    if len(near) == 0 or _share(ahead, line, 1.5 * step) < 0.5:
        return edge
    return float(near[-1, 0] if reach > 0 else near[0, 0])
