"""The picture ends with its last frame, whatever the sound does."""

from __future__ import annotations

import numpy as np
import pytest

from services.compare.picture_end import pictures_alone, until_picture_end
from services.compare.timeline import FrameTrack, SegmentTrack


def frames(picture_end: float | None, duration: float) -> FrameTrack:
    return FrameTrack(
        times=np.arange(0.0, 5.0, 0.04),
        fingerprints=np.zeros((125, 16, 16, 3), np.uint8),
        duration=duration,
        picture_end=picture_end,
    )


def segments(seconds: float, step: float, fine: SegmentTrack | None = None) -> SegmentTrack:
    starts = np.arange(0.0, seconds, step)
    return SegmentTrack(
        vectors=np.ones((len(starts), 3), np.float32),
        starts=starts,
        ends=np.minimum(starts + step, seconds),
        fine=fine,
    )


def test_segments_end_with_the_picture() -> None:
    track = until_picture_end(segments(8, 2, segments(8, 0.5)), frames(5.0, 8.0))
    assert track.starts.tolist() == [0, 2, 4]
    assert track.ends.tolist() == [2, 4, 5]
    assert len(track.vectors) == 3
    assert track.fine is not None
    assert track.fine.duration == 5.0
    assert len(track.fine.vectors) == 10


@pytest.mark.parametrize("of", [None, frames(None, 8.0), frames(8.0, 8.0)])
def test_segments_stay_where_the_picture_ends_with_them(of: FrameTrack | None) -> None:
    track = segments(8, 2)
    assert until_picture_end(track, of) is track


def test_pictures_last_as_long_as_their_own_stamps_say() -> None:
    assert pictures_alone(frames(5.0, 8.0)).duration == 5.0
    assert pictures_alone(frames(None, 8.0)).duration == 8.0
