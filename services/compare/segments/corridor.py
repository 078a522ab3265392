"""The corridor: which segments of A are worth looking at for each segment of B."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.segments.anchors import AnchorChain
from services.compare.segments.tuning import TUNED, SegmentsTuning

# Between anchors on different diagonals everything is compared, up to this many segments from
# either end of the gap. Beyond that it holds nothing that both videos show, or there were anchors;
# so the work for unrelated videos is bounded by their length times this.
_LARGEST_SQUARE = 384


@dataclass(frozen=True, kw_only=True)
class Corridor:
    """Segments low[j] .. high[j] - 1 of A for segment j of B; both never decrease."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]

    @property
    def cells(self) -> int:
        """How many pairs of segments are in it, which is what comparing them costs."""
        return int((self.high - self.low).sum())


def corridor_along(
    chain: AnchorChain, rows_a: int, rows_b: int, *, tuning: SegmentsTuning = TUNED
) -> Corridor:
    """A band round the chain, widening to a rectangle where the chain leaves its diagonal."""
    low = np.full(rows_b, rows_a, np.int64)
    high = np.zeros(rows_b, np.int64)
    i, j = np.r_[-1, chain.i, rows_a], np.r_[-1, chain.j, rows_b]
    np.minimum.at(low, chain.j, chain.i - tuning.corridor_margin)
    np.maximum.at(high, chain.j, chain.i + tuning.corridor_margin + 1)
    for k in np.flatnonzero((np.diff(i) != 1) | (np.diff(j) != 1)):
        rows = np.arange(max(0, j[k] - 2), min(rows_b, j[k + 1] + 3))
        same_diagonal = i[k + 1] - i[k] == j[k + 1] - j[k] and 0 < k + 1 < len(i) - 1 and k > 0
        if same_diagonal:
            centre = i[k] + np.clip(rows - j[k], 0, j[k + 1] - j[k])
            begin, end = centre - tuning.corridor_margin, centre + tuning.corridor_margin + 1
        else:
            begin, end = _rectangle(
                rows, (int(i[k]), int(i[k + 1])), (int(j[k]), int(j[k + 1])), tuning=tuning
            )
        low[rows] = np.minimum(low[rows], begin)
        high[rows] = np.maximum(high[rows], end)
    low = np.minimum.accumulate(np.clip(low, 0, rows_a - 1)[::-1])[::-1]
    high = np.maximum.accumulate(np.clip(high, 1, rows_a))
    return Corridor(low=low, high=np.maximum(high, low + 1))


def _rectangle(
    rows: NDArray[np.int64],
    span_a: tuple[int, int],
    span_b: tuple[int, int],
    *,
    tuning: SegmentsTuning,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    begin = np.full(len(rows), span_a[0] - tuning.corridor_margin)
    end = np.full(len(rows), span_a[1] + tuning.corridor_margin + 1)
    reach = _LARGEST_SQUARE
    if span_a[1] - span_a[0] > 2 * reach or span_b[1] - span_b[0] > 2 * reach:
        early = rows < (span_b[0] + span_b[1]) // 2
        end[early] = np.minimum(end[early], span_a[0] + reach)
        begin[~early] = np.maximum(begin[~early], span_a[1] - reach)
        far = early & (rows > span_b[0] + reach)
        begin[far] = np.maximum(begin[far], end[far] - 2 * tuning.corridor_margin - 1)
        far = ~early & (rows < span_b[1] - reach)
        end[far] = np.minimum(end[far], begin[far] + 2 * tuning.corridor_margin + 1)
    return begin, end
