"""Scores predicted regions against true ones, second by second and event by event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.timeline import Region, RegionKind

DIFFERENT = {
    RegionKind.REPLACED,
    RegionKind.INSERTED,
    RegionKind.DELETED,
    RegionKind.MOVED,
}
_GRID = 0.01


@dataclass
class Tally:
    """True positives, false positives and false negatives, in seconds or in events."""

    hits: float = 0.0
    false: float = 0.0
    missed: float = 0.0

    def __iadd__(self, other: Tally) -> Tally:
        self.hits += other.hits
        self.false += other.false
        self.missed += other.missed
        return self

    @property
    def f1(self) -> float:
        total = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / total if total > 0 else 1.0


def different_seconds(truth: Sequence[Region], found: Sequence[Region]) -> Tally:
    """Seconds of both timelines called different, rightly and wrongly."""
    tally = Tally()
    for side in ("a", "b"):
        end = max(getattr(region, f"{side}_end") for region in truth)
        true, said = (_covered(regions, side, end) for regions in (truth, found))
        tally += Tally(
            float((true & said).sum()) * _GRID,
            float((~true & said).sum()) * _GRID,
            float((true & ~said).sum()) * _GRID,
        )
    return tally


def events(truth: Sequence[Region], found: Sequence[Region]) -> Tally:
    """Edits found with the right kind and at least half their extent in common."""
    expected = [r for r in truth if r.kind is not RegionKind.UNCHANGED]
    offered = [r for r in found if r.kind is not RegionKind.UNCHANGED]
    open_offers = list(offered)
    hits = 0
    for region in expected:
        same = [r for r in open_offers if r.kind is region.kind]
        best = max(same, key=lambda r: _overlap(region, r), default=None)
        if best is not None and _overlap(region, best) >= 0.5:
            open_offers.remove(best)
            hits += 1
    return Tally(hits, len(offered) - hits, len(expected) - hits)


def is_right(found: Region, truth: Sequence[Region]) -> bool:
    """Whether a region is a true one: its kind, half its extent, and its ends within a second."""
    same = [region for region in truth if region.kind is found.kind]
    best = max(same, key=lambda region: _overlap(region, found), default=None)
    if best is None or _overlap(best, found) < 0.5:
        return False
    ends = ("a_start", "a_end", "b_start", "b_end")
    return bool(max(abs(getattr(best, end) - getattr(found, end)) for end in ends) <= 1.0)


def rank_agreement(sure: Sequence[float], right: Sequence[bool]) -> float:
    """How often something right is surer than something wrong (the area under the ROC curve).

    Ties count half; NaN when all are right or all wrong.
    """
    values, flags = np.asarray(sure, np.float64), np.asarray(right, bool)
    wrong = np.sort(values[~flags])
    if len(wrong) == 0 or not flags.any():
        return float("nan")
    below = np.searchsorted(wrong, values[flags], "left")
    not_above = np.searchsorted(wrong, values[flags], "right")
    return float((below + not_above).mean() / 2 / len(wrong))


def mean(values: Iterable[float]) -> float:
    collected = list(values)
    return float(np.mean(collected)) if collected else 1.0


def _covered(regions: Sequence[Region], side: str, end: float) -> NDArray[np.bool_]:
    middle = np.arange(_GRID / 2, end, _GRID)
    covered = np.zeros(len(middle), bool)
    for region in regions:
        if region.kind in DIFFERENT:
            start, stop = (
                getattr(region, f"{side}_start"),
                getattr(region, f"{side}_end"),
            )
            covered |= (middle > start) & (middle < stop)
    return covered


def _overlap(x: Region, y: Region) -> float:
    shared = union = 0.0
    for side in ("a", "b"):
        x0, x1 = getattr(x, f"{side}_start"), getattr(x, f"{side}_end")
        y0, y1 = getattr(y, f"{side}_start"), getattr(y, f"{side}_end")
        common = max(0.0, min(x1, y1) - max(x0, y0))
        shared += common
        union += (x1 - x0) + (y1 - y0) - common
    return shared / union if union > 0 else 0.0
