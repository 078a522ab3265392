"""Pairs of frames that show the same, whatever their look.

Pictures are compared by the correlation of their luma, which neither exposure nor contrast nor
colour changes. A match counts when the one before or after it comes from about the same distance
in time: chance matches stand alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.frames.fingerprints import Frames, IntArray
from services.compare.looks.framing import Framing
from services.compare.looks.tuning import LooksTuning
from services.compare.timeline import Cells, Float32

_MOMENTS = 240
_CANDIDATES = 6000
_CANDIDATE_SECONDS = 0.2
# So many moments in a row can support each other.
_GROUP = 3
# A picture with less contrast than this, in levels, looks like any other one.
_LEAST_CONTRAST = 4.0


@dataclass(frozen=True, kw_only=True)
class Matches:
    """Frame index_a[i] of A shows what frame index_b[i] of B does; in order of B."""

    index_a: IntArray
    index_b: IntArray
    # (n,) of the luma on the common grid, -1 to 1.
    correlation: Float32

    def __len__(self) -> int:
        return len(self.index_a)

    def only(self, keep: NDArray[np.bool_]) -> Matches:
        """keep: (n,), which of the pairs."""
        return Matches(
            index_a=self.index_a[keep],
            index_b=self.index_b[keep],
            correlation=self.correlation[keep],
        )


@dataclass(frozen=True)
class Samples:
    """The frames by which looks are found: a grid over each video, and its scene changes."""

    a: Frames
    b: Frames
    index_a: IntArray
    index_b: IntArray
    tuning: LooksTuning

    @classmethod
    def of(cls, a: Frames, b: Frames, *, tuning: LooksTuning) -> Samples:
        """Spread evenly over both: of A enough to find in it, of B the moments to look for."""
        candidates = _spread(a, _CANDIDATE_SECONDS, _CANDIDATES)
        return cls(a, b, candidates, _spread(b, 0.0, _MOMENTS), tuning=tuning)

    @property
    def sides(self) -> tuple[tuple[Frames, IntArray], tuple[Frames, IntArray]]:
        """Each video with its samples."""
        return (self.a, self.index_a), (self.b, self.index_b)

    def fewer(self, moments: int) -> Samples:
        """Neighbouring moments from a few places, and every second candidate."""
        if len(self.index_b) <= moments:
            return self
        groups = moments // _GROUP
        first = np.linspace(0, len(self.index_b) - _GROUP, groups).astype(np.int64)
        chosen = np.unique(first[:, None] + np.arange(_GROUP))
        return Samples(self.a, self.b, self.index_a[::2], self.index_b[chosen], tuning=self.tuning)

    def matches(self, framing: Framing, compared: Cells | None = None) -> Matches:
        """The best partner in A of every moment of B that has a steady one.

        compared: (16, 16) the cells of the common grid to go by; all that both pictures have when
            None.
        """
        found = self.partners(framing, compared)
        found = found.only(found.correlation >= self.tuning.match_alike)
        return found.only(self.steady(found))

    def partners(self, framing: Framing, compared: Cells | None = None) -> Matches:
        """The best partner in A of every moment of B, whatever it is worth."""
        cells = framing.shared if compared is None else compared
        left, right = framing.luma(
            self.a.track.fingerprints[self.index_a, ..., 0],
            self.b.track.fingerprints[self.index_b, ..., 0],
        )
        left, has_left = standardised(left, cells)
        right, has_right = standardised(right, cells)
        likeness = right @ left.T
        likeness[:, ~has_left] = -1.0
        likeness[~has_right] = -1.0
        best = likeness.argmax(axis=1)
        correlation = likeness[np.arange(len(best)), best]
        return Matches(index_a=self.index_a[best], index_b=self.index_b, correlation=correlation)

    def steady(self, found: Matches) -> NDArray[np.bool_]:
        """Which matches lie about as far apart in time as one beside them."""
        offset = self.a.times[found.index_a] - self.b.times[found.index_b]
        steady = np.zeros(len(offset), bool)
        close = np.abs(np.diff(offset)) <= self.tuning.match_steady
        steady[1:] |= close
        steady[:-1] |= close
        return steady


def nearby(
    a: Frames,
    b: Frames,
    matches: Matches,
    framing: Framing,
    compared: Cells | None = None,
    *,
    tuning: LooksTuning,
) -> Matches:
    """The same matches with the very frame of A that is most alike; `compared` as in `matches`."""
    cells = framing.shared if compared is None else compared
    if len(matches) == 0:
        return matches
    reach = max(round(tuning.match_nearby / a.step), 1)
    steps = np.arange(-reach, reach + 1)
    around = np.clip(matches.index_a[:, None] + steps, 0, len(a) - 1)
    left, right = framing.luma(
        a.track.fingerprints[around.ravel(), ..., 0],
        b.track.fingerprints[matches.index_b, ..., 0],
    )
    left, _ = standardised(left, cells)
    right, _ = standardised(right, cells)
    likeness = np.einsum("nkd,nd->nk", left.reshape(*around.shape, -1), right)
    # The nearest of equals: a still picture stays where it is.
    likeness = likeness - 1e-5 * np.abs(steps)
    best = likeness.argmax(axis=1)
    row = np.arange(len(best))
    return Matches(
        index_a=around[row, best], index_b=matches.index_b, correlation=likeness[row, best]
    )


def standardised(luma: Float32, compared: Cells) -> tuple[Float32, NDArray[np.bool_]]:
    """(n, d) vectors of unit length and mean 0 of the compared cells, and which of the n pictures
    have contrast enough to be told from others."""
    cells = luma[:, compared]
    centred = cells - cells.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1)
    clear = length > _LEAST_CONTRAST * np.sqrt(cells.shape[1])
    return (centred / np.maximum(length, 1e-6)[:, None]).astype(np.float32), clear


def _spread(frames: Frames, seconds: float, most: int) -> IntArray:
    """Frames on a grid no finer than so many seconds, and scene changes, at most so many."""
    step = max(seconds, frames.duration / most)
    grid = frames.nearest(np.arange(step / 2, max(frames.duration, step), step))
    index = np.union1d(grid, np.minimum(frames.cuts + 1, len(frames) - 1))
    if len(index) > most:
        index = index[np.linspace(0, len(index) - 1, most).astype(np.int64)]
    return index
