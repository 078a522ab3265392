"""How well one sound fits another, window by window, wherever it is louder or brighter."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from services.compare.sound.tuning import SoundTuning
from services.compare.timeline import Float32

# A coarse step is so many steps (0.1 s).
COARSE = 5


class Windows:
    """Windows of one sound, to be correlated with those of others: all bands together."""

    def __init__(self, own: Float32, window: int, hop: int, *, tuning: SoundTuning) -> None:
        self._own, self._window, self._hop = own, window, hop
        self._count = (len(own) - window) // hop + 1
        self._least = tuning.least_variance * window * own.shape[1]
        self._sums_of_own = self._sums(own)
        self._spread = (self._sums(own * own) - self._sums_of_own**2 / window).sum(axis=1)

    @property
    def tell(self) -> NDArray[np.bool_]:
        """(windows,) whether the sound varies enough in each to be told from others."""
        return np.asarray(self._spread > self._least)

    def fit(self, other: Float32) -> Float32:
        """(windows,) the correlation with another sound that begins at the same time."""
        own, window = self._own, self._window
        other = other[: len(own)]
        if len(other) < len(own):
            other = np.pad(other, ((0, len(own) - len(other)), (0, 0)))
        of_other = self._sums(other)
        product = (self._sums(own * other) - self._sums_of_own * of_other / window).sum(axis=1)
        spread_other = (self._sums(other * other) - of_other**2 / window).sum(axis=1)
        told = (self._spread > self._least) & (spread_other > self._least)
        scale = np.sqrt(np.where(told, self._spread * spread_other, 1.0))
        return np.where(told, product / scale, 0.0).astype(np.float32)

    def _sums(self, values: Float32) -> NDArray[np.float64]:
        """(windows, bands). Windows overlap by whole blocks, so each step is summed once."""
        block = math.gcd(self._window, self._hop)
        whole = values[: len(values) // block * block]
        blocks = whole.reshape(-1, block, values.shape[1]).sum(axis=1, dtype=float)
        total = np.concatenate([[np.zeros(values.shape[1])], np.cumsum(blocks, axis=0)])
        starts = np.arange(self._count) * (self._hop // block)
        return np.asarray(total[starts + self._window // block] - total[starts])


def averaged(levels: Float32) -> Float32:
    """(n // 5, bands) means of five steps each."""
    whole = len(levels) // COARSE * COARSE
    means: Float32 = levels[:whole].reshape(-1, COARSE, levels.shape[1]).mean(axis=1)
    return means


def peak_between(before: float, at: float, after: float) -> float:
    """Where between steps the parabola through three correlations has its peak, in steps from the
    middle one: at most half a step, and 0 where it has none."""
    bend = before - 2 * at + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0
