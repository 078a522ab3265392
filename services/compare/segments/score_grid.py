"""How well each segment of B fits A at quarter-segment positions, in closed form.

A cut seldom falls on the segment grid, so what B shows in one segment lies across two of A's. With
unit vectors the cosine to the mix (1 - l) A[i] + l A[i+1] follows from the cosines to both and the
inner product of the two, so quarters cost no more matrix products than whole segments.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from services.compare.segments.corridor import Corridor
from services.compare.segments.tuning import TUNED, SegmentsTuning
from services.compare.timeline import Float32

# Positions per segment.
PARTS = 4

_BLOCK_ROWS = 64
# Past the end of A a fractional position has less and less to lie on.
_OVERHANG = 0.004


def fit_rows(
    a: Float32, b: Float32, corridor: Corridor, limit: float, *, tuning: SegmentsTuning = TUNED
) -> Iterator[Float32]:
    """For each segment j of B: (PARTS * (high - low),) fit at each position of its corridor.

    1 is identical, 0 at the distance `limit`, never below -0.6. a: (n, d), b: (m, d) unit rows.
    """
    inner_a = np.append(np.vecdot(a[:-1], a[1:]), np.float32(1))
    inner_b = np.vecdot(b[:-1], b[1:])
    start = 0
    while start < len(b):
        # Blocks whose corridor is wide are kept low, to bound the memory.
        width = int(corridor.high[start] - corridor.low[start])
        stop = min(len(b), start + max(8, min(_BLOCK_ROWS, 2**17 // max(1, width))))
        left = int(corridor.low[start])
        right = int(corridor.high[stop - 1])
        distance = _block_distance(a, b, (start, stop), (left, right), inner_a, inner_b)
        fit = np.clip(1 - distance / np.float32(limit), np.float32(tuning.worst_fit), 1)
        for row in range(start, stop):
            begin = (int(corridor.low[row]) - left) * PARTS
            yield fit[row - start, begin : (int(corridor.high[row]) - left) * PARTS]
        start = stop


def _block_distance(
    a: Float32,
    b: Float32,
    rows: tuple[int, int],
    columns: tuple[int, int],
    inner_a: Float32,
    inner_b: Float32,
) -> Float32:
    """(rows, PARTS * columns) distances; one more row and column is computed on each side."""
    n, m = len(a), len(b)
    top, bottom = max(0, rows[0] - 1), min(m, rows[1] + 1)
    right = min(n, columns[1] + 1)
    cosine = b[top:bottom] @ a[columns[0] : right].T
    height, width = rows[1] - rows[0], columns[1] - columns[0]
    first = rows[0] - top
    here = cosine[first : first + height]
    out = np.empty((height, width, PARTS), np.float32)
    out[:, :, 0] = 1 - here[:, :width]
    has_next = right - columns[0] - 1  # columns with a successor inside the block
    for part in range(1, PARTS):
        share = np.float32(part / PARTS)
        out[:, :, part] = 1 - here[:, :width] + np.float32(_OVERHANG * part)
        if has_next <= 0:
            continue
        norm = _mix_norm(share, inner_a[columns[0] : columns[0] + has_next])
        mixed_a = ((1 - share) * here[:, :has_next] + share * here[:, 1 : has_next + 1]) / norm
        # The same seen from B: both of A's segments have to lie on mixes of B's.
        before, after = _mixes_of_b(cosine, first, height, top, share, inner_b, m)
        seen_from_b = np.minimum(before[:, :has_next], after[:, 1 : has_next + 1])
        out[:, :has_next, part] = 1 - np.maximum(mixed_a, seen_from_b)
    return out.reshape(height, width * PARTS)


def _mixes_of_b(
    cosine: Float32,
    first: int,
    height: int,
    top: int,
    share: np.float32,
    inner_b: Float32,
    rows_b: int,
) -> tuple[Float32, Float32]:
    """Cosine of A's segments to B at `share` of a segment before and 1 - share after each row."""
    none = np.full((height, cosine.shape[1]), -1, np.float32)
    before, after = none, none.copy()
    rows = np.arange(top + first, top + first + height)
    local = rows - top
    ok = rows > 0
    norm = _mix_norm(share, inner_b[rows[ok] - 1])[:, None]
    before[ok] = (share * cosine[local[ok] - 1] + (1 - share) * cosine[local[ok]]) / norm
    ok = rows < rows_b - 1
    norm = _mix_norm(share, inner_b[rows[ok]])[:, None]
    after[ok] = (share * cosine[local[ok]] + (1 - share) * cosine[local[ok] + 1]) / norm
    return before, after


def _mix_norm(share: np.float32, inner: Float32) -> Float32:
    """Length of (1 - share) x + share y for unit x, y with the given inner product."""
    other = 1 - share
    squares = np.maximum(other**2 + share**2 + 2 * share * other * inner, 1e-6)
    norm: Float32 = np.sqrt(squares, dtype=np.float32)
    return norm
