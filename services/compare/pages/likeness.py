"""Which pages of A and of B are the same, under whatever look: those whose detail agrees."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.compare.detail.search import resized
from services.compare.detail.structure import (
    STRIDE,
    WINDOW,
    Filter,
    Structure,
    compared,
    fitted_filter,
    least,
)
from services.compare.detail.track import DetailPictures
from services.compare.detail.tuning import TUNED as DETAIL
from services.compare.frames.fingerprints import Frames
from services.compare.looks import Look, finely_framed, levelled_detail
from services.compare.pages.stills import Page
from services.compare.pages.tuning import TUNED, PagesTuning
from services.compare.timeline import Box, Cells, Float32, Float64, FrameTrack

# So many pairs of pages say what an encoder did, and how one side is framed.
_FITTED = 8
_APART = np.float64(np.inf)
# Share of the picture from which on a change has no place in it.
_MOST_OF_PICTURE = 0.5


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How two pages that are not the same differ. apart: levels. box: where; None for all over."""

    apart: float
    box: Box | None


class Likeness:
    """same: (pages of A, pages of B) whether they are the same page."""

    def __init__(
        self,
        same: NDArray[np.bool_],
        a: DetailPictures,
        b: DetailPictures,
        fitted: Filter,
        hidden: Cells | None,
        limit: float,
    ) -> None:
        self.same = same
        self._a, self._b, self._fitted, self._hidden = a, b, fitted, hidden
        self._limit = limit

    def difference(self, of_a: int, of_b: int) -> Difference:
        """How a page of A and one of B differ. Raises DamagedDetail."""
        structure = _structure(
            self._a.picture(of_a), self._b.picture(of_b), self._fitted, self._hidden
        )
        changed = np.argwhere(structure.strength > self._limit)
        if len(changed) == 0:
            return Difference(apart=float(structure.apart.max()), box=None)
        rows, columns = ((count + 1) * STRIDE for count in structure.apart.shape)
        (top, left), (bottom, right) = changed.min(axis=0) * STRIDE, changed.max(axis=0) * STRIDE
        height, width = float(bottom - top + WINDOW), float(right - left + WINDOW)
        whole = height * width > _MOST_OF_PICTURE * rows * columns
        box = Box(
            left=float(left) / columns,
            top=float(top) / rows,
            width=width / columns,
            height=height / rows,
        )
        return Difference(
            apart=float(structure.apart[tuple(changed.T)].max()), box=None if whole else box
        )


def likeness_of(
    pages: tuple[Sequence[Page], Sequence[Page]],
    detail: tuple[DetailPictures, DetailPictures],
    frames: tuple[FrameTrack, FrameTrack],
    look: Look | None,
    check: Callable[[], None],
    *,
    tuning: PagesTuning = TUNED,
) -> Likeness:
    """frames: without the look. check: called between pages, may raise. Raises DamagedDetail."""
    cells = [
        np.stack([page.cells(Frames(track)) for page in side]).reshape(len(side), -1)
        for side, track in zip(pages, frames, strict=True)
    ]
    far = np.stack([np.abs(cells[0] - each).max(axis=1) for each in cells[1]], axis=1)
    a, b = (
        _PagePictures(page.picture(each) for page in side)
        for side, each in zip(pages, detail, strict=True)
    )
    check()
    near = _nearest(far)
    seen_a: DetailPictures = a
    seen_b: DetailPictures = b
    hidden: Cells | None = None
    if look is not None:
        pairs = [(a.picture(i), b.picture(j)) for i, j in near[:_FITTED]]
        look = replace(look, framing=finely_framed(look.framing, pairs))
        levelled = levelled_detail(look, a, b)
        seen_a, seen_b, hidden = levelled.a, levelled.b, levelled.hidden
    fitted = fitted_filter(
        [
            (seen_a.picture(i), resized(seen_b.picture(j), seen_a.picture(i).shape))
            for i, j in near[:_FITTED]
        ],
        tuning=DETAIL,
    )
    check()
    apart = np.full(far.shape, _APART)
    for j in range(far.shape[1]):
        for i in np.argsort(far[:, j], kind="stable")[: tuning.candidates].tolist():
            check()
            structure = _structure(seen_a.picture(i), seen_b.picture(j), fitted, hidden)
            apart[i, j] = float(structure.strength.max())
    usual = float(np.median(apart.min(axis=0)))
    limit = float(np.clip(tuning.times_usual * usual, tuning.other_page, tuning.other_page_most))
    usual_colours = float(np.median(far.min(axis=0)))
    colours = max(tuning.times_usual * usual_colours, tuning.other_colours)
    same = (apart <= limit) & (far <= colours)
    return Likeness(same, seen_a, seen_b, fitted, hidden, limit)


class _PagePictures:
    """One picture of each page, as a detail track. There may be hundreds: levels are rounded."""

    def __init__(self, pictures: Iterable[Float32]) -> None:
        self._pictures = [np.rint(each).astype(np.uint8) for each in pictures]

    def __len__(self) -> int:
        return len(self._pictures)

    @property
    def times(self) -> Float64:
        return np.arange(len(self._pictures), dtype=np.float64)

    def picture(self, number: int) -> Float32:
        return self._pictures[number].astype(np.float32)


def _nearest(far: Float64) -> list[tuple[int, int]]:
    """Pages of A and B that are nearest to each other, the nearest first."""
    pairs = [(i, j) for j, i in enumerate(far.argmin(axis=0).tolist()) if int(far[i].argmin()) == j]
    return sorted(pairs, key=lambda pair: float(far[pair]))


def _structure(a: Float32, b: Float32, fitted: Filter, hidden: Cells | None) -> Structure:
    a, b = fitted.applied(a, resized(b, a.shape))
    structure = compared(a, b, tuning=DETAIL)
    if hidden is None:
        return structure
    # The framing of a look is known to a pixel.
    for down, right in itertools.product((-1, 0, 1), repeat=2):
        moved = np.roll(b, (down, right), axis=(0, 1))
        structure = least(structure, compared(a, moved, tuning=DETAIL), tuning=DETAIL)
    return structure.outside(hidden)
