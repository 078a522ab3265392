"""Framing: which part of A's picture B shows, mirrored or not.

Bars, crops, zooms and pan-and-scan all say that what B shows at x, in fractions of its width, A
shows at scale * x + offset, and the same in height. Two pictures are made comparable on whichever
grid is the coarser one in each direction, so that cells are only ever averaged, never made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from services.compare.timeline import Float32, Float64, UInt8

SIDE = 16

Place = TypeVar("Place", float, Float64)
Levels = TypeVar("Levels", UInt8, Float32)
# A cell counts when all but this much of it is in both pictures.
_OVERHANG = 0.03


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One direction: what B shows at x, A shows at scale * x + offset, both in fractions.

    A scale below 1: B shows less of it, enlarged. Above 1: B shows A's picture smaller.
    """

    scale: float = 1.0
    offset: float = 0.0

    def to_a(self, b: Place) -> Place:
        """Fractions of A's picture; outside of 0 to 1 for what A does not show."""
        return self.scale * b + self.offset

    def to_b(self, a: Place) -> Place:
        """Fractions of B's picture; outside of 0 to 1 for what B does not show."""
        return (a - self.offset) / self.scale

    def in_b(self, start: float, end: float) -> tuple[float, float]:
        """A stretch of the common grid, in fractions of B's picture."""
        if self.scale > 1.0:
            return start, end
        low, high = (min(max(self.to_b(edge), 0.0), 1.0) for edge in (start, end))
        return low, high

    @cached_property
    def outside(self) -> NDArray[np.bool_]:
        """(16,) which cells of the common grid lie wholly outside of the other picture."""
        edges = np.linspace(0.0, 1.0, SIDE + 1)
        other = self.to_a(edges) if self.scale > 1.0 else self.to_b(edges)
        whole: NDArray[np.bool_] = (other[1:] <= _OVERHANG) | (other[:-1] >= 1.0 - _OVERHANG)
        return whole

    @cached_property
    def on_common_grid(self) -> tuple[Float64, Float64, NDArray[np.bool_]]:
        """(16, 16) matrices that bring A's and B's cells onto the coarser of the two grids, and
        (16,) which of its cells both pictures have."""
        edges = np.linspace(0.0, 1.0, SIDE + 1)
        one = np.eye(SIDE)
        if self.scale == 1.0 and self.offset == 0.0:
            return one, one, np.ones(SIDE, bool)
        if self.scale <= 1.0:
            in_b = (edges - self.offset) / self.scale
            seen = inside(in_b)
            smooth = smoothing(seen)
            return smooth, smooth @ area_means(in_b), seen
        in_a = self.scale * edges + self.offset
        seen = inside(in_a)
        smooth = smoothing(seen)
        return smooth @ area_means(in_a), smooth, seen


@dataclass(frozen=True, kw_only=True)
class Framing:
    """Where B's picture lies in A's.

    mirrored: left and right of B are exchanged first. negative: so are light and dark, and each
    colour and its complement.
    """

    horizontal: Axis = Axis()
    vertical: Axis = Axis()
    mirrored: bool = False
    negative: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether B shows all of A's picture, as large and the same way round."""
        return self == Framing()

    @property
    def is_still(self) -> bool:
        """Whether it is the same for every frame."""
        return True

    @cached_property
    def shared(self) -> NDArray[np.bool_]:
        """(16, 16) the cells of the common grid that both pictures have."""
        return np.outer(self.vertical.on_common_grid[2], self.horizontal.on_common_grid[2])

    def luma(self, a: UInt8, b: UInt8) -> tuple[Float32, Float32]:
        """(n, 16, 16) and (m, 16, 16) luma of A and B on the common grid, unmasked."""
        down_a, down_b, _ = self.vertical.on_common_grid
        across_a, across_b, _ = self.horizontal.on_common_grid
        return _resampled(a, down_a, across_a), _resampled(self.turned(b), down_b, across_b)

    def of_a(self, fingerprints: UInt8) -> UInt8:
        """(n, 16, 16, 3) A's fingerprints on the common grid."""
        return brought(
            fingerprints, self.vertical.on_common_grid[0], self.horizontal.on_common_grid[0]
        )

    def of_b(self, fingerprints: UInt8) -> UInt8:
        """(n, 16, 16, 3) B's fingerprints on the common grid."""
        return brought(
            self.turned(fingerprints),
            self.vertical.on_common_grid[1],
            self.horizontal.on_common_grid[1],
        )

    def turned(self, b: Levels) -> Levels:
        """B's pictures (n, rows, columns, ...) as they are laid over A's, wherever that is."""
        flipped = b[:, :, ::-1] if self.mirrored else b
        return 255 - flipped if self.negative else flipped


def brought(fingerprints: UInt8, down: Float64, across: Float64) -> UInt8:
    """(n, 16, 16, 3) fingerprints on another grid: (16, 16) means of their rows and columns."""
    out = np.empty(fingerprints.shape, np.uint8)
    for channel in range(3):
        moved = _resampled(fingerprints[..., channel], down, across)
        out[..., channel] = np.clip(np.rint(moved), 0, 255)
    return out


def area_means(edges: Float64) -> Float64:
    """(k, 16) how the mean over each stretch between two edges follows from 16 cell means.

    edges: (k + 1,) in fractions of the 16 cells' whole. The sum of the cells up to a point is
    known at their borders and interpolated by cubics in between, which keeps means exact.
    """
    sums = np.tril(np.ones((SIDE + 1, SIDE)), -1)
    at = np.clip(edges, 0.0, 1.0) * SIDE
    weights = _cubics(at) @ sums
    lengths = np.maximum(np.diff(at), 1e-9)
    return np.diff(weights, axis=0) / lengths[:, None]


def smoothing(seen: NDArray[np.bool_]) -> Float64:
    """(16, 16) means of neighbours, 1 2 1, of the (16,) cells that both pictures have.

    What interpolation takes wrongly from one cell, it gives to the next: together they are right.
    """
    kernel = 2 * np.eye(SIDE) + np.eye(SIDE, k=1) + np.eye(SIDE, k=-1)
    kernel = kernel * seen[None, :]
    total = kernel.sum(axis=1, keepdims=True)
    return np.where(total > 0, kernel / np.maximum(total, 1e-9), np.eye(SIDE))


def _cubics(points: Float64) -> Float64:
    """(k, 17) weights of the borders' values for the values at k points, by Lagrange's formula."""
    first = np.clip(np.floor(points) - 1, 0, SIDE - 3).astype(np.int64)
    left = points - first
    out = np.zeros((len(points), SIDE + 1))
    row = np.arange(len(points))
    for node in range(4):
        weight = np.ones(len(points))
        for other in range(4):
            if other != node:
                weight *= (left - other) / (node - other)
        out[row, first + node] = weight
    return out


def inside(edges: Float64) -> NDArray[np.bool_]:
    """Which cells between two edges, in fractions of a picture, lie in it."""
    slack = _OVERHANG * np.diff(edges)
    return (edges[:-1] >= -slack) & (edges[1:] <= 1.0 + slack)


def _resampled(cells: UInt8, down: Float64, across: Float64) -> Float32:
    moved = np.matmul(down.astype(np.float32), cells.astype(np.float32))
    out: Float32 = np.matmul(moved, across.T.astype(np.float32))
    return out
