"""Colour: how the levels of one version follow from those of the other, throughout.

A grade, an exposure, another colour matrix and the loss of colour are fitted as one: each channel
is a curve of the luma plus shares of both chroma channels and of their products, as grades treat
shadows, lights and saturated colours each in its own way. The fit is robust (iteratively
reweighted least squares; Holland and Welsch, 1977), so that what was replaced does not bend it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.compare.frames.fingerprints import CHANNEL_WEIGHTS
from services.compare.looks.tuning import LooksTuning
from services.compare.timeline import Float32, Float64, UInt8

_KNOTS = np.linspace(0.0, 255.0, 9)
_ROUNDS = 6
_FITTED_CELLS = 12_000
_NEUTRAL = 128.0
_PRODUCTS = 7


@dataclass(frozen=True)
class ColourMap:
    """What becomes of a cell's colours.

    curve: (256, 3) the part of Y, Cb and Cr that follows from the luma.
    products: (7, 3) how much of each column of `_products` goes into each.
    """

    curve: Float32
    products: Float32

    def __call__(self, fingerprints: UInt8) -> UInt8:
        """(n, 16, 16, 3) fingerprints as they would look."""
        levels = self.curve[fingerprints[..., 0]] + _products(fingerprints) @ self.products
        return np.asarray(np.clip(np.rint(levels), 0, 255), np.uint8)


@dataclass(frozen=True)
class ColourFit:
    """A colour map and what it leaves.

    residual: the median difference that is left, in levels; relative: against how much the target
    itself varies.
    """

    colour: ColourMap
    residual: float
    relative: float


def fit_colours(source: UInt8, target: UInt8, *, tuning: LooksTuning) -> ColourFit:
    """How the target's colours follow from the source's. source, target: (n, 3) cells, paired."""
    if len(source) > _FITTED_CELLS:
        thinned = np.random.default_rng(0).choice(len(source), _FITTED_CELLS, replace=False)
        source, target = source[thinned], target[thinned]
    columns = _columns(source)
    wanted = target.astype(np.float64)
    penalty, aim = _prior(len(source), tuning=tuning)
    size, solution = np.zeros(len(source)), np.zeros((columns.shape[1], 3))
    for _ in range(_ROUNDS):
        weight = _trust(size, tuning=tuning)
        weighted = columns * weight[:, None]
        normal = weighted.T @ columns + penalty
        solution = np.asarray(np.linalg.solve(normal, weighted.T @ wanted + aim), np.float64)
        size = _sizes(wanted - columns @ solution)
    knots, products = solution[: len(_KNOTS)], solution[len(_KNOTS) :]
    curve = np.stack([np.interp(np.arange(256), _KNOTS, knots[:, k]) for k in range(3)], axis=1)
    residual = float(np.median(size))
    varies = float(_sizes(np.std(wanted, axis=0)[None])[0])
    return ColourFit(
        ColourMap(curve.astype(np.float32), products.astype(np.float32)),
        residual,
        residual / max(varies, 1.0),
    )


def _sizes(levels: Float64) -> Float64:
    """(n,) all channels of (n, 3) differences taken together."""
    together: Float64 = np.abs(levels) @ (CHANNEL_WEIGHTS.astype(np.float64) / 3.0)
    return together


def _trust(size: Float64, *, tuning: LooksTuning) -> Float64:
    """(n,) how much each sample counts: less, the further it is from the fit."""
    spread = max(float(np.median(size)), tuning.colour_least_spread)
    trust: Float64 = 1.0 / (1.0 + np.square(size / (2.0 * spread)))
    return trust


def _columns(source: UInt8) -> Float64:
    """(n, 16): how near each luma is to each knot of the curve, then the products."""
    luma = source[:, 0].astype(np.float64)
    spacing = _KNOTS[1] - _KNOTS[0]
    near = np.maximum(0.0, 1.0 - np.abs(luma[:, None] - _KNOTS[None]) / spacing)
    return np.concatenate([near, _products(source)], axis=1)


def _products(cells: UInt8) -> Float32:
    """(..., 7): Cb and Cr less 128, both times luma, both squared, and one times the other."""
    levels = cells.astype(np.float32) - np.float32(_NEUTRAL)
    luma, blue, red = np.moveaxis(levels / np.float32(_NEUTRAL), -1, 0)
    columns = [blue, red, luma * blue, luma * red, blue**2, red**2, blue * red]
    return np.stack(columns, axis=-1) * np.float32(_NEUTRAL)


def _prior(count: int, *, tuning: LooksTuning) -> tuple[Float64, Float64]:
    """The ridge (16, 16) and its aim (16, 3): smooth curves, near the identity where nothing is
    known."""
    knots, size = len(_KNOTS), len(_KNOTS) + _PRODUCTS
    bend = np.diff(np.eye(knots), 2, axis=0)
    penalty = np.zeros((size, size))
    penalty[:knots, :knots] = tuning.colour_smooth * count * (bend.T @ bend)
    pull = tuning.colour_identity * count
    penalty += pull * np.eye(size)
    same = np.zeros((size, 3))
    same[:knots, 0] = _KNOTS
    same[:knots, 1:] = _NEUTRAL
    same[knots, 1] = same[knots + 1, 2] = 1.0
    return penalty, pull * same
