"""Videos that show the same frames at slightly different rates: 24 against 23.976, 25 against 24.

Counted in seconds, such a pair drifts apart by a frame every so often; counted in frames, nothing
is the matter. So B is aligned as if its frames lasted as long as A's, and the answer is put back
into B's time. Whether frames were kept or the rate was converted is for the frames to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from services.compare.frames.fingerprints import Frames
from services.compare.frames.options import RefineOptions
from services.compare.frames.refinement import KnownTimeline, align_frames
from services.compare.frames.tuning import TUNED, FramesTuning
from services.compare.timeline import (
    CONTINUED,
    ONE_SIDED,
    Alignment,
    Float64,
    FrameTrack,
    Region,
    RegionKind,
    SegmentTrack,
    TimeMap,
)

# Frames that last this much longer or shorter may be the same ones at another rate.
_LEAST_RATIO, _MOST_RATIO = 2e-4, 0.06
# Frames apart between which the rate is measured: rounded times average out.
_LAG = 500
_REGULAR = 0.05


def _no_check() -> None:
    pass


def _unknown(a: Frames, b: Frames) -> None:
    pass


def refine_alignment(
    coarse: Alignment | Float64 | None,
    frames_a: FrameTrack,
    frames_b: FrameTrack,
    *,
    segments_a: SegmentTrack | None = None,
    segments_b: SegmentTrack | None = None,
    levelled: bool = False,
    known_timeline: KnownTimeline = _unknown,
    options: RefineOptions | None = None,
    check: Callable[[], None] = _no_check,
    tuning: FramesTuning = TUNED,
) -> Alignment:
    """Aligns two videos by their frames, in whichever of the two ways of counting fits.

    options: the defaults when None. The other arguments are those of `align_frames`.
    Raises ValueError for a track without frames.
    """

    def aligned(ratio: float) -> Alignment:
        found = align_frames(
            _anchors_at(coarse, ratio),
            frames_a,
            _frames_at(frames_b, ratio),
            segments_a=segments_a,
            segments_b=_segments_at(segments_b, ratio),
            levelled=levelled,
            known_timeline=known_timeline,
            options=options or RefineOptions(),
            check=check,
            tuning=tuning,
        )
        return _in_time_of_b(found, ratio)

    ratio = frame_ratio(frames_a, frames_b)
    if ratio is None:
        return aligned(1.0)
    by_frames = aligned(ratio)
    if _found_again(by_frames) >= tuning.clear_share * frames_a.duration:
        return by_frames
    by_time = aligned(1.0)
    return by_frames if _found_again(by_frames) > _found_again(by_time) else by_time


def frame_ratio(a: FrameTrack, b: FrameTrack) -> float | None:
    """How many times as long B's frames last; None when they last equally long, or when nearly the
    same frames cannot be shown at such different rates."""
    steps = _step(a), _step(b)
    if not steps[0] or not steps[1]:  # irregular, or all at one time
        return None
    ratio = steps[1] / steps[0]
    return ratio if _LEAST_RATIO < abs(ratio - 1) < _MOST_RATIO else None


def _step(track: FrameTrack) -> float | None:
    """Seconds from frame to frame; None where that is not regular."""
    lag = min(_LAG, (len(track.times) - 1) // 2)
    if lag < 1:
        return None
    step = float(np.median(track.times[lag:] - track.times[:-lag])) / lag
    usual = float(np.median(np.diff(track.times)))
    return step if abs(usual - step) <= _REGULAR * step else None


def _anchors_at(coarse: Alignment | Float64 | None, ratio: float) -> Alignment | Float64 | None:
    if ratio == 1.0 or coarse is None:
        return coarse
    if isinstance(coarse, Alignment):
        regions = [
            replace(region, b_start=region.b_start / ratio, b_end=region.b_end / ratio)
            for region in coarse.regions
        ]
        return replace(coarse, regions=regions)
    anchors: Float64 = coarse.reshape(-1, 2) / np.array([1.0, ratio])
    return anchors


def _frames_at(track: FrameTrack, ratio: float) -> FrameTrack:
    if ratio == 1.0:
        return track
    return replace(track, times=track.times / ratio, duration=track.duration / ratio)


def _segments_at(track: SegmentTrack | None, ratio: float) -> SegmentTrack | None:
    if ratio == 1.0 or track is None:
        return track
    return replace(
        track,
        starts=track.starts / ratio,
        ends=track.ends / ratio,
        fine=_segments_at(track.fine, ratio),
    )


def _in_time_of_b(found: Alignment, ratio: float) -> Alignment:
    if ratio == 1.0:
        return found
    return replace(
        found,
        regions=[_region_in_time_of_b(region, ratio) for region in found.regions],
        time_map=TimeMap(a=found.time_map.a, b=found.time_map.b * ratio),
        partner_starts=found.partner_starts * ratio,
    )


def _region_in_time_of_b(region: Region, ratio: float) -> Region:
    region = replace(region, b_start=region.b_start * ratio, b_end=region.b_end * ratio)
    if region.kind in ONE_SIDED:
        return region
    rate = region.rate / ratio
    same = abs(rate - 1) < _LEAST_RATIO
    region = replace(region, rate=1.0 if same else rate)
    if region.kind not in CONTINUED:
        return region
    return replace(region, kind=RegionKind.UNCHANGED if same else RegionKind.RETIMED)


def _found_again(alignment: Alignment) -> float:
    """Seconds of A that B shows as well, in place; a retimed stretch of a frame or two is none."""
    return sum(each.seconds_a for each in alignment.regions if each.kind in CONTINUED)
