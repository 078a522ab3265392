"""The visual vector: what is seen, what is seen where, and how light and colours are laid out.

A vector has 1008 dimensions, three parts of unit length with fixed shares of the whole:

    semantic 512  the network's pooled head
    grid     400  the network's middle stage on 5x5 cells of 16 numbers, each cell of unit length
    layout    96  8x8 cells of luma, less their mean and over their deviation; 4x4 of Cb and Cr

Several samples make one vector by the mean of each part before it is brought to unit length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.embed.tracks import Float32, UInt8

DIMENSION = 512 + 400 + 96

_SEMANTIC_SHARE = 0.35
_GRID_SHARE = 0.40
_LAYOUT_SHARE = 0.25

_LUMA_CELLS = 8
_CHROMA_CELLS = 4
# A flat picture has no layout; below this deviation its luma counts for less and less.
_FLAT_LUMA = 8.0
# Brings chroma, which varies less than luma, to a similar weight.
_CHROMA_GAIN = 0.7 / 24.0
_TINY = 1e-6


@dataclass(frozen=True)
class VisualSamples:
    """What is kept of n sampled pictures, before pooling.

    semantic: (n, 512). grid: (n, 25, 16). colours: (n, 16, 16, 3) their fingerprints.
    """

    semantic: Float32
    grid: Float32
    colours: UInt8


def visual_vectors(samples: VisualSamples, counts: NDArray[np.int64]) -> Float32:
    """(len(counts), 1008) of unit length: one vector for each run of `counts` samples."""
    first = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    semantic = _run_means(samples.semantic, first, counts)
    grid = _run_means(samples.grid, first, counts)
    colours = _run_means(samples.colours.astype(np.float32), first, counts)
    parts = (
        (_SEMANTIC_SHARE, semantic),
        (_GRID_SHARE, _unit(grid).reshape(len(grid), -1)),
        (_LAYOUT_SHARE, _layout(colours)),
    )
    return np.concatenate(
        [np.sqrt(np.float32(share)) * _unit(part) for share, part in parts], axis=1
    )


def _run_means(values: Float32, first: NDArray[np.int64], counts: NDArray[np.int64]) -> Float32:
    sums = np.add.reduceat(values, first, axis=0)
    return sums / counts.reshape(-1, *[1] * (values.ndim - 1)).astype(np.float32)


def _layout(colours: Float32) -> Float32:
    """(n, 96) from (n, 16, 16, 3) mean colours."""
    luma = _cells(colours[..., 0], _LUMA_CELLS)
    luma = luma - luma.mean(axis=1, keepdims=True)
    deviation = np.sqrt((luma**2).mean(axis=1, keepdims=True) + _FLAT_LUMA**2)
    chroma = [(_cells(colours[..., i], _CHROMA_CELLS) - 128) * _CHROMA_GAIN for i in (1, 2)]
    return np.concatenate([luma / deviation, *chroma], axis=1)


def _cells(plane: Float32, cells: int) -> Float32:
    """(n, cells^2) means of (n, side, side)."""
    count, side, _ = plane.shape
    step = side // cells
    return plane.reshape(count, cells, step, cells, step).mean(axis=(2, 4)).reshape(count, -1)


def _unit(values: Float32) -> Float32:
    return values / np.maximum(np.linalg.norm(values, axis=-1, keepdims=True), _TINY)
