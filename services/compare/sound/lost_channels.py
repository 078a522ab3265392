"""Changes of the sound that are only a channel that one side lacks.

Sound is compared as the sum of its channels, which is another sum when one of them is silent. Where
the channels that both sides have go up and down together, the sound is the same but for that
channel, which is told by itself (channel_differences.py).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from services.compare.sound.channel_differences import missing_channels
from services.compare.sound.heard_steps import steps_along
from services.compare.sound.lines import SAME_LENGTH
from services.compare.sound.offsets import SoundLine
from services.compare.timeline import (
    Alignment,
    Float32,
    Region,
    RegionKind,
    SegmentTrack,
    SoundTrack,
)

_SMOOTH_STEPS = 15
_AUDIBLE = -55.0
# A channel must be missing in so much of what is heard; the others may vary by so many decibels.
_MOSTLY, _SAME_SOUND = 0.7, 2.5
_TOUCHING = 1e-6


def without_lost_channels(
    alignment: Alignment, segments: SegmentTrack, a: SoundTrack, b: SoundTrack, threshold: float
) -> Alignment:
    """The sound's alignment with such changes made UNCHANGED.

    segments: A's. threshold: what distances of unchanged segments are at most, in cosine distance.
    """
    if len(a.channels) != len(b.channels) or len(a.channels) < 2:
        return alignment
    regions: list[Region] = []
    distances = alignment.distances.copy()
    for region in alignment.regions:
        kept = _without_loss(region, a, b)
        if kept is not region:
            middles = (segments.starts + segments.ends) / 2
            inside = (middles >= region.a_start) & (middles < region.a_end)
            distances[inside] = np.minimum(distances[inside], np.float32(threshold))
        if regions and _joins(regions[-1], kept):
            regions[-1] = replace(regions[-1], a_end=kept.a_end, b_end=kept.b_end)
        else:
            regions.append(kept)
    return replace(alignment, regions=regions, distances=distances)


def _without_loss(region: Region, a: SoundTrack, b: SoundTrack) -> Region:
    """The region itself, or as an unchanged one."""
    in_a, in_b = region.a_end - region.a_start, region.rate * (region.b_end - region.b_start)
    if region.kind is not RegionKind.REPLACED or abs(in_a - in_b) > SAME_LENGTH:
        return region
    kind = RegionKind.UNCHANGED if region.rate == 1.0 else RegionKind.RETIMED
    unchanged = replace(region, kind=kind, score=0.0)
    steps = steps_along([SoundLine(unchanged, region.sound_offset)], a.levels, b.levels)
    of_a, of_b = steps.decibels(_SMOOTH_STEPS)
    missing = missing_channels(of_a, of_b)
    heard = (np.maximum(of_a, of_b) > _AUDIBLE).any(axis=1)
    lacking = np.asarray(missing.any(axis=1))
    if not lacking.any() or lacking[heard].mean() < _MOSTLY:
        return region
    live = [k for k in range(missing.shape[1]) if not missing[:, k].any()]
    return unchanged if live and _together(of_a[:, live], of_b[:, live]) else region


def _together(of_a: Float32, of_b: Float32) -> bool:
    """Whether channels go up and down together, as far as they are heard."""
    for own, other in zip(of_a.T, of_b.T, strict=True):
        heard = np.maximum(own, other) > _AUDIBLE
        if heard.any():
            louder = (other - own)[heard]
            if np.abs(louder - np.median(louder)).mean() > _SAME_SOUND:
                return False
    return True


def _joins(last: Region, region: Region) -> bool:
    """Whether two neighbours are one."""
    return (
        last.kind is region.kind is RegionKind.UNCHANGED
        and last.sound_offset == region.sound_offset
        and abs(last.a_end - region.a_start) < _TOUCHING
        and abs(last.b_end - region.b_start) < _TOUCHING
    )
