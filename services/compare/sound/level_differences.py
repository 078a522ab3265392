"""How far apart two soundtracks are, step by step, once what is usual for the pair is taken out.

Usual are a delay, a loudness, also where dynamics change it slowly, and bands that coding left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.sound.tuning import SoundTuning
from services.compare.timeline import Float32, Float64, UInt8

_LEVELS_A_BEL = np.float32(24)
# What lies below this, in bels, may be lost in coding, and is the same as silence.
_FLOOR = 0.8
# Dynamics are worked on in mastering; only what is louder or quieter by more than this, in bels,
# says that the sound is another, and less so than its spectrum.
_SAME_LOUDNESS = np.float32(1.0)
_LOUDNESS_WEIGHT = np.float32(0.3)
# Encoders delay a sound by up to this many steps without telling, and hardly vary in that.
_MOST_DELAY, _DELAY_VARIES, _DELAY_STEP = 5.0, 2.0, 0.5
# The delay of a step is the one that fits best around it; a larger one needs a reason.
_DELAY_STEPS = 100
_DELAY_COST = np.float32(1e-3)
# How loud one is against the other is told from so many steps around, if enough of them are loud.
_GAIN_STEPS = 100
_GAIN_SHARE = 0.1
_SAMPLED_STEPS = 3000
_BLOCK = 3000
_USUAL_QUANTILE = 0.25
_LEAST_USUAL_STEPS = 50


@dataclass(frozen=True)
class Compared:
    """Steps of A against B. difference: (n,) in bels; heard: (n,) whether either is heard."""

    difference: Float32
    heard: NDArray[np.bool_]

    def usual(self, chosen: NDArray[np.bool_]) -> float:
        """The difference that the chosen steps, or all if they are few, have even where the sound
        is the same."""
        heard = self.heard & chosen
        if heard.sum() < _LEAST_USUAL_STEPS:
            heard = self.heard
        return float(np.quantile(self.difference[heard], _USUAL_QUANTILE)) if heard.any() else 0.0


def compare(a: UInt8, b: UInt8, positions: Float64, *, tuning: SoundTuning) -> Compared:
    """Each row of `a` with what `b` has at a position, at the delay that fits best there and at
    the loudness that `b` usually has."""
    common = _common_bands(a, b, positions, tuning=tuning)
    a, b = a[:, common], b[:, common]
    delay, gain = _usual_delay_and_gain(a, b, positions, tuning=tuning)
    delays = delay + np.arange(-_DELAY_VARIES, _DELAY_VARIES + _DELAY_STEP, _DELAY_STEP)
    difference = np.empty(len(a), np.float32)
    heard = np.empty(len(a), bool)
    pad = _DELAY_STEPS // 2
    for start in range(0, len(a), _BLOCK):
        low, high = max(start - pad, 0), min(start + _BLOCK + pad, len(a))
        own = _bels(a[low:high])
        usual = np.full(high - low, gain)
        around = _gains_around(own, at_positions(b, positions[low:high] + delay), gain)
        fit, best = np.full(high - low, np.inf, np.float32), np.empty(high - low, np.float32)
        either = np.zeros(high - low, bool)
        for tried in delays:
            other = at_positions(b, positions[low:high] + tried)
            # Dynamics change the gain, and so would other sound close by: the better one holds.
            apart, audible = _apart(own, other, usual)
            apart = np.minimum(apart, _apart(own, other, around)[0])
            clipped = np.minimum(apart, np.float32(tuning.different))
            cost = running_mean(clipped, _DELAY_STEPS) + _DELAY_COST * np.float32(
                abs(tried - delay)
            )
            better = cost < fit
            best, either = np.where(better, apart, best), np.where(better, audible, either)
            fit = np.minimum(cost, fit)
        kept = slice(start - low, min(start + _BLOCK, len(a)) - low)
        difference[start : start + _BLOCK] = best[kept]
        heard[start : start + _BLOCK] = either[kept]
    return Compared(difference, heard)


def _common_bands(
    a: UInt8, b: UInt8, positions: Float64, *, tuning: SoundTuning
) -> NDArray[np.bool_]:
    """(16,) the bands that neither lacks: low bit rates and telephones leave the highest out."""
    chosen = _samples(len(a))
    louder = np.median(_bels(a[chosen]) - at_positions(b, positions[chosen]), axis=0)
    lacking = np.abs(louder - np.median(louder)) > tuning.band_lacking
    return ~lacking if lacking.mean() <= tuning.most_lacking else np.ones(len(lacking), bool)


def _samples(count: int) -> NDArray[np.int64]:
    return np.linspace(0, count - 1, min(count, _SAMPLED_STEPS)).astype(np.int64)


def _usual_delay_and_gain(
    a: UInt8, b: UInt8, positions: Float64, *, tuning: SoundTuning
) -> tuple[float, np.float32]:
    """By how many steps `b` is late, and by how many bels quieter, on the whole."""
    chosen = _samples(len(a))
    own = _bels(a[chosen])
    found = (np.inf, 0.0, np.float32(0))
    for delay in np.arange(-_MOST_DELAY, _MOST_DELAY + _DELAY_STEP, _DELAY_STEP):
        other = at_positions(b, positions[chosen] + delay)
        louder, both = _louder(own, other)
        gain = np.float32(np.median(louder[both])) if both.any() else np.float32(0)
        apart, heard = _apart(own, other, np.full(len(own), gain))
        clipped = np.minimum(apart[heard], np.float32(tuning.different))
        cost = float(clipped.mean()) if len(clipped) else 0.0
        found = min(found, (cost + float(_DELAY_COST) * abs(delay), float(delay), gain))
    return found[1], found[2]


def _gains_around(own: Float32, other: Float32, usual: np.float32) -> Float32:
    """(n,) by how many bels `own` is louder around each step; `usual` where that can't be told."""
    louder, both = _louder(own, other)
    share = running_mean(both.astype(np.float32), _GAIN_STEPS)
    mean = running_mean(np.where(both, louder, np.float32(0)), _GAIN_STEPS)
    told = share > _GAIN_SHARE
    return np.where(told, mean / np.where(told, share, np.float32(1)), usual)


