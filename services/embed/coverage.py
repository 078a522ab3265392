"""Whether what an engine made covers the video: never an embedding that is silently short.

Checked for each modality: there are segments, they are ordered and contiguous from zero, all but
the last have the length that was asked for, the last one ends where the video does, vectors have
one dimension and hold no NaN or infinity.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from services.embed.ports import PermanentFailure
from services.embed.tasks import Failure, Modality, Task
from services.embed.tracks import VectorTrack

# Clocks of vendors round to hundredths, some to tenths.
_GAP_SECONDS = 0.1
# Containers announce a little more or less than decoders find, and a vendor may leave out a last
# segment that would be far shorter than the others.
_END_SECONDS = 1.0


def check(task: Task, tracks: Mapping[Modality, VectorTrack]) -> None:
    """Raises PermanentFailure(COVERAGE_INCOMPLETE) that names each fault with its numbers."""
    wanted = set(task.modalities) or {Modality.VISUAL}
    missing = sorted(wanted - set(tracks))
    faults = [f"there is no {modality.value.lower()} track" for modality in missing]
    for modality, track in tracks.items():
        faults += [
            f"{modality.value.lower()}: {fault}"
            for fault in track_faults(
                track,
                task.segment_duration,
                task.video.duration,
                # Sound may go on after the last picture.
                open_ended=modality is not Modality.VISUAL,
            )
        ]
    if faults:
        raise PermanentFailure(
            Failure(
                reason="COVERAGE_INCOMPLETE",
                message=f"The engine's answer does not cover the video: {'; '.join(faults)}.",
                metadata={
                    "video_seconds": f"{task.video.duration:.3f}",
                    "covered_seconds": f"{_covered(tracks):.3f}",
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
    missing = duration - track.duration
    allowed = max(_END_SECONDS, segment / 2)
    if missing > allowed:
        return [f"it covers {track.duration:.2f} s of {duration:.2f} s"]
    if not open_ended and -missing > max(_END_SECONDS, segment):
        return [f"it covers {track.duration:.2f} s of a video of {duration:.2f} s"]
    return []


def _covered(tracks: Mapping[Modality, VectorTrack]) -> float:
    return min((track.duration for track in tracks.values()), default=0.0)
