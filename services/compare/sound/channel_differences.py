"""How the channels of two sounds of one layout differ, told by the level of each.

The sum of the channels is compared elsewhere; a channel may be missing, out of place or too quiet
while the sum is nearly what it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.geometry import true_runs
from services.compare.sound.heard_steps import Steps
from services.compare.timeline import SOUND_STEP_SECONDS, Float32, Float64

# A channel is silent when it has less than this, in decibels, or so much less than the other's.
_SILENT, _FAR_BELOW = -75.0, 40.0
# What is louder than this would be missed.
_AUDIBLE = -55.0
# A channel that is silent for a shorter time is not told, in seconds.
SHORTEST_SILENCE = 1.0
_SILENCE_STEPS = round(SHORTEST_SILENCE / SOUND_STEP_SECONDS)
_SMOOTH_STEPS = 15
# A pause of both sides, in steps, does not end a silence.
_PAUSE_STEPS = 100
_THROUGHOUT_SHARE = 0.95
# Levels of channels are compared over so many steps, and so many of them, evenly spread.
_ORDER_STEPS, _SAMPLED_STEPS = 5, 20_000
# Another channel must fit so much better than the own, by share and in decibels.
_FITS_BETTER, _CLEARLY = 0.6, 0.5
_MOST_APART = np.float32(12.0)
_MOST_LOUDER = np.float32(24.0)
# From here on channels that are louder or quieter against each other are told, in decibels, if so
# many steps are audible.
LEAST_BALANCE = 1.5
_LEAST_STEPS = 100
# A channel has other sound where its level goes up and down otherwise, by so many decibels on
# average over so many steps. It may be louder or quieter by what stays the same.
_OTHER_SOUND, _OTHER_STEPS = 4.0, 100

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class SilentChannel:
    """A channel, by its index, that is silent on one side and heard on the other.

    in_b: on which side it is silent. stretches: in A's seconds; none for throughout.
    """

    channel: int
    in_b: bool
    stretches: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class OtherChannel:
    """A channel, by its index, whose sound is another. stretches: in A's seconds."""

    channel: int
    stretches: tuple[tuple[float, float], ...]


def silent_channels(steps: Steps) -> list[SilentChannel]:
    """Nothing is told of moments when all channels of one side are silent: that is other sound."""
    of_a, of_b = steps.decibels(_SMOOTH_STEPS)
    found: list[SilentChannel] = []
    for in_b, kept, lost in ((True, of_a, of_b), (False, of_b, of_a)):
        missing = _missing(kept, lost)
        for channel in range(kept.shape[1]):
            heard = kept[:, channel] > _AUDIBLE
            count = int(missing[:, channel].sum())
            if count >= max(_THROUGHOUT_SHARE * float(heard.sum()), _SILENCE_STEPS):
                found.append(SilentChannel(channel, in_b, ()))
                continue
            both_quiet = ~heard & (lost[:, channel] < _AUDIBLE)
            lacking = _widened(_bridged(missing[:, channel], both_quiet))
            runs = _stretches(lacking, steps.times)
            if runs:
                found.append(SilentChannel(channel, in_b, runs))
    return found


def throughout(silences: Sequence[SilentChannel]) -> list[int]:
    """The channels that are silent on one side from the start to the end."""
    return sorted({silence.channel for silence in silences if not silence.stretches})


def order_of_channels(steps: Steps, silent: Sequence[int]) -> list[int] | None:
    """For each channel of A the one of B that has its sound; None when each has its own.

    silent: channels that are left out, as they are silent on one side.
    """
    live = [channel for channel in range(steps.a.shape[1]) if channel not in silent]
    of_a, of_b = (side[steps.same] for side in steps.decibels(_ORDER_STEPS))
    chosen = np.linspace(0, len(of_a) - 1, min(len(of_a), _SAMPLED_STEPS)).astype(np.int64)
    of_a, of_b = of_a[chosen], of_b[chosen]
    loudest_a, loudest_b = (side.max(axis=1, initial=-100) for side in (of_a, of_b))
    audible = np.minimum(loudest_a, loudest_b) > _AUDIBLE
    if audible.sum() < _LEAST_STEPS or len(live) < 2:
        return None
    gain = np.median((loudest_b - loudest_a)[audible])
    of_a, of_b = of_a[audible], of_b[audible]
    order = list(range(steps.a.shape[1]))
    moved = False
    for channel in live:
        costs = {each: _apart(of_a[:, channel] + gain, of_b[:, each]) for each in live}
        best = min(live, key=lambda each: (costs[each], each != channel))
        better = costs[best] < _FITS_BETTER * costs[channel]
        if best != channel and better and costs[channel] - costs[best] > _CLEARLY:
            order[channel], moved = best, True
    return order if moved and len(set(order)) == len(order) else None


