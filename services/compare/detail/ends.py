"""The frames at which a detail begins and ends, between the moments at which it was looked for.

In the fingerprints a changed letter is a difference of a level or two in one cell: too little to
find it, but enough to place a step whose place is known to half a second. And what is different
came onto the screen on one side at least, so the cells themselves change there.
"""

from __future__ import annotations

import numpy as np

from services.compare.detail.spots import Core
from services.compare.detail.trails import Trail
from services.compare.detail.tuning import DetailTuning
from services.compare.frames.fingerprints import Frames, IntArray
from services.compare.timeline import Float64, Region

_GRID = 16
# A frame's cells are worth so many independent values.
_VALUES = 3


class DetailEnds:
    """Places the ends of the details of one region."""

    def __init__(self, region: Region, a: Frames, b: Frames, *, tuning: DetailTuning) -> None:
        self._tuning = tuning
        self._region, self._a, self._b = region, a, b

    def placed(self, trail: Trail) -> tuple[float, float]:
        """When a trail's detail begins and ends, in A's time."""
        if trail.is_moving:
            return _rolled(trail, self._region)
        start, end = self._region.a_start, self._region.a_end
        if trail.before is not None:
            start = self._step(trail, trail.before, trail.first, rising=True)
        if trail.after is not None:
            end = self._step(trail, trail.last, trail.after, rising=False)
        return start, end

    def _step(self, trail: Trail, low: float, high: float, *, rising: bool) -> float:
        """The time of the first frame after a step between two moments."""
        tie = self._a.step / 4
        within = self._frames(low + tie, high + tie)
        if len(within) == 0:
            return high
        before = self._frames(max(low - self._tuning.end_beside, self._region.a_start), low + tie)
        after = self._frames(high - tie, min(high + self._tuning.end_beside, self._region.a_end))
        if rising:
            after = self._frames(high - tie, min(high + self._tuning.end_beside, trail.last + tie))
        else:
            before = self._frames(max(low - self._tuning.end_beside, trail.first - tie), low + tie)
        cells = _cells(trail)
        inside, outside = (after, before) if rising else (before, after)
        if trail.is_single:
            inside = self._around(trail)
        ghost = 0.0 if rising else self._tuning.end_ghost
        looks_inside, most = self._looks_inside(within, inside, outside, cells, ghost)
        # The step at frame k: those before it are on one side, it and those after on the other.
        before_step = np.concatenate([[0.0], np.cumsum(looks_inside)[:-1]])
        fit = -before_step if rising else before_step
        fit = np.maximum(fit - fit.max(), -most)
        fit += self._tuning.end_change_weight * self._own_change(within, cells)
        # Where nothing says where, the middle is the least wrong.
        tied = np.flatnonzero(fit >= fit.max() - self._tuning.end_tells_nothing)
        best = int(np.argmax(fit)) if len(tied) < len(fit) / 2 else len(fit) // 2
        return float(self._a.times[within[best]])

    def _frames(self, start: float, end: float) -> IntArray:
        low, high = np.searchsorted(self._a.times, [start, end])
        return np.arange(low, high, dtype=np.int64)

    def is_proven(self, trail: Trail) -> bool:
        """Whether the fingerprints, too, know of a detail that was seen at one moment: they differ
        around it in a way in which they differ neither before nor behind."""
        if trail.before is None or trail.after is None:
            return False
        inside = self._around(trail)
        beside = self._tuning.end_beside
        before = self._frames(trail.before - beside, trail.before)
        after = self._frames(trail.after, trail.after + beside)
        if 0 in (len(before), len(after)):
            return False
        cells = _cells(trail)
        for outside in (before, after):
            level = np.median(self._differences(outside, cells), axis=0)
            apart = [self._differences(frames, cells) - level for frames in (inside, outside)]
            if _shows_pattern(apart[0], apart[1], apart[1], 0.0, tuning=self._tuning) is None:
                return False
        return True

    def _around(self, trail: Trail) -> IntArray:
        """The frames that surely show what was seen at one moment."""
        near = self._tuning.end_around
        return self._frames(trail.first - near, trail.last + near)

    def _looks_inside(
        self, within: IntArray, inside: IntArray, outside: IntArray, cells: IntArray, ghost: float
    ) -> tuple[Float64, float]:
        """(n,) how much likelier each frame is inside than outside, in logarithms, and the most
        that all of them say.

        Outside, both sides differ by noise about a constant. Inside they may differ by anything,
        as what is behind a text may change under it. ghost: how much of the usual square inside
        noise is at least.
        """
        most = self._tuning.end_most_in_all
        if 0 in (len(inside), len(outside)):
            return np.zeros(len(within)), most
        level = np.median(self._differences(outside, cells), axis=0)
        apart = [self._differences(frames, cells) - level for frames in (inside, outside, within)]
        by_pattern = _shows_pattern(apart[0], apart[1], apart[2], ghost, tuning=self._tuning)
        if by_pattern is not None:
            likelier, size = by_pattern
            return likelier, max(most, size)
        squares = [(each**2).mean(axis=1) for each in apart]
        usual_inside = float(squares[0].mean())
        usual_outside = max(
            float(squares[1].mean()),
            self._tuning.end_least_noise,
            ghost * usual_inside,
        )
        if usual_inside < self._tuning.end_least_contrast * usual_outside:
            return np.zeros(len(within)), most
        likelier = np.log(usual_outside / usual_inside) + squares[2] * (
            1 / usual_outside - 1 / usual_inside
        )
        bounded: Float64 = np.clip(
            _VALUES / 2 * likelier, -self._tuning.end_most_a_frame, self._tuning.end_most_a_frame
        )
        return bounded, most

    def _differences(self, frames: IntArray, cells: IntArray) -> Float64:
        """(n, cells and channels) A less B, in levels."""
        partners = self._partners(frames)
        of_a = self._a.flat[frames].reshape(len(frames), _GRID * _GRID, 3)[:, cells]
        of_b = self._b.flat[partners].reshape(len(frames), _GRID * _GRID, 3)[:, cells]
        return (of_a.astype(np.float64) - of_b).reshape(len(frames), -1)

    def _own_change(self, frames: IntArray, cells: IntArray) -> Float64:
        """(n,) the logarithm of how far the cells change from the frame before, as a multiple of
        what the rest of the picture does, on the side where that is more."""
        earlier = np.maximum(frames - 1, 0)
        changes = []
        for side, now, then in (
            (self._a, frames, earlier),
            (self._b, self._partners(frames), self._partners(earlier)),
        ):
            change = np.abs(side.flat[now].astype(np.float64) - side.flat[then])
            each = change.reshape(len(frames), _GRID * _GRID, 3).mean(axis=2)
            own, rest = each[:, cells].mean(axis=1), np.median(each, axis=1)
            changes.append(np.log1p(own) - np.log1p(rest))
        largest: Float64 = np.maximum(*changes)
        return largest

    def _partners(self, frames: IntArray) -> IntArray:
        region = self._region
        rate = (region.a_end - region.a_start) / (region.b_end - region.b_start)
        return self._b.nearest(region.b_start + (self._a.times[frames] - region.a_start) / rate)


