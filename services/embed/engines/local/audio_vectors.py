"""The audio vector: what is heard, from log-mel spectra alone. No learned weights.

A segment is cut into four blocks. Its vector has 233 dimensions:

    timbre     128  32 mel bands in each block, less their mean and their slope over the bands, so
                    that loudness and tone controls don't count
    modulation  32  how much each band varies over the segment
    chroma      48  12 pitch classes in each block
    envelope    20  loudness every fifth of a block, less its mean
    level        4  loudness of each block
    constant     1  so that silence is a vector too, and two silences are equal

A part is brought to unit length softly: what is nearly silent stays nearly zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from services.embed.artifacts.spectra import BANDS, PITCH_CLASSES, Spectra
from services.embed.artifacts.tracks import Float32
from services.embed.engines.local.segments import STEPS_A_SEGMENT

BLOCKS = STEPS_A_SEGMENT
DIMENSION = BLOCKS * BANDS + BANDS + BLOCKS * PITCH_CLASSES + BLOCKS * 5 + BLOCKS + 1
BLOCK_DIMENSION = BANDS + BANDS + PITCH_CLASSES + 5 + 1 + 1

_ENVELOPE_STEPS = 5

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
_SOFT_CHROMA = np.float32(0.02)
_FULL_LEVEL_BELS = np.float32(8)


@dataclass(frozen=True)
class AudioVectors:
    """One segment. whole: (233,). blocks: (4, 83), one vector for each quarter."""

    whole: Float32
    blocks: Float32


def audio_vectors(spectra: Spectra) -> AudioVectors:
    """Describe a segment by the spectra of its moments, at least one."""
    bands, pitch = _blocks(spectra.bands), _blocks(spectra.pitch)
    chroma = _chroma(pitch.mean(axis=1))
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


def _blocks(rows: Float32) -> Float32:
    """(n, d) rows as (blocks, hops, d); some count twice where n is no multiple of the blocks."""
    hops = -(-len(rows) // BLOCKS)
    if hops * BLOCKS != len(rows):
        rows = rows[np.arange(hops * BLOCKS) * len(rows) // (hops * BLOCKS)]
    return rows.reshape(BLOCKS, hops, -1)


def _chroma(pitch: Float32) -> Float32:
    """(blocks, 12) how much each pitch class stands out."""
    # Fourth roots let the quieter notes count beside the loudest.
    heard = np.sqrt(np.sqrt(pitch))
    heard -= heard.mean(axis=1, keepdims=True)
    return _soft_unit(heard, _SOFT_CHROMA)


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
