"""How loud each channel of a sound is, fifty times a second.

Levels are K-weighted mean squares (ITU-R BS.1770-5, annex 1), so that loudness follows from them
by sums. The weighting is applied to short spectra of the lower frequencies: to filter sample after
sample costs several times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from numpy.typing import NDArray

from services.embed.artifacts.tracks import (
    SOUND_STEP_SECONDS,
    Float32,
    Float64,
    UInt16,
)

# Levels are stored in steps of so many decibels above the floor, which stands for silence too.
DECIBELS_A_STEP = 0.05
FLOOR_DECIBELS = -100.0

# The weighting is the same for all that is above half of this.
_ANALYSED_RATE = 12_000
# Full scale is 1; beyond this is no sound.
_LOUDEST = 8.0
# So much sound at once costs less than every piece of it by itself.
_SECONDS_AT_ONCE = 1.0
# So many steps of silence are given at once.
_SILENT_STEPS = 1000
_SAMPLE_TYPES = {"u8": "u1", "s16": "i2", "s32": "i4", "s64": "i8", "flt": "f4", "dbl": "f8"}
# The middle and full scale of whole numbers, by their bytes.
_WHOLE_NUMBERS = {
    1: (np.float32(2**7), np.float32(2**7)),
    2: (np.float32(0), np.float32(2**15)),
    4: (np.float32(0), np.float32(2**31)),
    8: (np.float32(0), np.float32(2**63)),
}
# The weight that high sound has: 4 dB.
_HIGHEST_WEIGHT = 2.535
# The two filters of BS.1770 at 48 kHz: (b0, b1, b2), (1, a1, a2).
_FILTER_RATE = 48_000
_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
_HIGH_PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))


class ChannelMeter:
    """Takes runs of sound, each without a gap, in order; gives the levels of complete steps.

    channels: what the columns stand for, by name; where the sound changes its layout, channels that
    it doesn't have then are silent. give: takes (n, channels) levels, from time zero on.
    """

    def __init__(self, channels: Sequence[str], give: Callable[[UInt16], None]) -> None:
        self._channels = tuple(channels)
        self._give = give
        self._given = 0
        # The run's samples from the step under way on, and how many are known of them.
        self._samples: Float32 = np.empty((len(self._channels), 0), np.float32)
        self._known = 0
        self._step = 0
        self._rate = 0
        # At how many samples after time zero the step under way begins, by the run's own count.
        self._begins = 0
        # How many samples of the run are before time zero and still to come.
        self._left_out = 0

    def begin(self, time: float, rate: int) -> None:
        """A run begins at `time`, in seconds."""
        self._end_run()
        self._rate = rate
        first = round(time * rate)
        self._step = max(int(first // (rate * SOUND_STEP_SECONDS)), 0)
        self._begins = _first_sample(self._step, rate)
        # What precedes the run in its first step is silence; what precedes zero is left out.
        self._known = max(first - self._begins, 0)
        self._make_room(0)
        self._samples[:, : self._known] = 0
        self._left_out = max(self._begins - first, 0)

    def add(self, frame: AudioFrame) -> None:
        """The run's next samples."""
        left_out = min(self._left_out, frame.samples)
        self._left_out -= left_out
        count = frame.samples - left_out
        self._make_room(count)
        new = self._samples[:, self._known : self._known + count]
        names = channel_names(frame.layout)
        if names != self._channels:
            new[:] = 0
        for name, channel in zip(names, _channels_of(frame), strict=True):
            if name in self._channels:
                new[self._channels.index(name)] = _full_scale(channel[left_out:])
        self._known += count
        if self._known >= _SECONDS_AT_ONCE * self._rate:
            self._give_steps(self._complete_steps())

    def finish(self, end: float) -> None:
        """There is no more; the sound is silent up to `end`."""
        self._end_run()
        self._silence_until(round(end / SOUND_STEP_SECONDS))

    def _make_room(self, count: int) -> None:
        if self._known + count > self._samples.shape[1]:
            size = self._known + max(count, round(2 * _SECONDS_AT_ONCE * self._rate))
            larger = np.empty((len(self._channels), size), np.float32)
            kept = min(self._known, self._samples.shape[1])
            larger[:, :kept] = self._samples[:, :kept]
            self._samples = larger

    def _complete_steps(self) -> int:
        whole = int(self._known / (self._rate * SOUND_STEP_SECONDS))
        return whole if self._offset(whole) <= self._known else whole - 1

    def _offset(self, steps: int) -> int:
        """Where, in the samples, the step so many after the one under way begins."""
        return _first_sample(self._step + steps, self._rate) - self._begins

    def _give_steps(self, count: int) -> None:
        end = self._offset(count)
        skipped = min(max(self._given - self._step, 0), count)
        if skipped < count:
            self._silence_until(self._step)
            powers = _weighted_power(self._windows(count), self._rate)
            self._give(_as_levels(powers[:, skipped:].T))
            self._given += count - skipped
        rest = self._known - end
        self._samples[:, :rest] = self._samples[:, end : self._known].copy()
        self._known = rest
        self._begins += end
        self._step += count

    def _windows(self, count: int) -> Float32:
        """(channels, count, samples) the next steps."""
        length = int(self._rate * SOUND_STEP_SECONDS)
        if count * length == self._offset(count):
            return self._samples[:, : count * length].reshape(-1, count, length)
        starts = [self._offset(step) for step in range(count)]
        windows: Float32 = np.stack([self._samples[:, at : at + length] for at in starts], axis=1)
        return windows

    def _end_run(self) -> None:
        if self._rate:
            if whole := self._complete_steps():
                self._give_steps(whole)
            if self._known:
                missing = max(self._offset(1) - self._known, 0)
                self._make_room(missing)
                self._samples[:, self._known : self._known + missing] = 0
                self._known += missing
                self._give_steps(1)
        self._known = 0

    def _silence_until(self, step: int) -> None:
        while (missing := step - self._given) > 0:
            count = min(missing, _SILENT_STEPS)
            self._give(np.zeros((count, len(self._channels)), np.uint16))
            self._given += count


