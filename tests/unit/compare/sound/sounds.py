"""Made-up sounds, as the levels that frame tracks keep of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from services.compare.sound.alignment import align_sound
from services.compare.sound.levels import SoundLevels
from services.compare.timeline import (
    Alignment,
    Float64,
    Region,
    SegmentTrack,
    SoundTrack,
    TimeMap,
    UInt8,
    UInt16,
)

STEPS_A_SECOND = 50


def sound(seed: int, seconds: float = 60.0) -> Float64:
    """(steps, 16) bels of a sound that is never quite quiet, as speech in a room."""
    steps = round(seconds * STEPS_A_SECOND)
    random = np.random.default_rng(seed)
    syllables = np.repeat(random.uniform(1.5, 5.0, (steps // 10 + 1, 16)), 10, axis=0)[:steps]
    levels: Float64 = syllables + random.normal(0, 0.35, (steps, 16))
    return levels


def levels(bels: Float64) -> UInt8:
    return np.clip(np.rint(bels * 24), 0, 255).astype(np.uint8)


def coded(bels: Float64, noise: float = 0.08, seed: int = 3) -> UInt8:
    """The levels after a lossy encoder."""
    return levels(bels + np.random.default_rng(seed).normal(0, noise, bels.shape))


def delayed(bels: Float64, seconds: float) -> Float64:
    """The same sound later by so much, earlier when negative; silence takes its place."""
    steps = np.arange(len(bels), dtype=np.float64)
    at = steps - seconds * STEPS_A_SECOND
    out: Float64 = np.stack(
        [np.interp(at, steps, band, left=0, right=0) for band in bels.T], axis=1
    )
    return out


def sound_track(seed: int, seconds: float = 60.0, noise: int = 0, **facts: Any) -> SoundTrack:
    """A stereo track, whose channels differ; `noise` seeds what a lossy encoder did to it."""
    bels = sound(seed, seconds)
    bands = coded(bels, seed=noise) if noise else levels(bels)
    described: dict[str, Any] = {"number": 1, "layout": "stereo", "channels": ("FL", "FR"), **facts}
    return SoundTrack(
        bands=bands, levels=channel_levels(bels, len(described["channels"])), **described
    )


def channel_levels(bels: Float64, channels: int = 2) -> UInt16:
    """Levels of channels, each of which hears other bands better."""
    around = np.array([bels[:, channel::channels].mean(axis=1) for channel in range(channels)]).T
    return decibels(around * 10 - 55)


def decibels(values: Float64) -> UInt16:
    return np.clip(np.rint((values + 100) / 0.05), 0, 65535).astype(np.uint16)


def vectors(bels: Float64) -> SegmentTrack:
    """What an engine makes of it: a vector for every two seconds, and finer ones for every half."""
    fine = _pooled(bels, STEPS_A_SECOND // 2)
    return replace(_pooled(bels, 2 * STEPS_A_SECOND), fine=fine)


def _pooled(bels: Float64, steps: int) -> SegmentTrack:
    edges = np.append(np.arange(0, len(bels), steps), len(bels))
    pieces = [bels[first:last] for first, last in itertools.pairwise(edges)]
    around = np.stack([np.concatenate([p.mean(axis=0) - 3, p.std(axis=0) - 1]) for p in pieces])
    lengths = np.maximum(np.linalg.norm(around, axis=1, keepdims=True), 1e-9)
    times = edges / STEPS_A_SECOND
    return SegmentTrack(
        vectors=(around / lengths).astype(np.float32), starts=times[:-1], ends=times[1:]
    )


def aligned(a: Float64, b: Float64, picture: Sequence[Region]) -> list[Region]:
    """The regions of two sounds under pictures whose regions are known."""
    alignment = Alignment(
        regions=picture,
        time_map=TimeMap(a=np.empty(0), b=np.empty(0)),
        distances=np.empty(0, np.float32),
        partner_starts=np.empty(0),
        noise_floor=0.0,
        suggested_threshold=0.1,
    )
    sounds = SoundLevels(levels(a), coded(b))
    return list(align_sound(alignment, vectors(a), vectors(b), 0.1, 0.1, sounds).regions)
