"""The audio vector: what is heard, from log-mel spectra alone. No learned weights.

A segment is cut into four blocks. Its vector has 233 dimensions:

    timbre     128  32 mel bands in each block, less their mean and their slope over the bands, so
                    that loudness and tone controls don't count
    modulation  32  how much each band varies over the segment
    chroma      48  12 pitch classes in each block
    envelope    20  loudness every tenth of a segment's half second, less its mean
    level        4  loudness of each block
    constant     1  so that silence is a vector too, and two silences are equal

Spectra are logarithms above a floor of -80 dB, below which codecs differ and nobody hears. A part
is brought to unit length softly: what is nearly silent stays nearly zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from services.embed.engines.local.segments import STEPS_A_SEGMENT
from services.embed.engines.local.soundtrack import SAMPLE_RATE
from services.embed.tracks import Float32

BLOCKS = STEPS_A_SEGMENT
BANDS = 32
DIMENSION = BLOCKS * BANDS + BANDS + BLOCKS * 12 + BLOCKS * 5 + BLOCKS + 1
BLOCK_DIMENSION = BANDS + BANDS + 12 + 5 + 1 + 1

# 40 ms windows every 20 ms.
_HOP = SAMPLE_RATE // 50
_WINDOW = 2 * _HOP
_TRANSFORM = 1024
# For larger products the linear algebra library starts threads, which fight with the decoder's.
_HOPS_AT_ONCE = 10
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 7600.0
_CHROMA_LOWEST_HZ, _CHROMA_HIGHEST_HZ = 100.0, 4000.0
_PITCH_CLASSES = 12
_ENVELOPE_STEPS = 5
_FLOOR_POWER = np.float32(1e-8)
# The floor in bels; spectra are counted from it.
_FLOOR_BELS = np.float32(8)

_TIMBRE_WEIGHT = np.float32(0.62)
_MODULATION_WEIGHT = np.float32(0.30)
_CHROMA_WEIGHT = np.float32(0.45)
_ENVELOPE_WEIGHT = np.float32(0.42)
_LEVEL_WEIGHT = np.float32(0.30)
_CONSTANT = np.float32(0.15)
# Below about this length, in bels, a part counts as nothing.
_SOFT_TIMBRE = np.float32(1.0)
_SOFT_MODULATION = np.float32(0.5)
_SOFT_ENVELOPE = np.float32(0.5)
_FULL_LEVEL_BELS = np.float32(8)


@dataclass(frozen=True)
class AudioVectors:
    """One segment. whole: (233,). blocks: (4, 83), one vector for each quarter."""

    whole: Float32
    blocks: Float32


def audio_vectors(signal: Float32) -> AudioVectors:
    """Describe a segment. signal: its samples at 16 kHz, -1..1; a short one counts as padded."""
    bands, chroma = _spectra(signal)
    centred = _without_mean_and_slope(bands.mean(axis=1))
    level = bands.mean(axis=2)
    loudness = _envelope(level)
    variation = bands.std(axis=1)
    whole = np.concatenate(
        [
            _TIMBRE_WEIGHT * _soft_unit(centred.reshape(-1), _SOFT_TIMBRE),
            _MODULATION_WEIGHT * _soft_unit(bands.reshape(-1, BANDS).std(axis=0), _SOFT_MODULATION),
            _CHROMA_WEIGHT * chroma.reshape(-1) / np.float32(np.sqrt(BLOCKS)),
            _ENVELOPE_WEIGHT * _soft_unit((loudness - loudness.mean()).reshape(-1), _SOFT_ENVELOPE),
            _LEVEL_WEIGHT * level.mean(axis=1) / (_FULL_LEVEL_BELS * np.float32(np.sqrt(BLOCKS))),
            np.array([_CONSTANT]),
        ]
    )
    own_mean = loudness.mean(axis=1, keepdims=True)
    blocks = np.concatenate(
        [
            _TIMBRE_WEIGHT * _soft_unit(centred, _SOFT_TIMBRE),
            _MODULATION_WEIGHT * _soft_unit(variation, _SOFT_MODULATION),
            _CHROMA_WEIGHT * chroma,
            _ENVELOPE_WEIGHT * _soft_unit(loudness - own_mean, _SOFT_ENVELOPE),
            _LEVEL_WEIGHT * level.mean(axis=1, keepdims=True) / _FULL_LEVEL_BELS,
            np.full((BLOCKS, 1), _CONSTANT),
        ],
        axis=1,
    )
    return AudioVectors(whole.astype(np.float32), blocks.astype(np.float32))


def _spectra(signal: Float32) -> tuple[Float32, Float32]:
    """Log-mel bands in bels above the floor, (blocks, hops, 32), and chroma, (blocks, 12)."""
    hops = -(-len(signal) // (_HOP * BLOCKS)) * BLOCKS
    padded = np.zeros((hops - 1) * _HOP + _WINDOW, np.float32)
    start = (_WINDOW - _HOP) // 2
    padded[start : start + len(signal)] = signal[: len(padded) - start]
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    spectrum = np.fft.rfft(windows * _taper(), _TRANSFORM)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    filters, firsts = _filters(), range(0, hops, _HOPS_AT_ONCE)
    filtered = np.concatenate([power[i : i + _HOPS_AT_ONCE] @ filters for i in firsts])
    bands = np.log10(filtered[:, :BANDS] + _FLOOR_POWER) + _FLOOR_BELS
    pitch = filtered[:, BANDS:].reshape(BLOCKS, -1, _PITCH_CLASSES).mean(axis=1)
    # Fourth roots let the quieter notes count beside the loudest.
    heard = np.sqrt(np.sqrt(pitch))
    heard -= heard.mean(axis=1, keepdims=True)
    return (
        bands.reshape(BLOCKS, -1, BANDS).astype(np.float32),
        _soft_unit(heard, np.float32(0.02)),
    )


def _without_mean_and_slope(bands: Float32) -> Float32:
    """Each row less its best-fitting straight line."""
    ramp = np.linspace(-1, 1, bands.shape[-1], dtype=np.float32)
    ramp /= np.linalg.norm(ramp)
    centred = bands - bands.mean(axis=-1, keepdims=True)
    level: Float32 = centred - (centred @ ramp)[..., None] * ramp
    return level


def _envelope(level: Float32) -> Float32:
    """(blocks, 5) loudness of each fifth of a block, from (blocks, hops)."""
    hops = level.shape[1]
    edges = [step * hops // _ENVELOPE_STEPS for step in range(_ENVELOPE_STEPS + 1)]
    fifths = [
        level[:, first : max(last, first + 1)].mean(axis=1) for first, last in pairwise(edges)
    ]
    return np.stack(fifths, axis=1)


def _soft_unit(values: Float32, soft: np.float32) -> Float32:
    scaled: Float32 = values / np.sqrt((values**2).sum(axis=-1, keepdims=True) + soft**2)
    return scaled


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
    filters = np.zeros((_PITCH_CLASSES, len(bins)), np.float32)
    filters[semitone[inside] % _PITCH_CLASSES, np.flatnonzero(inside)] = 1
    return filters