def channel_names(layout: AudioLayout) -> tuple[str, ...]:
    """`FL`, `FR`: short names of a layout's channels; their numbers where it has none."""
    names = tuple(channel.name for channel in layout.channels)
    if len(set(names)) == len(names):
        return names
    return tuple(str(number + 1) for number in range(len(names)))


def _channels_of(frame: AudioFrame) -> list[NDArray[Any]]:
    """The samples of each channel, without a copy, and valid as long as the frame is."""
    sample_type = np.dtype(_SAMPLE_TYPES[frame.format.name.removesuffix("p")])
    if frame.format.is_planar:
        planes = [np.frombuffer(memoryview(plane), sample_type) for plane in frame.planes]
        return [plane[: frame.samples] for plane in planes]
    count = frame.layout.nb_channels
    mixed = np.frombuffer(memoryview(frame.planes[0]), sample_type)[: frame.samples * count]
    return list(mixed.reshape(-1, count).T)


def _full_scale(samples: NDArray[Any]) -> NDArray[Any]:
    """Samples of whole numbers as shares of full scale; others as they are."""
    if samples.dtype.kind == "f":
        return samples
    middle, scale = _WHOLE_NUMBERS[samples.dtype.itemsize]
    return (samples.astype(np.float32) - middle) / scale


def _first_sample(step: int, rate: int) -> int:
    return round(step * SOUND_STEP_SECONDS * rate)


def _weighted_power(windows: Float32, rate: int) -> Float64:
    """(channels, steps) K-weighted mean squares of (channels, steps, samples).

    From a few kilohertz on the weighting is the same for all; by how much less lower sound counts
    is told from spectra of sums of neighbouring samples.
    """
    together = max(round(rate / _ANALYSED_RATE), 1)
    length = windows.shape[2] // together
    samples = windows[:, :, : length * together]
    plain: Float64 = np.einsum("cst,cst->cs", samples, samples).astype(np.float64)
    if not plain.any():
        return plain
    if not np.isfinite(plain).all():
        # Files of floating-point samples may hold anything.
        clean = np.clip(np.nan_to_num(windows), -_LOUDEST, _LOUDEST)
        return _weighted_power(clean, rate)
    sums = samples.reshape(*samples.shape[:2], length, together) @ np.ones(together, np.float32)
    # The transform of double floats is twice as fast as that of single ones.
    spectrum = np.fft.rfft(sums.astype(np.float64))
    squares = spectrum.real**2 + spectrum.imag**2
    power: Float64 = _HIGHEST_WEIGHT * plain / (length * together)
    power -= squares @ _lacking_weights(length, rate, together)
    return power


@lru_cache(maxsize=8)
def _lacking_weights(length: int, rate: int, together: int) -> Float64:
    """By how much less than the highest weight the square of each bin of a spectrum counts."""
    hertz = np.fft.rfftfreq(length, together / rate)
    turn = np.exp(-2j * np.pi * hertz / _FILTER_RATE)
    response = np.ones(len(hertz), np.complex128)
    for (b0, b1, b2), (a1, a2) in (_SHELF, _HIGH_PASS):
        response *= (b0 + b1 * turn + b2 * turn**2) / (1 + a1 * turn + a2 * turn**2)
    angle = np.pi * hertz[1:] / rate
    summed = np.append(together, np.sin(together * angle) / np.sin(angle))
    twice = np.full(len(hertz), 2.0)
    twice[0] = 1.0
    if length % 2 == 0:
        twice[-1] = 1.0
    lacking = np.maximum(_HIGHEST_WEIGHT - np.abs(response) ** 2, 0)
    weights: Float64 = twice * lacking / summed**2 / length**2
    return weights


def _as_levels(power: Float64) -> UInt16:
    least = 10 ** (FLOOR_DECIBELS / 10)
    steps = (10 * np.log10(np.maximum(power, least)) - FLOOR_DECIBELS) / DECIBELS_A_STEP
    levels: UInt16 = np.minimum(np.rint(steps), np.iinfo(np.uint16).max).astype(np.uint16)
    return levels
