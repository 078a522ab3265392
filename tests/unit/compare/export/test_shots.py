from __future__ import annotations

import numpy as np

from services.compare.export.shots import shot_starts
from services.compare.timeline import FrameTrack


def track(*lengths: int) -> FrameTrack:
    """Shots of so many frames, each of another noise that moves a little, at 25 frames a second."""
    random = np.random.default_rng(5)
    shots = []
    for length in lengths:
        still = random.integers(40, 200, (1, 16, 16, 3))
        shots.append(still + random.integers(-2, 3, (length, 16, 16, 3)))
    pictures = np.concatenate(shots).astype(np.uint8)
    times = np.arange(len(pictures)) / 25
    return FrameTrack(times=times, fingerprints=pictures, duration=len(pictures) / 25)


def test_a_shot_starts_where_the_picture_changes_at_once() -> None:
    frames = track(50, 30)
    assert shot_starts(frames, [0.0, 1.0, 1.96, 2.0, 2.04, 3.2]) == {0.0, 2.0, 3.2}


def test_a_still_picture_has_no_cuts() -> None:
    frames = track(60)
    assert shot_starts(frames, [0.4, 1.2]) == frozenset()