def gains_of_channels(steps: Steps, silent: Sequence[int]) -> dict[int, float]:
    """By how many decibels B's channels are louder, for those that are heard long enough."""
    of_a, of_b = (side[steps.same] for side in steps.decibels(_SMOOTH_STEPS))
    gains = {}
    for channel in range(of_a.shape[1]):
        heard = np.minimum(of_a[:, channel], of_b[:, channel]) > _AUDIBLE
        if channel not in silent and heard.sum() >= _LEAST_STEPS:
            gains[channel] = float(np.median(of_b[heard, channel] - of_a[heard, channel]))
    return gains


def other_channels(steps: Steps, channels: Sequence[int]) -> list[OtherChannel]:
    """Those of the channels that have other sound where the sum of all is the same."""
    of_a, of_b = steps.decibels(_SMOOTH_STEPS)
    found = []
    for channel in channels:
        heard = steps.same & (np.maximum(of_a[:, channel], of_b[:, channel]) > _AUDIBLE)
        louder = np.clip(of_b[:, channel] - of_a[:, channel], -_MOST_LOUDER, _MOST_LOUDER)
        otherwise = np.abs(louder - _mean_where(louder, heard))
        mean = _mean_where(otherwise, heard)
        runs = _stretches(_bridged(mean > _OTHER_SOUND, ~heard), steps.times, _OTHER_STEPS)
        if runs:
            found.append(OtherChannel(channel, runs))
    return found


def missing_channels(of_a: Float32, of_b: Float32) -> Bools:
    """(n, channels) whether a channel is silent on one side only. of_a, of_b: decibels."""
    return _missing(of_a, of_b) | _missing(of_b, of_a)


def _missing(kept: Float32, lost: Float32) -> Bools:
    """Where all channels are silent, that is other sound."""
    missing = (kept > _AUDIBLE) & ((lost < _SILENT) | (lost < kept - _FAR_BELOW))
    missing[(lost < _SILENT).all(axis=1)] = False
    return missing


def _apart(own: Float32, other: Float32) -> float:
    either = np.maximum(own, other) > _AUDIBLE
    if not either.any():
        return 0.0
    return float(np.minimum(np.abs(own - other), _MOST_APART)[either].mean())


def _mean_where(values: Float32 | Float64, chosen: Bools) -> Float64:
    """The mean of the chosen values around each; 0 where too few are."""
    kernel = np.ones(_OTHER_STEPS)
    if len(values) < _OTHER_STEPS:
        return np.zeros(len(values))
    total = np.convolve(np.where(chosen, values, 0.0), kernel, "same")
    count = np.convolve(chosen.astype(np.float64), kernel, "same")
    return np.where(count >= _OTHER_STEPS / 2, total / np.maximum(count, 1), 0.0)


def _bridged(missing: Bools, both_quiet: Bools) -> Bools:
    """With the pauses of both sides between missing sound filled."""
    out = missing.copy()
    for first, last in true_runs(~missing):
        inner = first > 0 and last < len(missing)
        if inner and last - first <= _PAUSE_STEPS and both_quiet[first:last].mean() > 0.5:
            out[first:last] = True
    return out


def _widened(missing: Bools) -> Bools:
    """With what smoothing took away at the ends: a level falls when the last of a sound is out."""
    out = missing.copy()
    for first, last in true_runs(missing):
        out[max(first - _SMOOTH_STEPS // 2, 0) : last + _SMOOTH_STEPS // 2] = True
    return out


def _stretches(
    found: Bools, times: Float64, shortest: int = _SILENCE_STEPS
) -> tuple[tuple[float, float], ...]:
    """In A's seconds, without the short ones."""
    return tuple(
        (float(times[first]), float(times[last - 1]) + SOUND_STEP_SECONDS)
        for first, last in true_runs(found)
        if last - first >= shortest
    )
