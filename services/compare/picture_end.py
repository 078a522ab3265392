"""A video's picture as long as it is shown, where its sound goes on after the last frame.

Players leave the last frame on the screen until the sound ends, and embeddings cover the whole; but
nobody made that picture longer.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from services.compare.timeline import FrameTrack, SegmentTrack

# A segment's remainder shorter than this, in seconds, goes with the one before it.
_SHORTEST = 0.001


def pictures_alone(frames: FrameTrack) -> FrameTrack:
    """The frame track with the duration of its pictures."""
    if frames.picture_end is None:
        return frames
    return replace(frames, duration=min(frames.picture_end, frames.duration))


def until_picture_end(track: SegmentTrack, frames: FrameTrack | None) -> SegmentTrack:
    """The picture's vectors as far as there are pictures; all of them where that is not known."""
    if frames is None or frames.picture_end is None:
        return track
    end = frames.picture_end
    if track.duration <= end:
        return track
    count = max(int(np.searchsorted(track.starts, end - _SHORTEST)), 1)
    return replace(
        track,
        vectors=track.vectors[:count],
        starts=track.starts[:count],
        ends=np.minimum(track.ends[:count], end),
        fine=None if track.fine is None else until_picture_end(track.fine, frames),
    )
