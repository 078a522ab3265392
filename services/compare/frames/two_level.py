"""A signal that is at one of two levels: where it is at the higher one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.compare.timeline import Float64


def two_level_path(high_share: Float64, weight: Float64, switch: float) -> NDArray[np.bool_]:
    """(n,) bool: the samples at the high level, by a two-state Viterbi search (Viterbi, 1967).

    high_share: (n,) where each sample lies between the levels, 0 low to 1 high.
    weight: (n,) how much each sample counts. switch: the cost of a change of level.
    """
    low, high = 0.0, 0.0
    from_high = np.zeros(len(high_share), bool)
    from_low = np.zeros(len(high_share), bool)
    costs = zip((high_share * weight).tolist(), ((1 - high_share) * weight).tolist(), strict=True)
    for index, (in_low, in_high) in enumerate(costs):
        from_high[index] = high + switch < low
        from_low[index] = low + switch < high
        low, high = min(low, high + switch) + in_low, min(high, low + switch) + in_high
    path = np.zeros(len(high_share), bool)
    at_high = high < low
    for index in range(len(path) - 1, -1, -1):
        path[index] = at_high
        at_high = not from_low[index] if at_high else bool(from_high[index])
    return path
