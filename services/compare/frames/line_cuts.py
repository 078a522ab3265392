"""Places the cut between neighbouring lines to the frame.

Round a junction every frame of B follows the left line, is new, or follows the right line, in this
order. The two places where that changes are those of the least total frame distance, a new frame
costing the scale's tau; the lines may not overlap in A.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from services.compare.frames.fingerprints import Frames
from services.compare.frames.line_choice import UNIT, Scale
from services.compare.frames.lines import FrameLine, line_distances
from services.compare.frames.tuning import FramesTuning
from services.compare.timeline import Float64

_NEVER = 1e9


def cut_lines(
    a: Frames,
    b: Frames,
    chain: list[FrameLine],
    moved: list[FrameLine],
    scale: Scale,
    *,
    tuning: FramesTuning,
) -> list[FrameLine]:
    """The timeline's lines with their ends where the frames say."""
    chain = list(chain)
    for index in range(len(chain) + 1):
        left = chain[index - 1] if index > 0 else None
        right = chain[index] if index < len(chain) else None
        hole = (left.b_end if left else 0.0, right.b_start if right else b.duration)
        if any(
            line.b_start < hole[1] + tuning.cut_reach and line.b_end > hole[0] - tuning.cut_reach
            for line in moved
        ):
            # The path has already cut the moved lines against their neighbours.
            left, right = _without_overlap(left, right)
        else:
            left, right = _place(a, b, left, right, hole, scale, tuning=tuning)
        if left is not None:
            chain[index - 1] = left
        if right is not None:
            chain[index] = right
    return [line for line in chain if line.duration > b.step / 2]


def _without_overlap(
    left: FrameLine | None, right: FrameLine | None
) -> tuple[FrameLine | None, FrameLine | None]:
    if left is None or right is None or left.a_end <= right.a_start:
        return left, right
    start = right.to_b(left.a_end)
    return left, replace(right, b_start=min(start, right.b_end))


def _place(
    a: Frames,
    b: Frames,
    left: FrameLine | None,
    right: FrameLine | None,
    hole: tuple[float, float],
    scale: Scale,
    *,
    tuning: FramesTuning,
) -> tuple[FrameLine | None, FrameLine | None]:
    # Where the camera stands still, both lines may go on far into what is the other's.
    overlap = max(left.a_end - right.a_start, 0.0) if left and right else 0.0
    reach = tuning.cut_reach + overlap
    low = max(hole[0] - reach, left.b_start) if left else 0.0
    high = min(hole[1] + reach, right.b_end) if right else b.duration
    index = b.between(low, high)
    if len(index) == 0:
        return left, right
    weight = b.shown[index] / UNIT
    times = np.append(b.times[index], high if right else b.duration)
    left_cost = _cumulative(a, b, left, index, weight, scale)
    right_cost = _cumulative(a, b, right, index, weight, scale)
    new_cost = np.concatenate([[0.0], np.cumsum(weight)])
    first, second = _best_cuts(
        left_cost - new_cost,
        right_cost[-1] - right_cost + new_cost,
        left.to_a(times) if left else np.full(len(times), -_NEVER),
        right.to_a(times) if right else np.full(len(times), _NEVER),
        0.5 * a.step,
        tuning=tuning,
    )
    start, end = float(times[first]), float(times[second])
    if left and right and first == second and left.rate != right.rate:
        total = left_cost + right_cost[-1] - right_cost
        start = end = _crossing(left, right, times, total, start, tuning=tuning)
    return (
        replace(left, b_end=start) if left else None,
        replace(right, b_start=end) if right else None,
    )


def _cumulative(
    a: Frames,
    b: Frames,
    line: FrameLine | None,
    index: np.ndarray,
    weight: Float64,
    scale: Scale,
) -> Float64:
    """(n + 1,) the cost of the first k frames following the line."""
    if line is None:
        return np.concatenate([[0.0], np.cumsum(weight * 1e4)])
    distance = line_distances(a, b, line, index) / scale.tau
    return np.concatenate([[0.0], np.cumsum(weight * np.minimum(distance, 3.0))])


def _best_cuts(
    left: Float64,
    right: Float64,
    left_a: Float64,
    right_a: Float64,
    slack: float,
    *,
    tuning: FramesTuning,
) -> tuple[int, int]:
    """(i, j), i <= j, of the least left[i] + right[j] with left_a[i] <= right_a[j] + slack.

    left_a does not fall with i, so the allowed i are a prefix for every j: one pass suffices.
    """
    count = len(left)
    allowed = np.searchsorted(left_a, right_a + slack, side="right")
    last = np.minimum(allowed - 1, np.arange(count))
    best_so_far = np.minimum.accumulate(left)
    # Where the prefix minimum was reached; the later of equal ones keeps matched frames matched.
    is_best = left <= best_so_far
    where = np.maximum.accumulate(np.where(is_best, np.arange(count), 0))
    value = np.where(last >= 0, best_so_far[np.maximum(last, 0)] + right, np.inf)
    second = int(value.argmin())
    straight = np.where(last == np.arange(count), left + right, np.inf)
    direct = int(straight.argmin())
    if straight[direct] <= value[second] + tuning.new_content:
        return direct, direct
    if last[second] < 0:
        return 0, count - 1
    return int(where[last[second]]), second


def _crossing(
    left: FrameLine,
    right: FrameLine,
    times: Float64,
    cost: Float64,
    chosen: float,
    *,
    tuning: FramesTuning,
) -> float:
    """Where the lines cross, if cutting there costs hardly more than at the chosen time."""
    meet = left.meets(right)
    if not times[0] <= meet <= times[-1]:
        return chosen
    at = int(np.abs(times - meet).argmin())
    return float(times[at]) if cost[at] <= cost.min() + tuning.crossing_slack else chosen
