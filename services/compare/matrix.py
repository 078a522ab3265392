"""The similarity of every part of A with every part of B, small enough to draw."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.alignment.validation import check_pair
from services.compare.distance import unit_rows
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
    pooled = np.empty((len(rows), len(columns)), np.float32)
    for index, (first, last) in enumerate(rows):
        check()
        pooled[index] = _pooled_row(unit_a[first:last], unit_b, columns, pooling)
    values = np.rint(np.clip(pooled, 0, 1) * 255).astype(np.uint8)
    return Heatmap(values=values, duration_a=a.duration, duration_b=b.duration)


def _spans(track: SegmentTrack, cells: int) -> Spans:
    """(cells, 2): the first and last (exclusive) segment that each cell of equal time touches."""
    edges = np.linspace(track.starts[0], track.ends[-1], cells + 1)
    first = np.searchsorted(track.ends, edges[:-1] + _TOUCHING, side="right")
    last = np.searchsorted(track.starts, edges[1:] - _TOUCHING, side="left")
    first = np.minimum(first, len(track.starts) - 1)
    return np.stack([first, np.maximum(last, first + 1)], axis=1)


def _pooled_row(rows: Float32, unit_b: Float32, columns: Spans, pooling: Pooling) -> Float32:
    """One cell of A against all cells of B."""
    if pooling is Pooling.MEAN:
        # The mean over pairs is the product with the mean of A's rows.
        similarities = unit_b @ rows.mean(axis=0)
        return _means(similarities, columns)
    best = np.full(len(unit_b), -1, np.float32)
    step = max(1, _BLOCK_PAIRS // len(unit_b))
    for start in range(0, len(rows), step):
        np.maximum(best, (rows[start : start + step] @ unit_b.T).max(axis=0), out=best)
    padded = np.append(best, np.float32(-1))
    pooled: Float32 = np.maximum.reduceat(padded, columns.ravel())[::2]
    return pooled


def _means(similarities: Float32, columns: Spans) -> Float32:
    totals = np.concatenate([[0.0], np.cumsum(similarities, dtype=np.float64)])
    counts = columns[:, 1] - columns[:, 0]
    means = (totals[columns[:, 1]] - totals[columns[:, 0]]) / counts
    return np.asarray(means, np.float32)
