"""The similarity of every part of A with every part of B, small enough to draw."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.segments.distance import unit_rows
from services.compare.segments.validation import check_pair
from services.compare.timeline import Float32, SegmentTrack, UInt8

# Pairs whose similarities are held at a time: 16 MiB of float32.
_BLOCK_PAIRS = 4 * 1024 * 1024
_TOUCHING = 1e-6

Spans = NDArray[np.intp]


class Pooling(enum.Enum):
    """How a cell stands for the pairs in it."""

    MAX = "MAX"
    MEAN = "MEAN"


@dataclass(frozen=True, kw_only=True)
class Heatmap:
    """values: (rows, columns), 0 for a cosine similarity of 0 or less, 255 for 1. Cells are of
    equal time, rows over A and columns over B."""

    values: UInt8
    duration_a: float
    duration_b: float


def similarity_heatmap(
    a: SegmentTrack,
    b: SegmentTrack,
    *,
    max_rows: int,
    max_columns: int,
    pooling: Pooling,
    check: Callable[[], None],
) -> Heatmap:
    """Pools the similarities of all pairs of segments into at most max_rows x max_columns cells.

    Never holds more than one block of the full matrix. check: called between blocks, may raise.
    Raises InvalidTrack for tracks that cannot be compared.
    """
    check_pair(a, b)
    rows = _spans(a, min(max_rows, len(a.starts)))
    columns = _spans(b, min(max_columns, len(b.starts)))
    unit_a, unit_b = unit_rows(a.vectors), unit_rows(b.vectors)
    if pooling is Pooling.MEAN:
        # The mean over all pairs of two sets is the product of their means.
        pooled = _means(unit_a, rows) @ _means(unit_b, columns).T
    else:
        pooled = _maxima(unit_a, unit_b, rows, columns, check)
    values = np.rint(np.clip(pooled, 0, 1) * 255).astype(np.uint8)
    return Heatmap(values=values, duration_a=a.duration, duration_b=b.duration)


def _spans(track: SegmentTrack, cells: int) -> Spans:
    """(cells, 2): the first and last (exclusive) segment that each cell of equal time touches."""
    edges = np.linspace(track.starts[0], track.ends[-1], cells + 1)
    first = np.searchsorted(track.ends, edges[:-1] + _TOUCHING, side="right")
    last = np.searchsorted(track.starts, edges[1:] - _TOUCHING, side="left")
    first = np.minimum(first, len(track.starts) - 1)
    return np.stack([first, np.maximum(last, first + 1)], axis=1)


def _means(vectors: Float32, spans: Spans) -> Float32:
    """(cells, d): the mean vector of each span."""
    totals = np.zeros((len(vectors) + 1, vectors.shape[1]))
    np.cumsum(vectors, axis=0, out=totals[1:], dtype=np.float64)
    counts = (spans[:, 1] - spans[:, 0])[:, None]
    means = (totals[spans[:, 1]] - totals[spans[:, 0]]) / counts
    return np.asarray(means, np.float32)


def _maxima(
    unit_a: Float32, unit_b: Float32, rows: Spans, columns: Spans, check: Callable[[], None]
) -> Float32:
    """(rows, columns): the highest similarity of the pairs of each cell, block by block."""
    pooled = np.empty((len(rows), len(columns)), np.float32)
    longest = int((rows[:, 1] - rows[:, 0]).max())
    cells = max(1, _BLOCK_PAIRS // (longest * len(unit_b)))
    for start in range(0, len(rows), cells):
        check()
        spans = rows[start : start + cells]
        similarities = unit_a[spans[0, 0] : spans[-1, 1]] @ unit_b.T
        across = _span_maxima(similarities.T, columns)
        pooled[start : start + cells] = _span_maxima(across.T, spans - spans[0, 0])
    return pooled


def _span_maxima(values: Float32, spans: Spans) -> Float32:
    """(spans, k): the maximum of the rows of each span. values: (n, k)."""
    # Pairs of bounds give every other result; a bound of n needs a row to stand on.
    padded = np.concatenate([values, values[-1:]])
    maxima: Float32 = np.maximum.reduceat(padded, spans.ravel(), axis=0)[::2]
    return maxima
