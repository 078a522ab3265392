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
from services.compare.timeline import Cells, Float32

_MOMENTS = 240
_CANDIDATES = 6000
_CANDIDATE_SECONDS = 0.2
# So many moments in a row can support each other.
_GROUP = 3
# A picture with less contrast than this, in levels, looks like any other one.
_LEAST_CONTRAST = 4.0
_ALIKE = 0.8
_STEADY_SECONDS = 0.45
_NEARBY_SECONDS = 0.32


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

    @classmethod
    def of(cls, a: Frames, b: Frames) -> Samples:
        return cls(a, b, _spread(a, _CANDIDATE_SECONDS, _CANDIDATES), _spread(b, 0.0, _MOMENTS))

    def fewer(self, moments: int) -> Samples:
        """Neighbouring moments from a few places, and every second candidate."""
        if len(self.index_b) <= moments:
            return self
        groups = moments // _GROUP
        first = np.linspace(0, len(self.index_b) - _GROUP, groups).astype(np.int64)
        chosen = np.unique(first[:, None] + np.arange(_GROUP))
        return Samples(self.a, self.b, self.index_a[::2], self.index_b[chosen])

    def matches(self, framing: Framing, compared: Cells | None = None) -> Matches:
        """The best partner in A of every moment of B that has a steady one.

        compared: (16, 16) the cells of the common grid to go by; all that both pictures have when
            None.
        """
        cells = framing.shared if compared is None else compared
        left, right = framing.luma(
            self.a.track.fingerprints[self.index_a, ..., 0],
            self.b.track.fingerprints[self.index_b, ..., 0],
        )
        left, has_left = standardised(left, cells)
        right, has_right = standardised(right, cells)
        likeness = right @ left.T
        likeness[:, ~has_left] = -1.0
        best = likeness.argmax(axis=1)
        correlation = likeness[np.arange(len(best)), best]
        found = Matches(
            index_a=self.index_a[best], index_b=self.index_b, correlation=correlation
        ).only(has_right & (correlation >= _ALIKE))
        return found.only(self._steady(found))

    def _steady(self, found: Matches) -> NDArray[np.bool_]:
        offset = self.a.times[found.index_a] - self.b.times[found.index_b]
        steady = np.zeros(len(offset), bool)
        close = np.abs(np.diff(offset)) <= _STEADY_SECONDS
        steady[1:] |= close
        steady[:-1] |= close
        return steady


def nearby(
    a: Frames, b: Frames, matches: Matches, framing: Framing, compared: Cells | None = None
) -> Matches:
    """The same matches with the very frame of A that is most alike; `compared` as in `matches`."""
    cells = framing.shared if compared is None else compared
    if len(matches) == 0:
        return matches
    reach = max(round(_NEARBY_SECONDS / a.step), 1)
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