def _shows_pattern(
    inside: Float64,
    outside: Float64,
    within: Float64,
    ghost: float,
    *,
    tuning: DetailTuning,
) -> tuple[Float64, float] | None:
    """(n,) how much likelier each frame within is inside, in logarithms, by how much of the usual
    difference inside it shows, and how far inside is from outside: the square, in standard
    deviations. None where there is no difference that lasts.

    inside, outside, within: (frames, values) differences, less those that are usual outside. What
    moves makes differences too, as large ones, but other ones. ghost: the variance outside of how
    much of the difference there is, at least.
    """
    pattern = inside.mean(axis=0)
    noise = np.maximum((inside.var(axis=0) + outside.var(axis=0)) / 2, tuning.end_least_noise)
    # Frames beside each other err alike: a few of them say as much as one.
    sure = np.abs(pattern) > tuning.end_sure * np.sqrt(noise * tuning.end_alike / len(inside))
    weight = np.where(sure, pattern / noise, 0.0)
    size = float(weight @ pattern)
    if size < tuning.end_pattern:
        return None
    shown_inside, shown_outside, shown = (
        each @ weight / size for each in (inside, outside, within)
    )
    least = 1 / size
    in_spread = max(float(((shown_inside - 1) ** 2).mean()), least, tuning.end_varies)
    out_spread = max(float((shown_outside**2).mean()), least, ghost)
    likelier = (
        np.log(out_spread / in_spread) + shown**2 / out_spread - (shown - 1) ** 2 / in_spread
    ) / 2
    bounded: Float64 = np.clip(likelier, -tuning.end_most_a_frame, tuning.end_most_a_frame)
    return bounded, size


def _cells(trail: Trail) -> IntArray:
    """The fingerprint cells that a trail's spot touches."""
    rows, columns = trail.shape
    # Where it was seen at most of its moments: single moments may reach further.
    places = [spot.shown or spot for _, spot in trail.spots]
    sides = np.array([(each.top, each.left, each.bottom, each.right) for each in places])
    top, left, bottom, right = np.median(sides, axis=0)
    down = np.arange(int(top * _GRID / rows), int(np.ceil(bottom * _GRID / rows)))
    across = np.arange(int(left * _GRID / columns), int(np.ceil(right * _GRID / columns)))
    return (down[:, None] * _GRID + across[None]).ravel().astype(np.int64)


def _rolled(trail: Trail, region: Region) -> tuple[float, float]:
    """When what rolls comes into the picture, and leaves it.

    Each moment at which all of it is in the picture says when that must be. A moment at which it
    was not seen says more only if all of it should have been there by then.
    """
    places = [(time, spot.shown or spot.core) for time, spot in trail.spots]
    rows, columns = trail.shape
    whole = [
        (time, place)
        for time, place in places
        if place.top > 0 and place.left > 0 and place.bottom < rows and place.right < columns
    ]
    ways = [
        (time - before, time + after, length)
        for time, place in whole or places
        for before, after, length in [_way_out(place, trail.down, trail.right, rows, columns)]
    ]
    came, leaves, length = (float(np.median(each)) for each in zip(*ways, strict=True))
    start, end = max(came, region.a_start), min(leaves, region.a_end)
    if trail.before is not None and trail.before >= came + length:
        start = trail.before
    if trail.after is not None and trail.after <= leaves - length:
        end = trail.after
    return start, end


def _way_out(
    place: Core, down: float, right: float, rows: int, columns: int
) -> tuple[float, float, float]:
    """Of what moves so fast, in pixels a second: how many seconds ago it came into the picture, in
    how many it will have left it, and how many it takes to pass an edge."""
    ways = []
    if down:
        until = (rows - place.top, place.bottom) if down < 0 else (place.bottom, rows - place.top)
        ways.append((*until, place.bottom - place.top, abs(down)))
    if right:
        across = columns - place.left, place.right
        until = across if right < 0 else (across[1], across[0])
        ways.append((*until, place.right - place.left, abs(right)))
    before, after, length = zip(
        *((came / speed, leaves / speed, size / speed) for came, leaves, size, speed in ways),
        strict=True,
    )
    return min(before), min(after), max(length)
