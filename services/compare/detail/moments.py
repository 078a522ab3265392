"""Which picture of A is laid beside which of B."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.compare.detail.track import DetailPictures
from services.compare.frames.fingerprints import Frames
from services.compare.timeline import Float64, Region

# A picture that stays is looked at this often, in seconds.
_STEP = 0.5
# Pictures further apart than this, in seconds, are not laid side by side: a picture every second
# leaves none further from the nearest one than half of that.
_NEAR = 0.52
# Frames that last as long but for this share come one for one.
_SAME_STEP = 0.004
# How far off a frame, in frames, rounded times may be.
_ROUNDING = 0.3


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A moment of A with the pictures that are on the screen then, or nearly then.

    time: of A, in seconds. a, b: numbers of the pictures. is_exact: whether the two are surely the
    same frame of the same material. b_too: where they are not, B's picture on the other side of the
    moment, if it has one there: what comes onto the screen between the two is no difference.
    """

    time: float
    a: int
    b: int
    is_exact: bool
    b_too: int | None = None


def moments(
    region: Region, a: DetailPictures, b: DetailPictures, frames_a: Frames, frames_b: Frames
) -> list[Moment]:
    """The moments of a region that shows the same on both sides, in order of time."""
    length_a, length_b = region.a_end - region.a_start, region.b_end - region.b_start
    if length_a <= 0 or length_b <= 0 or 0 in (len(a), len(b)):
        return []
    rate = length_a / length_b
    steady = abs(frames_a.step - rate * frames_b.step) <= _SAME_STEP * frames_a.step
    times, shown_a = _looked_at(a, frames_a, region.a_start, region.a_end)
    times_b = region.b_start + (times - region.a_start) / rate
    out: list[Moment] = []
    until_b = _shown_until(b, frames_b)
    for time, number, time_b in zip(
        times.tolist(), shown_a.tolist(), times_b.tolist(), strict=True
    ):
        partners = _partners(time_b, region, b, frames_b, until_b)
        if not partners:
            continue
        is_exact = steady and partners[0].is_shown
        too = partners[1].number if len(partners) > 1 and not is_exact else None
        out.append(Moment(time=time, a=number, b=partners[0].number, is_exact=is_exact, b_too=too))
    return out


def _looked_at(
    track: DetailPictures, frames: Frames, start: float, end: float
) -> tuple[Float64, np.ndarray]:
    """(times, numbers of pictures): when each comes on, and every step while it stays."""
    until = _shown_until(track, frames)
    times: list[float] = []
    numbers: list[int] = []
    for number, (since, to) in enumerate(zip(track.times.tolist(), until.tolist(), strict=True)):
        first, last = max(since, start), min(to, end)
        if first >= last - 1e-6:
            continue
        for step in range(max(int((last - first - 1e-6) / _STEP), 0) + 1):
            times.append(first + step * _STEP)
            numbers.append(number)
    return np.array(times), np.array(numbers, np.int64)


def _shown_until(track: DetailPictures, frames: Frames) -> Float64:
    """(n,) when the frame of each picture goes."""
    following = np.searchsorted(frames.times, track.times + _ROUNDING * frames.step, "right")
    ends = np.append(frames.times, frames.duration)
    until: Float64 = np.maximum(ends[following], track.times)
    return until


@dataclass(frozen=True)
class _Partner:
    """A picture of B, and whether its frame is on the screen at the time that is meant."""

    number: int
    is_shown: bool


def _partners(
    time: float, region: Region, track: DetailPictures, frames: Frames, until: Float64
) -> list[_Partner]:
    """B's pictures for a time of B, the nearer one first: one that is on the screen then, or the
    ones before and after it."""
    slack = _ROUNDING * frames.step
    on = int(np.searchsorted(track.times, time + slack, "right")) - 1
    if on >= 0 and time < until[on] - slack:
        return [_Partner(on, is_shown=True)]
    near = [
        at
        for at in (on, on + 1)
        if 0 <= at < len(track)
        and until[at] > region.b_start + slack
        and track.times[at] < region.b_end - slack
    ]
    near.sort(key=lambda at: abs(float(track.times[at]) - time))
    if not near or abs(float(track.times[near[0]]) - time) > _NEAR:
        return []
    return [_Partner(at, is_shown=False) for at in near]
