"""The visual vector: what is seen, what is seen where, and how light and colours are laid out.

A vector has 1008 dimensions, three parts of unit length with fixed shares of the whole:

    semantic 512  the network's pooled head
    grid     400  the network's middle stage on 5x5 cells of 16 numbers, each cell of unit length
    layout    96  8x8 cells of luma, less their mean and over their deviation; 4x4 of Cb and Cr

Several samples make one vector by the mean of each part before it is brought to unit length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.embed.artifacts.tracks import Float32, UInt8

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
class VisualSample:
    """What is kept of one sampled picture.

    semantic: (512,). grid: (25, 16). colours: (16, 16, 3), its fingerprint.
    """

    semantic: Float32
    grid: Float32
    colours: UInt8


@dataclass(frozen=True)
class SegmentVectors:
    """whole: (1008,) for all samples together. samples: (n, 1008), each alone. Of unit length."""

    whole: Float32
    samples: Float32


def segment_vectors(samples: Sequence[VisualSample]) -> SegmentVectors:
    """Describe a segment by what was sampled of it."""
    semantic = _with_mean([sample.semantic for sample in samples])
    grid = _with_mean([sample.grid for sample in samples])
    colours = _with_mean([sample.colours for sample in samples])
    parts = (
        (_SEMANTIC_SHARE, semantic),
        (_GRID_SHARE, _unit(grid).reshape(len(grid), -1)),
        (_LAYOUT_SHARE, _layout(colours)),
    )
    vectors = np.concatenate(
        [np.float32(np.sqrt(share)) * _unit(part) for share, part in parts], axis=1
    )
    return SegmentVectors(whole=vectors[-1], samples=vectors[:-1])


def _with_mean(values: Sequence[Float32] | Sequence[UInt8]) -> Float32:
    """(n + 1, ...): the values, and their mean as the last."""
    stacked = np.stack(values).astype(np.float32)
    return np.concatenate([stacked, stacked.mean(axis=0, keepdims=True)])


def _layout(colours: Float32) -> Float32:
    """(n, 96) from (n, 16, 16, 3) mean colours."""
    luma = _cells(colours[..., 0], _LUMA_CELLS)
    luma = luma - luma.mean(axis=1, keepdims=True)
    deviation = np.sqrt((luma**2).mean(axis=1, keepdims=True) + _FLAT_LUMA**2)
    chroma = [(_cells(colours[..., i], _CHROMA_CELLS) - 128) * _CHROMA_GAIN for i in (1, 2)]
    return np.concatenate([luma / deviation, *chroma], axis=1)


def _cells(planes: Float32, cells: int) -> Float32:
    """(n, cells^2) means of (n, side, side)."""
    count, side, _ = planes.shape
    step = side // cells
    means: Float32 = planes.reshape(count, cells, step, cells, step).mean(axis=(2, 4))
    return means.reshape(count, -1)


def _unit(values: Float32) -> Float32:
    """Of unit length along the last axis; nothing stays nothing."""
    length = np.linalg.norm(values, axis=-1, keepdims=True)
    unit: Float32 = (values / np.maximum(length, _TINY)).astype(np.float32)
    return unit
