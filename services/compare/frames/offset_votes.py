"""OffsetVotes: which moments of B agree with which frames of A.

Every fifth of a second of B is compared with the frames of A inside the search ranges; a moment
that has a clear partner votes for it. A moment inside a still picture agrees with many frames and
says little, so its vote is shared among them; scene changes inside still material vote once more,
with their exact partner, which is what aligns slides and title cards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.compare.frames.fingerprints import Frames, IntArray
from services.compare.frames.search_ranges import SearchRanges
from services.compare.frames.tuning import FramesTuning
from services.compare.timeline import Float32, Float64

STEP = 0.2
_GROUP = 16


@dataclass(frozen=True)
class OffsetVotes:
    """One row for each (moment of B, frame of A) that agree, ordered by time in B."""

    time_a: Float64
    time_b: Float64
    weight: Float64

    def __len__(self) -> int:
        return len(self.weight)


def sample_moments(b: Frames) -> IntArray:
    """The frames of B that vote: a regular grid and the first frame of every scene."""
    grid = b.nearest(np.arange(STEP / 2, max(b.duration, STEP), STEP))
    return np.union1d(grid, _scene_starts(b))


def collect_votes(
    a: Frames, b: Frames, ranges: SearchRanges, moments: IntArray, *, tuning: FramesTuning
) -> OffsetVotes:
    """The votes of all moments of B that have a partner at all."""
    is_cut_b = np.isin(moments, _scene_starts(b))
    is_cut_a = np.zeros(len(a), bool)
    is_cut_a[a.cuts] = True
    limit = int(tuning.vote_tie_seconds / a.step)
    best = np.full(len(moments), np.inf)
    rows: list[IntArray] = []
    columns: list[IntArray] = []
    for start in range(0, len(moments), _GROUP):
        group = moments[start : start + _GROUP]
        near = ranges.within(a, float(b.times[group[0]]), float(b.times[group[-1]]))
        if not near:
            continue
        candidates = np.concatenate([np.arange(low, high) for low, high in near])
        distance = _distances(a, b, candidates, group)
        nearest = distance.min(axis=1)
        best[start : start + len(group)] = nearest
        agree = distance <= (nearest * tuning.vote_tie_factor + tuning.vote_tie_levels)[:, None]
        # A scene change agrees with scene changes only, where there is one as good as the rest.
        close = distance <= (nearest + tuning.vote_cut_levels)[:, None]
        at_cuts = (agree | close) & is_cut_a[candidates][None, :]
        # Both begin with a scene; others are no reason to take it for the start of one.
        begins = (group == 0)[:, None] & (candidates == 0)[None, :]
        at_cuts |= (agree | close) & begins
        use_cuts = is_cut_b[start : start + len(group)] & at_cuts.any(axis=1)
        agree = np.where(use_cuts[:, None], at_cuts, agree)
        agree &= (agree.sum(axis=1) <= limit)[:, None]
        row, column = np.nonzero(agree)
        rows.append(row + start)
        columns.append(candidates[column])
    if not rows:
        return OffsetVotes(np.zeros(0), np.zeros(0), np.zeros(0))
    row, column = np.concatenate(rows), np.concatenate(columns)
    finite = best[np.isfinite(best)]
    has_partner = best < max(3 * float(np.quantile(finite, 0.3)), 4.0)
    keep = has_partner[row]
    row, column = row[keep], column[keep]
    shared = np.bincount(row, minlength=len(moments))
    return OffsetVotes(a.times[column], b.times[moments[row]], 1.0 / shared[row])


def _scene_starts(frames: Frames) -> IntArray:
    """The frames after scene changes, and the very first one, which begins a scene as well."""
    return np.union1d(frames.cuts, [0]).astype(np.int64)


def _distances(a: Frames, b: Frames, index_a: IntArray, index_b: IntArray) -> Float32:
    """Root mean square differences of pooled fingerprints, (len(index_b), len(index_a))."""
    left = a.pooled[index_a].astype(np.float32)
    right = b.pooled[index_b].astype(np.float32)
    squared = (
        np.einsum("ij,ij->i", right, right)[:, None]
        + np.einsum("ij,ij->i", left, left)[None]
        - 2 * (right @ left.T)
    )
    root: Float32 = np.sqrt(np.maximum(squared, 0) / left.shape[1])
    return root
