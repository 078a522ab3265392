"""Anchors: pairs of segments that surely show the same content, in the order of both videos.

They say roughly where in B each part of A went, so that everything exact only has to look near
them. Anchors are mutual nearest neighbours, found in a low-dimensional random projection
(Johnson-Lindenstrauss) block by block, so that memory stays far below n x m; then the best chain of
them that runs forward in both videos is kept, with the gap cost of minimap2 (Li 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.segments.distance import unit_rows
from services.compare.segments.tuning import TUNED, SegmentsTuning
from services.compare.timeline import Float32, Float64, SegmentTrack

Indices = NDArray[np.int64]

_PROJECTED_DIMENSIONS = 64
_BLOCK_ROWS = 512


@dataclass(frozen=True, kw_only=True)
class NoiseScale:
    """How far apart vectors of this pair are.

    unrelated: a typical distance between different content.
    same: the typical distance between matching content.
    limit: the distance up to which two segments count as possibly the same.
    """

    unrelated: float
    same: float
    limit: float


@dataclass(frozen=True, kw_only=True)
class AnchorChain:
    """Segment i of A goes with segment j of B; both strictly increasing."""

    i: Indices
    j: Indices


def anchor_times(a: SegmentTrack, b: SegmentTrack, *, tuning: SegmentsTuning = TUNED) -> Float64:
    """Where the two videos surely show the same: (k, 2) seconds in A and B, increasing in both.

    The times are the middles of matching segments, so they are right to about half a segment.
    """
    if len(a.vectors) == 0 or len(b.vectors) == 0:
        return np.empty((0, 2), np.float64)
    chain, _ = find_anchors(unit_rows(a.vectors), unit_rows(b.vectors), tuning=tuning)
    middles_a = (a.starts + a.ends)[chain.i] / 2
    middles_b = (b.starts + b.ends)[chain.j] / 2
    return np.stack([middles_a, middles_b], axis=1).astype(np.float64)


def find_anchors(
    a: Float32, b: Float32, *, tuning: SegmentsTuning = TUNED
) -> tuple[AnchorChain, NoiseScale]:
    """The best forward chain of mutual nearest neighbours. a: (n, d), b: (m, d) unit rows."""
    i, j = mutual_neighbours(a, b)
    distances = 1 - np.vecdot(a[i], b[j]).astype(np.float64)
    scale = _noise_scale(a, b, distances, tuning=tuning)
    sure = distances < scale.limit
    i, j, weights = i[sure], j[sure], 1 - distances[sure] / scale.limit
    return _best_chain(i, j, weights, tuning=tuning), scale


def mutual_neighbours(a: Float32, b: Float32) -> tuple[Indices, Indices]:
    """Rows i of a and j of b that are each other's nearest, ordered by i."""
    a, b = _projected(a, b)
    nearest_to_a = np.empty(len(a), np.int64)
    nearest_to_b = np.zeros(len(b), np.int64)
    best_for_b = np.full(len(b), -np.inf, np.float32)
    columns = np.arange(len(b))
    for start in range(0, len(a), _BLOCK_ROWS):
        similarity = a[start : start + _BLOCK_ROWS] @ b.T
        nearest_to_a[start : start + _BLOCK_ROWS] = similarity.argmax(axis=1)
        row_of_column = similarity.argmax(axis=0)
        value = similarity[row_of_column, columns]
        better = value > best_for_b
        best_for_b[better] = value[better]
        nearest_to_b[better] = row_of_column[better] + start
    i = np.flatnonzero(nearest_to_b[nearest_to_a] == np.arange(len(a)))
    return i, nearest_to_a[i]


def _projected(a: Float32, b: Float32) -> tuple[Float32, Float32]:
    """Both sides without what all segments share, in few dimensions."""
    centre = (a.mean(axis=0) + b.mean(axis=0)) / 2
    generator = np.random.default_rng(0)
    directions = generator.standard_normal((a.shape[1], _PROJECTED_DIMENSIONS)).astype(np.float32)
    shift = centre @ directions
    return unit_rows(a @ directions - shift), unit_rows(b @ directions - shift)


def _noise_scale(
    a: Float32, b: Float32, neighbour_distances: Float64, *, tuning: SegmentsTuning
) -> NoiseScale:
    """Estimated from the pair itself: engines differ by a factor of ten in their distances."""
    generator = np.random.default_rng(0)
    rows = generator.integers(0, len(a), 1000)
    others = generator.integers(0, len(b), 1000)
    unrelated = float(np.quantile(1 - np.vecdot(a[rows], b[others]), 0.75))
    same = float(np.quantile(neighbour_distances, 0.35)) if len(neighbour_distances) else 0.0
    limit = max(
        0.03,
        min(
            max(tuning.limit_times_same * same, tuning.limit_least_share * unrelated),
            tuning.limit_most_share * unrelated,
        ),
    )
    return NoiseScale(unrelated=unrelated, same=same, limit=limit)


def _best_chain(i: Indices, j: Indices, weights: Float64, *, tuning: SegmentsTuning) -> AnchorChain:
    """Runs of consecutive anchors are linked whole, which keeps unchanged videos cheap."""
    if len(i) == 0:
        return AnchorChain(i=i, j=j)
    first = np.flatnonzero(np.r_[True, (np.diff(i) != 1) | (np.diff(j) != 1)])
    last = np.r_[first[1:], len(i)] - 1
    gain = np.add.reduceat(weights, first)
    best, came_from = gain.copy(), np.full(len(first), -1)
    for run in range(1, len(first)):
        earlier = slice(max(0, run - tuning.chain_look_back), run)
        ahead_a = i[first[run]] - i[last[earlier]]
        ahead_b = j[first[run]] - j[last[earlier]]
        detour = np.abs(ahead_a - ahead_b)
        cost = np.where(
            detour > 0, tuning.chain_gap_cost + tuning.chain_gap_growth * np.log2(detour + 1.0), 0.0
        )
        total = np.where((ahead_a > 0) & (ahead_b > 0), best[earlier] - cost, -np.inf)
        link = int(total.argmax())
        if total[link] > 0:
            best[run] = total[link] + gain[run]
            came_from[run] = earlier.start + link
    chosen = [int(best.argmax())]
    while came_from[chosen[-1]] >= 0:
        chosen.append(int(came_from[chosen[-1]]))
    members = np.concatenate([np.arange(first[k], last[k] + 1) for k in reversed(chosen)])
    return AnchorChain(i=i[members], j=j[members])
