"""Deleted content that B seems to have after all, within what is called new there.

Moves are told when their lines stand out. What was moved in short pieces, or moved and cut again,
does not, and is told as deleted in one place and new in another: then nobody should be sure that it
is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from services.compare.frames.tuning import FramesTuning
from services.compare.geometry import Stretch
from services.compare.timeline import Float32, FrameTrack, Region, RegionKind

# A's frames are looked at every so many seconds, and less often where there would be more pairs of
# frames than this.
_STEP, _MOST_PAIRS = 0.08, 4e8
_BLOCK = 4096
# Unchanged frames of which the usual difference is told.
_SAMPLED = 200


def found_again(
    regions: Sequence[Region],
    a: FrameTrack,
    b: FrameTrack,
    check: Callable[[], None],
    *,
    tuning: FramesTuning,
) -> set[int]:
    """Indices of the deleted regions of which B has some in a gap, and of the gaps that have it.

    check: called between blocks, may raise.
    """
    gaps = [
        index
        for index, region in enumerate(regions)
        if region.seconds_b > 0 and region.kind in (RegionKind.INSERTED, RegionKind.REPLACED)
    ]
    deleted = [index for index, region in enumerate(regions) if region.kind is RegionKind.DELETED]
    if not gaps or not deleted:
        return set()
    new = _Pool.of(b, [regions[index].in_b for index in gaps])
    wanted = sum(regions[index].seconds_a for index in deleted)
    step = max(_STEP, wanted * len(new.owners) / _MOST_PAIRS)
    limit = tuning.lost_alike * max(_usual_difference(regions, a, b), tuning.least_noise)
    found = set()
    for index in deleted:
        region = regions[index]
        times = np.arange(region.a_start, region.a_end, step)
        shown = np.unique(np.searchsorted(a.times, times).clip(0, len(a.times) - 1))
        pictures = _pooled(a, shown)
        # Black is found everywhere.
        tells = _contrast(pictures) >= tuning.lost_contrast
        owners = [
            owner if telling else None
            for owner, telling in zip(new.nearest(pictures, limit, check), tells, strict=True)
        ]
        for owner, run in groupby(owners):
            if owner is not None and len(list(run)) * step >= tuning.lost_seconds:
                found |= {index, gaps[owner]}
    return found


@dataclass(frozen=True)
class _Pool:
    """Frames of some spans. pictures: (n, 48); owners: (n,) the number of each frame's span."""

    pictures: Float32
    owners: NDArray[np.int_]

    @classmethod
    def of(cls, track: FrameTrack, spans: Sequence[tuple[float, float]]) -> _Pool:
        edges = [np.searchsorted(track.times, span) for span in spans]
        shown = np.concatenate([np.arange(first, last) for first, last in edges])
        owners = np.repeat(np.arange(len(spans)), [last - first for first, last in edges])
        return cls(_pooled(track, shown), owners)

    def nearest(
        self, pictures: Float32, limit: float, check: Callable[[], None]
    ) -> list[int | None]:
        """Whose frame each picture is like, to `limit` levels; None where it is like none."""
        best = np.full(len(pictures), np.inf, np.float32)
        owner = np.zeros(len(pictures), np.int64)
        own = (pictures**2).sum(axis=1)
        for start in range(0, len(self.pictures), _BLOCK):
            check()
            block = self.pictures[start : start + _BLOCK]
            squares = own[:, None] + (block**2).sum(axis=1) - 2 * pictures @ block.T
            nearest = squares.argmin(axis=1)
            distance = np.sqrt(np.maximum(squares.min(axis=1), 0) / pictures.shape[1])
            better = distance < best
            best[better] = distance[better]
            owner[better] = self.owners[start + nearest[better]]
        return [
            int(each) if near else None for each, near in zip(owner, best <= limit, strict=True)
        ]


def _contrast(pictures: Float32) -> Float32:
    """(n,) the standard deviation of each picture's luma, in levels. pictures: (n, 48)."""
    contrast: Float32 = pictures.reshape(-1, 16, 3)[:, :, 0].std(axis=1)
    return contrast


def _pooled(track: FrameTrack, shown: NDArray[np.int_]) -> Float32:
    """(n, 48) fingerprints averaged to 4x4."""
    cells = track.fingerprints[shown].reshape(-1, 4, 4, 4, 4, 3)
    pooled: Float32 = cells.mean(axis=(2, 4), dtype=np.float32).reshape(-1, 48)
    return pooled


def _usual_difference(regions: Sequence[Region], a: FrameTrack, b: FrameTrack) -> float:
    """By how many levels frames differ that are the same in both versions."""
    same: list[Stretch] = [each for each in regions if each.kind is RegionKind.UNCHANGED]
    seconds = sum(each.seconds_b for each in same)
    apart: list[float] = []
    for stretch in same:
        count = max(round(_SAMPLED * stretch.seconds_b / seconds), 1)
        times = stretch.b_start + (np.arange(count) + 0.5) / count * stretch.seconds_b
        in_a = np.searchsorted(a.times, stretch.diagonal().to_a(times), side="right") - 1
        in_b = np.searchsorted(b.times, times, side="right") - 1
        difference = _pooled(a, in_a.clip(0)) - _pooled(b, in_b.clip(0))
        apart += np.sqrt((difference**2).mean(axis=1)).tolist()
    return float(np.median(apart)) if apart else 0.0
