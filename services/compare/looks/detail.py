"""Detail tracks of two videos that look different, as they would be if they had the same framing.

The framing is undone, and what is covered is left out. Which structure two pictures share is found
out whatever linear function of each other their levels are; of a grade only its curve is undone, as
it takes the structure out of shadows that it makes black.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from services.compare.detail.track import DetailPictures
from services.compare.looks.framing import SIDE, Axis, Framing
from services.compare.looks.levelling import Look
from services.compare.timeline import Cells, Float32, Float64

# In place of what is not to be compared.
_NEUTRAL = np.float32(128)
_KEPT_PICTURES = 4


@dataclass(frozen=True, kw_only=True)
class LevelledPair:
    """Both detail tracks on the common grid, and its (16, 16) cells that only one side has or that
    lie under an overlay."""

    a: DetailPictures
    b: DetailPictures
    hidden: Cells


def levelled_detail(look: Look, a: DetailPictures, b: DetailPictures) -> LevelledPair:
    """The detail tracks without the look. Neither may be empty. Raises DamagedDetail."""
    rows_a, columns_a = a.picture(0).shape
    rows_b, columns_b = b.picture(0).shape
    vertical, horizontal = look.framing.vertical, look.framing.horizontal
    rows = rows_a if vertical.scale <= 1 else rows_b
    columns = columns_a if horizontal.scale <= 1 else columns_b
    down_a, down_b = on_common_grid(vertical, rows, rows_a, rows_b)
    across_a, across_b = on_common_grid(horizontal, columns, columns_a, columns_b)
    hidden = ~look.compared
    curve = None if look.colour is None else np.clip(look.colour.curve[:, 0], 0, 255)
    curve_a, curve_b = (curve, None) if look.colour_of_a else (None, curve)
    return LevelledPair(
        a=_LevelledPictures(a, down_a, across_a, hidden, curve_a, turned_by=Framing()),
        b=_LevelledPictures(b, down_b, across_b, hidden, curve_b, turned_by=look.framing),
        hidden=hidden,
    )


class _LevelledPictures:
    def __init__(
        self,
        track: DetailPictures,
        down: _Means | None,
        across: _Means | None,
        hidden: Cells,
        curve: Float32 | None,
        *,
        turned_by: Framing,
    ) -> None:
        """curve: (256,) what becomes of each level, once pictures are turned; None where they
        stay."""
        self._track, self._down, self._across = track, down, across
        self._hidden, self._turned_by, self._curve = hidden, turned_by, curve
        self._pictures: OrderedDict[int, Float32] = OrderedDict()

    def __len__(self) -> int:
        return len(self._track)

    @property
    def times(self) -> Float64:
        return self._track.times

    def picture(self, number: int) -> Float32:
        known = self._pictures.get(number)
        if known is None:
            known = self._made(number)
            known.flags.writeable = False
            self._pictures[number] = known
            if len(self._pictures) > _KEPT_PICTURES:
                self._pictures.popitem(last=False)
        return known

    def _made(self, number: int) -> Float32:
        picture = self._turned_by.turned(self._track.picture(number)[None])[0]
        if self._curve is not None:
            levels = np.interp(picture.ravel(), np.arange(256), self._curve)
            picture = levels.reshape(picture.shape).astype(np.float32)
        if self._down is not None:
            picture = self._down(picture)
        if self._across is not None:
            picture = self._across(np.ascontiguousarray(picture.T)).T
        moved = np.array(picture)
        moved[_enlarged(self._hidden, *moved.shape)] = _NEUTRAL
        return moved


def _enlarged(cells: Cells, rows: int, columns: int) -> Cells:
    """(rows, columns) which pixels of a picture lie in the marked ones of 16 x 16 cells."""
    down, across = (np.arange(count) * SIDE // count for count in (rows, columns))
    enlarged: Cells = cells[down[:, None], across[None]]
    return enlarged


@dataclass(frozen=True)
class _Means:
    """Averages pixels over stretches. edges: (k + 1,) in pixels."""

    edges: Float64
    count: int

    def __call__(self, picture: Float32) -> Float32:
        """(k, columns) the means of (count, columns) rows between each two edges.

        The sum up to a point is known at the pixels' borders and linear in between.
        """
        sums = np.zeros((self.count + 1, picture.shape[1]), np.float32)
        np.cumsum(picture, axis=0, out=sums[1:])
        low = np.minimum(self.edges.astype(np.int64), self.count - 1)
        share = (self.edges - low).astype(np.float32)[:, None]
        upto = sums[low] * (1 - share) + sums[low + 1] * share
        lengths = np.maximum(np.diff(self.edges), 1e-6).astype(np.float32)
        means: Float32 = np.diff(upto, axis=0) / lengths[:, None]
        return means


def on_common_grid(
    axis: Axis, count: int, of_a: int, of_b: int
) -> tuple[_Means | None, _Means | None]:
    """What averages A's and B's pixels over the pixels of the common grid, which is A's where B
    shows less of the picture, else B's; None for pixels that are on it as they are."""
    edges = np.linspace(0.0, 1.0, count + 1)
    if axis.scale <= 1:
        return _means(edges, of_a), _means(axis.to_b(edges), of_b)
    return _means(axis.to_a(edges), of_a), _means(edges, of_b)


def _means(edges: Float64, count: int) -> _Means | None:
    """edges: (k + 1,) in fractions of the pixels' whole."""
    at = np.clip(edges, 0.0, 1.0) * count
    same = len(at) == count + 1 and np.allclose(at, np.arange(count + 1))
    return None if same else _Means(at, count)