def _louder(own: Float32, other: Float32) -> tuple[Float32, NDArray[np.bool_]]:
    """(n,) by how many bels `own` is louder, and where both are loud enough to tell."""
    of_own, of_other = own.mean(axis=1), other.mean(axis=1)
    return of_own - of_other, (of_own > _FLOOR) & (of_other > _FLOOR)


def _bels(levels: UInt8) -> Float32:
    return levels.astype(np.float32) / _LEVELS_A_BEL


def at_positions(levels: UInt8, positions: Float64) -> Float32:
    """(n, bands) bels at positions between rows."""
    at = np.clip(positions, 0, len(levels) - 1)
    low = at.astype(np.int64)
    share = (at - low).astype(np.float32)[:, None] / _LEVELS_A_BEL
    high = np.minimum(low + 1, len(levels) - 1)
    between: Float32 = levels[low] * (1 / _LEVELS_A_BEL - share) + levels[high] * share
    return between


def _apart(own: Float32, other: Float32, gains: Float32) -> tuple[Float32, NDArray[np.bool_]]:
    """(n,) how far spectra are apart, in bels, and whether either is heard.

    gains: (n,) what `other` is to be raised by; what it may have lost at the floor counts for
    neither.
    """
    raised = gains[:, None]
    floor = np.float32(_FLOOR) + np.maximum(raised, 0)
    own, other = np.maximum(own, floor), np.maximum(other + raised, floor)
    heard = np.maximum(own.max(axis=1), other.max(axis=1)) > floor[:, 0]
    difference = own - other
    louder = difference.mean(axis=1)
    difference -= louder[:, None]
    np.abs(difference, out=difference)
    beyond = np.maximum(np.abs(louder) - _SAME_LOUDNESS, 0)
    apart: Float32 = difference.mean(axis=1) + _LOUDNESS_WEIGHT * beyond
    return apart, heard


def running_mean(values: Float32, width: int) -> Float32:
    """Running means of up to `width` values around each; fewer at the ends."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    index = np.arange(len(values))
    low = np.maximum(index - width // 2, 0)
    high = np.minimum(index - width // 2 + width, len(values))
    means: Float32 = ((sums[high] - sums[low]) / (high - low)).astype(np.float32)
    return means
