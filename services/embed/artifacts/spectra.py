"""The spectra of a sound: how loud each band of it is, fifty times a second."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from services.embed.artifacts.tracks import SOUND_BANDS, SOUND_STEP_SECONDS, Float32, UInt8

# Samples of the sound in a second, before anything is made of it.
SAMPLE_RATE = 16_000
BANDS = 32
PITCH_CLASSES = 12
HOP_SECONDS = SOUND_STEP_SECONDS

# Windows twice as long as the step from one to the next.
_HOP = round(HOP_SECONDS * SAMPLE_RATE)
_WINDOW = 2 * _HOP
_TRANSFORM = 1024
# A few seconds at once cost less than every piece of sound by itself.
_HOPS_WORTHWHILE = 100
# More leave the processor's caches and, as products, make the linear algebra library start threads,
# which fight with the decoder's.
_HOPS_AT_ONCE = 10
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 7600.0
_CHROMA_LOWEST_HZ, _CHROMA_HIGHEST_HZ = 100.0, 4000.0
_FLOOR_POWER = np.float32(1e-8)
# The floor in bels; spectra are counted from it.
_FLOOR_BELS = np.float32(8)
# Levels are stored in steps of 0.4 dB; what coding does to them is larger.
_LEVELS_A_BEL = np.float32(24)


@dataclass(frozen=True)
class Spectra:
    """Some consecutive moments, a hop apart; the first one of a sound is half a hop after zero.

    bands: (n, 32) float32, mel bands in bels above a floor of -80 dB, below which codecs differ and
    nobody hears. pitch: (n, 12) float32, the power of each pitch class, A first.
    """

    bands: Float32
    pitch: Float32


def silent_spectra(count: int) -> Spectra:
    """What digital silence has, for `count` hops of 0.02 s."""
    return Spectra(
        np.zeros((count, BANDS), np.float32), np.zeros((count, PITCH_CLASSES), np.float32)
    )


def sound_levels(spectra: Spectra) -> UInt8:
    """(n, 16) the bands two by two, as a frame track keeps them."""
    pairs = spectra.bands.reshape(-1, SOUND_BANDS, BANDS // SOUND_BANDS).mean(axis=2)
    levels: UInt8 = np.clip(np.rint(pairs * _LEVELS_A_BEL), 0, 255).astype(np.uint8)
    return levels


class Spectrograph:
    """Feed it a signal in pieces of any length; it answers with the spectra that are complete."""

    def __init__(self) -> None:
        # A window reaches half a hop to each side of its own hop.
        self._signal = [np.zeros((_WINDOW - _HOP) // 2, np.float32)]
        self._length = len(self._signal[0])

    def add(self, samples: Float32) -> Iterator[Spectra]:
        """samples: the signal's next ones at 16 kHz, -1..1."""
        self._signal.append(samples)
        self._length += len(samples)
        if self._length >= _WINDOW + (_HOPS_WORTHWHILE - 1) * _HOP:
            yield self._taken((self._length - _WINDOW) // _HOP + 1)

    def finish(self) -> Iterator[Spectra]:
        """The rest: a last hop that the signal fills in part counts as padded with silence."""
        hops = -(-(self._length - (_WINDOW - _HOP) // 2) // _HOP)
        if hops > 0:
            missing = (hops - 1) * _HOP + _WINDOW - self._length
            self._signal.append(np.zeros(max(missing, 0), np.float32))
            yield self._taken(hops)

    def _taken(self, hops: int) -> Spectra:
        """The spectra of the first so many hops, which are done with then."""
        signal = np.concatenate(self._signal)
        rest = signal[hops * _HOP :]
        self._signal, self._length = [rest], len(rest)
        windows = np.lib.stride_tricks.sliding_window_view(signal, _WINDOW)[: hops * _HOP : _HOP]
        return _described(windows)


def _described(windows: Float32) -> Spectra:
    firsts = range(0, len(windows), _HOPS_AT_ONCE)
    filtered = np.concatenate([_filtered(windows[i : i + _HOPS_AT_ONCE]) for i in firsts])
    bands: Float32 = np.log10(filtered[:, :BANDS] + _FLOOR_POWER) + _FLOOR_BELS
    return Spectra(bands, filtered[:, BANDS:])


def _filtered(windows: Float32) -> Float32:
    """(n, 32 + 12): the power in each mel band and each pitch class."""
    if not windows.any():  # silence, of which gaps in the recording make hours
        return np.zeros((len(windows), BANDS + PITCH_CLASSES), np.float32)
    # The transform of double floats is three times as fast as that of single ones.
    spectrum = np.fft.rfft((windows * _taper()).astype(np.float64), _TRANSFORM)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    filtered: Float32 = power @ _filters()
    return filtered


@lru_cache(maxsize=1)
def _taper() -> Float32:
    """A Hann window, scaled so that a full-scale sine has about unit power in its band."""
    window = np.hanning(_WINDOW)
    scaled: Float32 = (window / window.sum() * 2).astype(np.float32)
    return scaled


@lru_cache(maxsize=1)
def _filters() -> Float32:
    """(bins, 32 + 12): the mel bands, then the pitch classes."""
    return np.ascontiguousarray(np.concatenate([_mel_filters(), _chroma_filters()]).T)


def _mel_filters() -> Float32:
    """(32, bins) triangles evenly spaced on the mel scale (O'Shaughnessy 1987)."""
    bins = np.linspace(0, SAMPLE_RATE / 2, _TRANSFORM // 2 + 1)
    lowest, highest = (2595 * np.log10(1 + hz / 700) for hz in (_LOWEST_HZ, _HIGHEST_HZ))
    edges = 700 * (10 ** (np.linspace(lowest, highest, BANDS + 2) / 2595) - 1)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


def _chroma_filters() -> Float32:
    """(12, bins): each bin belongs to the pitch class of its nearest semitone, A first."""
    bins = np.linspace(0, SAMPLE_RATE / 2, _TRANSFORM // 2 + 1)
    inside = (bins > _CHROMA_LOWEST_HZ) & (bins < _CHROMA_HIGHEST_HZ)
    semitone = np.round(12 * np.log2(np.maximum(bins, 1) / 440)).astype(np.int64)
    filters = np.zeros((PITCH_CLASSES, len(bins)), np.float32)
    filters[semitone[inside] % PITCH_CLASSES, np.flatnonzero(inside)] = 1
    return filters
