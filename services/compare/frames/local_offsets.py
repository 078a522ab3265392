"""How far beside its line a stretch's frames agree best, place by place.

A place is a handful of consecutive frames of B. They are looked up in A where the line has them and
some frames to each side. Where nothing moves, a place tells nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from services.compare.frames.tuning import TUNED, FramesTuning
from services.compare.geometry import Stretch
from services.compare.timeline import FrameTrack

# How many places of a stretch are looked at, and how many frames around each.
_PLACES, BESIDE = 16, 2
# So many frames to each side are tried.
_REACH = 9
# How far beside the best place its distance is compared, in frames.
_ASIDE = 3


@dataclass(frozen=True)
class LocalOffsets:
    """Looks frames of B up in A. Offsets are in frames of A, later ones positive; None where
    nothing tells."""

    a: FrameTrack
    b: FrameTrack
    tuning: FramesTuning = TUNED

    def along(self, stretch: Stretch) -> list[float | None]:
        """At up to sixteen places of a stretch that both have; empty for less than four frames."""
        first, last = self.frames_of(stretch)
        if last - first < 2 * BESIDE:
            return []
        places = np.unique(np.linspace(first + 1, last - 2, _PLACES).round().astype(int))
        return [self.at(int(place), stretch) for place in places]

    def at(self, place: int, stretch: Stretch) -> float | None:
        """Round B's frame number `place`, as far as that is in the stretch."""
        first, last = self.frames_of(stretch)
        shown = np.arange(max(place - BESIDE, first), min(place + BESIDE + 1, last))
        distances = self._distances(shown, stretch)
        best = int(np.argmin(distances))
        if not _ASIDE <= best < len(distances) - _ASIDE:
            return None
        lowest = distances[best]
        beside = min(distances[best - _ASIDE], distances[best + _ASIDE]) - lowest
        before, after = distances[best - 1] - lowest, distances[best + 1] - lowest
        if not np.isfinite([beside, before, after]).all():
            return None
        if beside < self.tuning.placement_decisive:
            return None
        return best - _REACH + float(0.5 * (before - after) / max(before + after, 1e-9))

    def frames_of(self, stretch: Stretch) -> tuple[int, int]:
        """B's frames in a stretch, the last one exclusive."""
        first, last = np.searchsorted(self.b.times, [stretch.b_start, stretch.b_end])
        return int(first), int(last)

    def b_time(self, number: int) -> float:
        """When B's frame begins, in seconds; that after the last one when B ends."""
        return float(self.b.times[number]) if number < len(self.b.times) else self.b.duration

    def _distances(self, shown: NDArray[np.int_], stretch: Stretch) -> NDArray[np.float64]:
        """(19,) mean distances in levels, infinite outside A."""
        times = stretch.diagonal().to_a(self.b.times[shown])
        expected = np.searchsorted(self.a.times, times + self.frame / 2, side="right") - 1
        tried = expected[None] + np.arange(-_REACH, _REACH + 1)[:, None]
        inside = ((tried >= 0) & (tried < len(self.a.times))).all(axis=1)
        pictures = self.b.fingerprints[shown].astype(np.int16)
        apart = np.abs(self.a.fingerprints[tried[inside]].astype(np.int16) - pictures[None])
        distances = np.full(len(tried), np.inf)
        distances[inside] = apart.mean(axis=(1, 2, 3, 4))
        return distances

    @cached_property
    def frame(self) -> float:
        """How long a frame of A is shown, in seconds; 0 when there is only one."""
        return float(np.median(np.diff(self.a.times))) if len(self.a.times) > 1 else 0.0
