"""Whether what an engine made covers the video: never an embedding that is silently short.

Checked for each modality: there are segments, they are ordered and contiguous from zero, all but
the last have the length that was asked for, the last one ends where the video does, vectors have
one dimension and hold no NaN or infinity.
"""

from __future__ import annotations

import numpy as np

from services.embed.artifacts.tracks import VectorTrack
from services.embed.ports import EngineResult, PermanentFailure
from services.embed.tasks.task_state import Failure, Modality, Task

# Clocks of vendors round to hundredths, some to tenths.
_GAP_SECONDS = 0.1
# Containers announce a little more or less than decoders find.
_END_SECONDS = 0.5


def check(task: Task, result: EngineResult) -> None:
    """Raises PermanentFailure(COVERAGE_INCOMPLETE) that names each fault with its numbers."""
    duration = task.video.duration if result.seconds is None else result.seconds
    expected = [modality for modality in Modality if modality in result.expected]
    faults = [
        f"there are no {modality.value.lower()} segments"
        for modality in expected
        if modality not in result.tracks
    ]
    for modality, track in result.tracks.items():
        # Sound may go on after the last picture.
        open_ended = modality is not Modality.VISUAL
        found = track_faults(track, task.segment_duration, duration, open_ended=open_ended)
        faults += [f"{modality.value.lower()}: {fault}" for fault in found]
    if not result.tracks and not faults:
        faults = ["there are no segments at all"]
    if faults:
        covered = min((track.duration for track in result.tracks.values()), default=0.0)
        raise PermanentFailure(
            Failure(
                reason="COVERAGE_INCOMPLETE",
                message=f"The engine's answer does not cover the video: {'; '.join(faults)}.",
                metadata={
                    "video_seconds": f"{duration:.3f}",
                    "covered_seconds": f"{covered:.3f}",
                },
            )
        )


def track_faults(
    track: VectorTrack, segment: float, duration: float, *, open_ended: bool = False
) -> list[str]:
    """What is wrong with one track; nothing when it is complete. Seconds.

    open_ended: whether it may go on after the video's end.
    """
    if len(track.vectors) == 0:
        return ["it has no segments"]
    if not len(track.starts) == len(track.ends) == len(track.vectors):
        return [
            f"{len(track.vectors)} vectors have {len(track.starts)} starts and "
            f"{len(track.ends)} ends"
        ]
    return [
        *_shape_faults(track),
        *_order_faults(track, segment),
        *_end_faults(track, segment, duration, open_ended),
    ]


def _shape_faults(track: VectorTrack) -> list[str]:
    if track.vectors.ndim != 2 or track.vectors.shape[1] == 0:
        return [f"its vectors have the shape {track.vectors.shape}"]
    broken = int(np.count_nonzero(~np.isfinite(track.vectors).all(axis=1)))
    return [f"{broken} of {len(track.vectors)} vectors hold NaN or infinity"] if broken else []


def _order_faults(track: VectorTrack, segment: float) -> list[str]:
    starts, ends = track.starts, track.ends
    if not (np.isfinite(starts).all() and np.isfinite(ends).all()):
        return ["its times hold NaN or infinity"]
    if abs(starts[0]) > _GAP_SECONDS:
        return [f"it starts at {starts[0]:.2f} s instead of 0 s"]
    gaps = np.flatnonzero(np.abs(starts[1:] - ends[:-1]) > _GAP_SECONDS)
    if len(gaps):
        at = int(gaps[0])
        return [
            f"{len(gaps)} gaps or overlaps, the first between {ends[at]:.2f} s and "
            f"{starts[at + 1]:.2f} s"
        ]
    lengths = ends - starts
    odd = np.flatnonzero(np.abs(lengths[:-1] - segment) > _GAP_SECONDS)
    if len(odd):
        at = int(odd[0])
        return [f"segment {at} is {lengths[at]:.2f} s long instead of {segment:.2f} s"]
    if not 0 < lengths[-1] <= segment + _END_SECONDS:
        return [f"the last segment is {lengths[-1]:.2f} s long"]
    return []


def _end_faults(track: VectorTrack, segment: float, duration: float, open_ended: bool) -> list[str]:
    covered = track.duration
    if covered < duration - _END_SECONDS:
        return [f"it covers {covered:.2f} s of {duration:.2f} s"]
    # A last segment of full length may end behind the video.
    if not open_ended and covered > duration + segment:
        return [f"it covers {covered:.2f} s, but the video ends at {duration:.2f} s"]
    return []
