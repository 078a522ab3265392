"""A change of the sum of the channels that is only a channel that one side lacks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from services.compare.sound.lost_channels import without_lost_channels
from services.compare.timeline import (
    Alignment,
    Region,
    RegionKind,
    SegmentTrack,
    SoundTrack,
    TimeMap,
)
from tests.unit.compare.sound.sounds import sound_track

SECONDS = 20.0
STARTS = np.arange(0.0, SECONDS, 2.0)
SEGMENTS = SegmentTrack(vectors=np.ones((10, 4), np.float32), starts=STARTS, ends=STARTS + 2.0)
OWN = sound_track(1, SECONDS)
OTHER = sound_track(9, SECONDS)


def region(kind: str, start: float, end: float, score: float = 0.0) -> Region:
    return Region(
        kind=RegionKind[kind], a_start=start, a_end=end, b_start=start, b_end=end, score=score
    )


FOUND = Alignment(
    regions=[
        region("REPLACED", 0, 8, 0.5),
        region("UNCHANGED", 8, 12),
        region("REPLACED", 12, 20, 0.4),
    ],
    time_map=TimeMap(a=np.array([0, SECONDS]), b=np.array([0, SECONDS])),
    distances=np.array([0.5] * 4 + [0.02] * 2 + [0.4] * 4, np.float32),
    partner_starts=STARTS,
    noise_floor=0.0,
    suggested_threshold=0.1,
)


def kinds(b: SoundTrack) -> list[tuple[str, float, float]]:
    settled = without_lost_channels(FOUND, SEGMENTS, OWN, b, 0.1)
    back = without_lost_channels(FOUND, SEGMENTS, b, OWN, 0.1)
    assert settled.regions == back.regions
    return [(r.kind.value, r.a_start, r.a_end) for r in settled.regions]


def test_what_a_lost_channel_explains_is_unchanged() -> None:
    dead = replace(OWN, levels=OWN.levels * np.array([1, 0], np.uint16))
    assert kinds(dead) == [("UNCHANGED", 0, 20)]
    settled = without_lost_channels(FOUND, SEGMENTS, OWN, dead, 0.1)
    assert settled.distances.max() == pytest.approx(0.1)


def test_where_the_channel_is_there_the_change_stays() -> None:
    levels = OWN.levels.copy()
    levels[:400, 1] = 0
    assert kinds(replace(OWN, levels=levels)) == [("UNCHANGED", 0, 12), ("REPLACED", 12, 20)]


def test_other_sound_beside_a_lost_channel_is_a_change() -> None:
    dead = replace(OTHER, levels=OTHER.levels * np.array([1, 0], np.uint16))
    assert [kind for kind, _, _ in kinds(dead)] == ["REPLACED", "UNCHANGED", "REPLACED"]


def test_a_sound_that_is_silent_is_another() -> None:
    silent = replace(OWN, levels=OWN.levels * np.uint16(0))
    assert [kind for kind, _, _ in kinds(silent)] == ["REPLACED", "UNCHANGED", "REPLACED"]
