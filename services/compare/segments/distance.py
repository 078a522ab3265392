"""Distances between segment vectors, at the speed of memory.

Cosine is `1 - a.b / (|a| |b|)` in [0, 2]. Euclidean is taken between unit vectors, in [0, 2], or
between the vectors as they are. A zero vector has no direction: it is at distance 1 from any other
vector, and at distance 0 from another zero vector, as two silent segments are the same.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from services.compare.timeline import Float32, Float64

Matrix = NDArray[np.floating]

# Rows handled at a time: small enough for a core's own cache, large enough for few calls.
_BLOCK_ROWS = 256
# Squared norms outside this range have lost digits in float32 and are computed again.
_SAFE_SQUARE = (1e-30, 1e30)


class Metric(enum.Enum):
    """How far two vectors are apart; the values are the contract's names."""

    COSINE = "COSINE"
    EUCLIDEAN = "EUCLIDEAN"


class InvalidReason(enum.Enum):
    """Why tracks can not be compared; the names are part of the public contract."""

    EMPTY = "EMPTY"
    NOT_FINITE = "NOT_FINITE"
    DIMENSION_MISMATCH = "DIMENSION_MISMATCH"
    LENGTH_MISMATCH = "LENGTH_MISMATCH"
    INVALID_TIMES = "INVALID_TIMES"
    INVALID_OPTION = "INVALID_OPTION"


class InvalidTrack(ValueError):
    """The input can not be compared; `reason` says why to a program, the message to a person."""

    def __init__(self, reason: InvalidReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason.value


def pairwise_distances(a: Matrix, b: Matrix, metric: Metric, normalize: bool = True) -> Float32:
    """Distance of row i of `a` to row i of `b`.

    a, b: (n, d), finite. Returns (n,) float32. `normalize=False` keeps the length of the vectors in
    the Euclidean distance; the cosine has no use for it.
    Raises InvalidTrack for empty, mismatched or non-finite input.
    """
    a, b = _checked_matrices(a, b)
    if len(a) != len(b):
        raise InvalidTrack(
            InvalidReason.LENGTH_MISMATCH,
            f"row by row distances need as many rows on both sides, not {len(a)} and {len(b)}",
        )
    if metric is Metric.EUCLIDEAN and not normalize:
        return _raw_distances(a, b)
    return _directed_distances(a, b, metric).astype(np.float32)


def unit_rows(matrix: Matrix) -> Float32:
    """The rows scaled to length 1 as float32; zero rows stay zero. Refuses non-finite rows."""
    unit = np.array(matrix, np.float32)
    with np.errstate(over="ignore"):
        squares = np.vecdot(unit, unit)
    extreme = ~((squares > _SAFE_SQUARE[0]) & (squares < _SAFE_SQUARE[1]))
    if extreme.any():
        require_finite(unit, "the matrix")
        peaks = np.abs(unit[extreme]).max(axis=1, keepdims=True)
        unit[extreme] /= np.where(peaks > 0, peaks, 1)
        squares[extreme] = np.vecdot(unit[extreme], unit[extreme])
    unit /= np.sqrt(np.where(squares > 0, squares, 1))[:, None]
    return unit


def _directed_distances(a: Matrix, b: Matrix, metric: Metric) -> Float64:
    """Row by row distances of the vectors' directions."""
    products = _row_products(a, b)
    extreme = ~np.all((products[1:] > _SAFE_SQUARE[0]) & (products[1:] < _SAFE_SQUARE[1]), axis=0)
    if extreme.any():
        unit_a, unit_b = unit_rows(a[extreme]), unit_rows(b[extreme])
        products[:, extreme] = _row_products(unit_a, unit_b)
    # In double precision sqrt(x * x) is x: a vector is at distance 0 exactly from itself.
    dots, squares_a, squares_b = products.astype(np.float64)
    directed = (squares_a > 0) & (squares_b > 0)
    cosines = dots / np.sqrt(np.where(directed, squares_a * squares_b, 1))
    distances = np.clip(1 - cosines, 0, 2)
    if metric is Metric.EUCLIDEAN:
        distances = np.sqrt(2 * distances)
        # One less the cosine has lost its digits where the vectors hardly differ.
        close = np.flatnonzero(directed & (distances < 0.01))
        for rows in _blocks(len(close)):
            difference = unit_rows(a[close[rows]]) - unit_rows(b[close[rows]])
            distances[close[rows]] = np.sqrt(np.vecdot(difference, difference))
    both_zero = (squares_a == 0) & (squares_b == 0)
    return np.where(directed, distances, np.where(both_zero, 0.0, 1.0))


def _row_products(a: Matrix, b: Matrix) -> Float32:
    """(3, n): a.b, a.a and b.b of every row, each block read from memory once."""
    products = np.empty((3, len(a)), np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        for rows in _blocks(len(a)):
            left, right = (
                np.asarray(a[rows], np.float32),
                np.asarray(b[rows], np.float32),
            )
            np.vecdot(left, right, out=products[0, rows])
            np.vecdot(left, left, out=products[1, rows])
            np.vecdot(right, right, out=products[2, rows])
    if not np.isfinite(products).all():
        require_finite(a, "A")
        require_finite(b, "B")
    return products


def _raw_distances(a: Matrix, b: Matrix) -> Float32:
    distances = np.empty(len(a), np.float32)
    for rows in _blocks(len(a)):
        difference = np.subtract(a[rows], b[rows], dtype=np.float32)
        np.vecdot(difference, difference, out=distances[rows])
    if not np.isfinite(distances).all():
        require_finite(a, "A")
        require_finite(b, "B")
    return np.sqrt(distances)


def require_finite(matrix: Matrix, side: str) -> None:
    """Raises InvalidTrack(NOT_FINITE). side: what it is called to people."""
    if not np.isfinite(matrix).all():
        raise InvalidTrack(
            InvalidReason.NOT_FINITE,
            f"{side} holds a value that is not a number or is infinite",
        )


def _checked_matrices(a: Matrix, b: Matrix) -> tuple[Matrix, Matrix]:
    for side, matrix in (("A", a), ("B", b)):
        if matrix.ndim != 2 or matrix.shape[0] == 0 or matrix.shape[1] == 0:
            raise InvalidTrack(InvalidReason.EMPTY, f"{side} holds no vectors: {matrix.shape}")
    if a.shape[1] != b.shape[1]:
        raise InvalidTrack(
            InvalidReason.DIMENSION_MISMATCH,
            f"A's vectors have {a.shape[1]} dimensions, B's {b.shape[1]}",
        )
    return a, b


def _blocks(rows: int) -> Iterator[slice]:
    return (slice(start, start + _BLOCK_ROWS) for start in range(0, rows, _BLOCK_ROWS))
