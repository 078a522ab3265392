"""How much the structure of two pictures differs, window by window.

A window is 8 x 8 pixels, and there is one every 4 pixels. Where both pictures are one but for their
encoding, what one shows is nearly a linear function of what the other shows; where a letter is
another one, it is not. So the measure is the part of a window's variance that a linear function
leaves over: the idea of the structure term of SSIM (Z. Wang, A. C. Bovik, H. R. Sheikh, E. P.
Simoncelli, "Image quality assessment: from error visibility to structural similarity", IEEE
Transactions on Image Processing, 2004).

Different encoders, scalers and looks blur, sharpen, brighten and shift a picture by fractions of a
pixel. All of that is one small linear filter for the whole picture, fitted by least squares and
undone first.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.compare.detail.tuning import DetailTuning
from services.compare.timeline import Cells, Float32, Float64

WINDOW, STRIDE = 8, 4
_REACH = 1
_TAPS = [(row, column) for row in range(-_REACH, _REACH + 1) for column in (-1, 0, 1)]
# Every so many pixels take part in a fit; it holds hundreds of times more than it has unknowns.
_EVERY = 3


@dataclass(frozen=True)
class Filter:
    """Makes of the pictures of one side what the other side's encoder would have made of them.

    taps: (9,) of a 3 x 3 filter, row by row. level: added. of_b: whether B's pictures are filtered,
    which is right when they are the sharper ones.
    """

    taps: Float64
    level: float
    of_b: bool

    def applied(self, a: Float32, b: Float32) -> tuple[Float32, Float32]:
        """Both pictures, (rows, columns), that of one side filtered."""
        return (a, self._filtered(b)) if self.of_b else (self._filtered(a), b)

    def _filtered(self, picture: Float32) -> Float32:
        rows, columns = picture.shape
        padded = np.pad(picture, _REACH, mode="edge")
        out = np.full(picture.shape, np.float32(self.level))
        for tap, (down, right) in zip(self.taps.astype(np.float32), _TAPS, strict=True):
            top, left = _REACH + down, _REACH + right
            out += tap * padded[top : top + rows, left : left + columns]
        return out


@dataclass(frozen=True)
class Structure:
    """Of each window of a pair of pictures: (rows, columns) arrays.

    contrast: standard deviation of its levels, of the side that has more. apart: what of that the
    other side does not explain, in levels.
    """

    contrast: Float32
    apart: Float32
    tuning: DetailTuning

    @property
    def share(self) -> Float32:
        """How much of the contrast is apart, 0 to 1; 0 where there is hardly any contrast."""
        structured = self.contrast > self.tuning.least_contrast
        return np.where(structured, self.apart / np.maximum(self.contrast, 1), np.float32(0))

    @property
    def strength(self) -> Float32:
        """Levels apart, by the share that they are of the contrast: a changed letter has both."""
        return self.apart * self.share

    def outside(self, cells: Cells) -> Structure:
        """The structure of the windows that touch none of the marked cells of a (16, 16) grid, and
        none elsewhere."""
        rows, columns = ((count + 1) * STRIDE for count in self.apart.shape)
        hidden = np.zeros(self.apart.shape, bool)
        # With a pixel more on each side, which the filter brings in.
        for down, right in itertools.product((-_REACH, WINDOW - 1 + _REACH), repeat=2):
            row = np.arange(0, rows - STRIDE, STRIDE) + down
            column = np.arange(0, columns - STRIDE, STRIDE) + right
            row, column = row.clip(0, rows - 1), column.clip(0, columns - 1)
            hidden |= cells[
                (row * len(cells) // rows)[:, None], (column * len(cells) // columns)[None]
            ]
        none = np.float32(0)
        return Structure(
            np.where(hidden, none, self.contrast),
            np.where(hidden, none, self.apart),
            tuning=self.tuning,
        )

    def usual_share(self, quantile: float) -> float:
        """The share that a quantile of the structured windows stays below; 0 without any."""
        structured = self.contrast > self.tuning.least_contrast
        return float(np.quantile(self.share[structured], quantile)) if structured.any() else 0.0


def compared(a: Float32, b: Float32, *, tuning: DetailTuning) -> Structure:
    """Of two pictures of one shape."""
    pixels = np.float32(WINDOW * WINDOW)
    # Around a common level: sums of squares of small numbers lose less.
    a, b = a - np.float32(128), b - np.float32(128)
    mean_a, mean_b = _window_sums(a) / pixels, _window_sums(b) / pixels
    var_a = np.maximum(_window_sums(a * a) / pixels - mean_a**2, 0)
    var_b = np.maximum(_window_sums(b * b) / pixels - mean_b**2, 0)
    both = _window_sums(a * b) / pixels - mean_a * mean_b
    larger, smaller = np.maximum(var_a, var_b), np.minimum(var_a, var_b)
    # A function that turns bright into dark explains nothing: it is another letter.
    explained = np.maximum(both, 0) ** 2 / np.maximum(smaller, 1)
    return Structure(np.sqrt(larger), np.sqrt(np.maximum(larger - explained, 0)), tuning=tuning)


def least(one: Structure, other: Structure, *, tuning: DetailTuning) -> Structure:
    """Of each window the one of the two in which less is apart."""
    first = one.apart <= other.apart
    return Structure(
        np.where(first, one.contrast, other.contrast),
        np.where(first, one.apart, other.apart),
        tuning=tuning,
    )


def fitted_filter(pairs: Sequence[tuple[Float32, Float32]], *, tuning: DetailTuning) -> Filter:
    """The filter that brings the two sides of the pairs, each of one shape, closest."""
    towards_b = _fit([(a, b) for a, b in pairs], tuning=tuning)
    towards_a = _fit([(b, a) for a, b in pairs], tuning=tuning)
    if towards_b[2] <= towards_a[2]:
        return Filter(towards_b[0], towards_b[1], of_b=False)
    return Filter(towards_a[0], towards_a[1], of_b=True)


def _fit(
    pairs: Sequence[tuple[Float32, Float32]], *, tuning: DetailTuning
) -> tuple[Float64, float, float]:
    """(taps, level, share of the variance left over), robustly."""
    rows = [_rows(source, target) for source, target in pairs]
    given = np.concatenate([each for each, _ in rows])
    wanted = np.concatenate([each for _, each in rows])
    taps = _solved(given, wanted, np.ones_like(wanted), tuning=tuning)
    for _ in range(2):
        off = np.abs(wanted - given @ taps)
        taps = _solved(
            given,
            wanted,
            (tuning.large_residual / np.maximum(off, tuning.large_residual)).astype(np.float32),
            tuning=tuning,
        )
    off = np.minimum(np.abs(wanted - given @ taps), 32)
    left = float((off**2).mean()) / max(float(wanted.var()), 1.0)
    # Around 128 the rows are; the level puts that back.
    level = float(taps[-1]) + 128.0 * (1.0 - float(taps[:-1].sum()))
    return taps[:-1], level, left


def _solved(given: Float32, wanted: Float32, weight: Float32, *, tuning: DetailTuning) -> Float64:
    none = np.zeros(given.shape[1])
    none[len(_TAPS) // 2] = 1.0
    hold = np.asarray(tuning.filter_hold * len(given) * np.eye(given.shape[1]), np.float64)
    weighted = (given * weight[:, None]).T.astype(np.float32)
    square = (weighted @ given).astype(np.float64) + hold
    right = (weighted @ wanted).astype(np.float64) + hold @ none
    return np.asarray(np.linalg.solve(square, right), np.float64)


def _rows(source: Float32, target: Float32) -> tuple[Float32, Float32]:
    """((n, 10) neighbourhoods and a one, (n,) values), around 128."""
    rows, columns = source.shape
    inner = slice(_REACH, None, _EVERY)
    parts = [
        source[_REACH + down : rows - _REACH + down, _REACH + right : columns - _REACH + right][
            ::_EVERY, ::_EVERY
        ].ravel()
        - np.float32(128)
        for down, right in _TAPS
    ]
    wanted = target[inner, inner][: -(-(rows - 2 * _REACH) // _EVERY)]
    wanted = wanted[:, : -(-(columns - 2 * _REACH) // _EVERY)].ravel() - np.float32(128)
    return np.stack([*parts, np.ones_like(parts[0])], axis=1), wanted


def _window_sums(values: Float32) -> Float32:
    rows, columns = values.shape
    tiles = values.reshape(rows // STRIDE, STRIDE, columns // STRIDE, STRIDE)
    cells: Float32 = tiles.sum(axis=(1, 3))
    return cells[:-1, :-1] + cells[1:, :-1] + cells[:-1, 1:] + cells[1:, 1:]


def loudest(a: Float32, b: Float32) -> float:
    """The largest root mean square difference of any window: no window is further apart."""
    return float(np.sqrt(_window_sums((a - b) ** 2).max() / (WINDOW * WINDOW)))
