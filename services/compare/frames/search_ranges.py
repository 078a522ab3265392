"""Where in A a moment of B can come from: the search ranges that keep long videos affordable.

A short pair is searched everywhere. For a long one the ranges follow anchors, pairs of times
(a, b) known to show the same: those of the segment vectors, and matches between scene changes, of
which there are few enough to compare all with all even for hours of video.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.compare.frames.fingerprints import Frames, IntArray
from services.compare.frames.tuning import FramesTuning
from services.compare.timeline import Float64

# All-pairs is allowed up to this many (moment of B, frame of A) pairs: about ten minutes each.
ALL_PAIRS = 40_000_000
_COARSE_STEP = 2.0
_MAX_KEYS = 12_000
# Two matches agree when their offsets differ by no more than a change of speed would explain.
_NEIGHBOURS = 6
_NEIGHBOUR_SECONDS = 60.0


@dataclass(frozen=True)
class SearchRanges:
    """anchors: (k, 2) times in A and B, by time in B; None when everything is to be searched."""

    anchors: Float64 | None
    tuning: FramesTuning

    def within(self, a: Frames, b_start: float, b_end: float) -> list[tuple[int, int]]:
        """Index ranges of A's frames in which B's stretch may be found, ordered and disjoint."""
        if self.anchors is None:
            return [(0, len(a))]
        times = self.anchors[:, 1]
        low, high = np.searchsorted(
            times, [b_start - self.tuning.search_near, b_end + self.tuning.search_near]
        )
        # One anchor beyond on either side, so that a hole is searched from both of its ends.
        near = self.anchors[max(low - 1, 0) : high + 1]
        starts = near[:, 0] + (b_start - near[:, 1]) - self.tuning.search_half_width
        ends = near[:, 0] + (b_end - near[:, 1]) + self.tuning.search_half_width
        first = np.searchsorted(a.times, starts)
        last = np.searchsorted(a.times, ends)
        merged: list[tuple[int, int]] = []
        for start, end in sorted(zip(first.tolist(), last.tolist(), strict=True)):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], end))
            elif end > start:
                merged.append((start, end))
        return merged


def find_ranges(
    a: Frames, b: Frames, anchors: Float64, moments: int, *, tuning: FramesTuning
) -> SearchRanges:
    """The ranges of a pair.

    anchors: (k, 2) times in A and B from elsewhere, possibly none.
    moments: how many moments of B will be looked up.
    """
    if moments * len(a) <= ALL_PAIRS:
        return SearchRanges(None, tuning=tuning)
    # Without any help from vectors a regular grid joins the scene changes as search keys.
    step = None if len(anchors) else _COARSE_STEP
    found = _key_matches(a, b, step, tuning=tuning)
    known = np.concatenate([anchors.reshape(-1, 2), found])
    if len(known) == 0:
        known = np.zeros((1, 2))
    return SearchRanges(known[np.argsort(known[:, 1], kind="stable")], tuning=tuning)


def _keys(frames: Frames, step: float | None) -> IntArray:
    keys = frames.cuts
    if step is not None:
        keys = np.union1d(keys, frames.nearest(np.arange(0.0, frames.duration, step)))
    if len(keys) > _MAX_KEYS:
        keys = keys[np.linspace(0, len(keys) - 1, _MAX_KEYS).astype(np.int64)]
    return keys


def _key_matches(a: Frames, b: Frames, step: float | None, *, tuning: FramesTuning) -> Float64:
    """Pairs of times whose key frames are each other's nearest, and clearly so.

    On a regular grid only A's keys are dense (five times as many), for B's to meet.
    """
    keys_a, keys_b = _keys(a, None if step is None else step / 5), _keys(b, step)
    if len(keys_a) == 0 or len(keys_b) == 0:
        return np.zeros((0, 2))
    left = a.pooled[keys_a].astype(np.float32)
    norms = np.einsum("ij,ij->i", left, left)
    best = np.empty(len(keys_b), np.int64)
    score = np.empty(len(keys_b), np.float32)
    for start in range(0, len(keys_b), 512):
        right = b.pooled[keys_b[start : start + 512]].astype(np.float32)
        squared = norms[None] - 2 * (right @ left.T)
        rows = squared.argmin(axis=1)
        best[start : start + len(right)] = rows
        score[start : start + len(right)] = squared[np.arange(len(right)), rows] + np.einsum(
            "ij,ij->i", right, right
        )
    root = np.sqrt(np.maximum(score, 0) / left.shape[1])
    clear = root <= max(3 * float(np.quantile(root, 0.3)), 4.0)
    return _supported(
        np.stack([a.times[keys_a[best[clear]]], b.times[keys_b[clear]]], axis=1), tuning=tuning
    )


def _supported(matches: Float64, *, tuning: FramesTuning) -> Float64:
    """The matches that one of their neighbours agrees with; chance ones stand alone."""
    offset = matches[:, 0] - matches[:, 1]
    keep = np.zeros(len(matches), bool)
    for distance in range(1, _NEIGHBOURS + 1):
        apart = matches[distance:, 1] - matches[:-distance, 1]
        agree = (
            np.abs(offset[distance:] - offset[:-distance])
            <= tuning.search_agree + tuning.search_drift * apart
        )
        agree &= apart <= _NEIGHBOUR_SECONDS
        keep[distance:] |= agree
        keep[:-distance] |= agree
    return matches[keep]
