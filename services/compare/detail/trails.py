"""Trails: spots that stay where they are from moment to moment, or move on steadily.

Coding noise flickers, and what moves by itself wanders; text that was changed stays, or rolls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from services.compare.detail.spots import Spot
from services.compare.detail.tuning import DetailTuning

# Moments that it may be missing for in between, in pictures of the same frame.
_MOST_MISSED = 1
# How far the sides of a moving spot may change across its way from one moment to the next, in
# pixels.
_OFF_WIDTH = 12.0


@dataclass(frozen=True, kw_only=True)
class Trail:
    """A spot over time.

    first, last: the first and last moment at which it was seen. before, after: the moments next to
    them, at which it was not; None at the ends of the region. spots: at each moment it was seen.
    down, right: pixels a second. shape: (rows, columns) of the pictures.
    """

    before: float | None
    first: float
    last: float
    after: float | None
    spots: Sequence[tuple[float, Spot]]
    down: float
    right: float
    shape: tuple[int, ...]

    @property
    def is_moving(self) -> bool:
        """Whether it moves on steadily, rather than staying where it is."""
        return self.down != 0.0 or self.right != 0.0

    @property
    def is_single(self) -> bool:
        """Whether it was seen at one moment only, which may be chance."""
        return len(self.spots) == 1

    @property
    def apart(self) -> float:
        """Levels, at the moment at which the spot differs most."""
        return max(spot.apart for _, spot in self.spots)

    @property
    def ratio(self) -> float:
        """How many times as strong as noise would be the spot is, at an ordinary moment."""
        clear = [spot.ratio for _, spot in self.spots if spot.is_clear]
        return float(np.median(clear or [spot.ratio for _, spot in self.spots]))


@dataclass
class _Open:
    """A trail that may go on."""

    begun: int
    latest: int
    is_exact: bool
    spots: list[tuple[float, Spot]] = field(default_factory=list)

    def distance(self, time: float, spot: Spot, *, is_exact: bool) -> float | None:
        """How far a spot lies from where this trail's is expected; None when it is not its."""
        last_time, last = self.spots[-1]
        down, right = self._speed()
        passed = time - last_time
        if last.is_near(spot, down * passed, right * passed):
            return abs(spot.core.top - last.core.top - down * passed) + abs(
                spot.core.left - last.core.left - right * passed
            )
        if len(self.spots) == 1 and is_exact and self.is_exact and _is_beside(last, spot):
            # Whether it rolls, the moments to come will tell.
            return (
                1000.0 + abs(spot.core.top - last.core.top) + abs(spot.core.left - last.core.left)
            )
        return None

    def is_over(self, number: int) -> bool:
        """Whether it has been missing for too long by the moment of this number."""
        return number - self.latest > (_MOST_MISSED if self.is_exact else 0)

    def _speed(self) -> tuple[float, float]:
        if len(self.spots) < 2:
            return 0.0, 0.0
        (time, before), (last_time, last) = self.spots[-2:]
        passed = max(last_time - time, 1e-3)
        down = last.core.top - before.core.top
        right = last.core.left - before.core.left
        if abs(down) < 4.0:
            down = 0
        if abs(right) < 4.0:
            right = 0
        return down / passed, right / passed


class Trails:
    """Links the spots of one moment to those of the next.

    shape: (rows, columns) of the pictures.
    """

    def __init__(self, shape: tuple[int, ...], *, tuning: DetailTuning) -> None:
        self._tuning = tuning
        self._shape = shape
        self._times: list[float] = []
        self._open: list[_Open] = []
        self._closed: list[_Open] = []

    def add(self, time: float, spots: Sequence[Spot], *, is_exact: bool) -> None:
        """The spots at the next moment. is_exact: whether it shows the same frame on both sides."""
        number = len(self._times)
        self._times.append(time)
        offers = [
            (distance, place, at)
            for place, trail in enumerate(self._open)
            for at, spot in enumerate(spots)
            if (distance := trail.distance(time, spot, is_exact=is_exact)) is not None
        ]
        led: set[int] = set()
        used: set[int] = set()
        for _, place, at in sorted(offers):
            if place in led or at in used:
                continue
            led.add(place)
            used.add(at)
            trail = self._open[place]
            trail.spots.append((time, spots[at]))
            trail.latest = number
            trail.is_exact &= is_exact
        for at, spot in enumerate(spots):
            if at not in used:
                self._open.append(_Open(number, number, is_exact, [(time, spot)]))
        self._closed += [trail for trail in self._open if trail.is_over(number)]
        self._open = [trail for trail in self._open if not trail.is_over(number)]

    def finished(self) -> list[Trail]:
        """The trails that count, in order of time; after the last moment."""
        trails = [self._trail(each) for each in [*self._closed, *self._open]]
        return sorted((each for each in trails if each is not None), key=lambda each: each.first)

    def _trail(self, found: _Open) -> Trail | None:
        way = _way(found.spots, self._shape, tuning=self._tuning)
        if way is None:
            return None
        is_moving = way != (0.0, 0.0)
        if is_moving and not found.is_exact:
            return None
        staying = (
            self._tuning.trail_least_staying if found.is_exact else self._tuning.trail_least_loosely
        )
        clear = sum(spot.is_clear for _, spot in found.spots)
        if clear < (self._tuning.trail_least_moving if is_moving else staying) and (
            is_moving
            or not found.is_exact
            or not (self._stays_nearly_clear(found) or self._may_be_short(found))
        ):
            return None
        times = self._times
        return Trail(
            before=times[found.begun - 1] if found.begun > 0 else None,
            first=times[found.begun],
            last=times[found.latest],
            after=times[found.latest + 1] if found.latest + 1 < len(times) else None,
            spots=found.spots,
            down=way[0],
            right=way[1],
            shape=self._shape,
        )

    def _may_be_short(self, found: _Open) -> bool:
        """Whether what was seen once, between moments at which it was not, is so clear that it may
        have been there for less than the time from one moment to the next."""
        (spot, *others) = (spot for _, spot in found.spots)
        return (
            not others
            and spot.ratio >= self._tuning.trail_once
            and found.begun > 0
            and found.latest + 1 < len(self._times)
        )

    def _stays_nearly_clear(self, found: _Open) -> bool:
        """Whether what is never quite clear is so for long."""
        nearly = sum(spot.ratio >= self._tuning.trail_nearly for _, spot in found.spots)
        return nearly >= self._tuning.trail_least_nearly


def _is_beside(one: Spot, other: Spot) -> bool:
    """Whether they are as wide and in one column, or as high and in one row."""
    first, then = one.core, other.core
    across = abs(first.left - then.left), abs(first.right - then.right)
    along = abs(first.top - then.top), abs(first.bottom - then.bottom)
    return max(across) <= _OFF_WIDTH or max(along) <= _OFF_WIDTH


def _way(
    spots: Sequence[tuple[float, Spot]], shape: tuple[int, ...], *, tuning: DetailTuning
) -> tuple[float, float] | None:
    """(down, right) in pixels a second, zeros when it stays; None when it wanders."""
    middles = np.array(
        [
            ((core.top + core.bottom) / 2, (core.left + core.right) / 2)
            for core in (spot.core for _, spot in spots)
        ]
    )
    if np.abs(middles - np.median(middles, axis=0)).max() <= tuning.trail_stays:
        return 0.0, 0.0
    common = _common(spots)
    if common:
        # It grows and shrinks, but a part of it is always there.
        return 0.0, 0.0
    whole = [
        number
        for number, core in enumerate(spot.core for _, spot in spots)
        if core.top > 0 and core.left > 0 and core.bottom < shape[0] and core.right < shape[1]
    ]
    if len(whole) < tuning.trail_least_moving - 1:
        return None
    times = np.array([spots[number][0] for number in whole])
    path = middles[whole]
    slopes, starts = np.polyfit(times - times[0], path, 1)
    off = path - (starts + np.outer(times - times[0], slopes))
    if np.abs(off).max() > tuning.trail_off_path:
        return None
    return float(slopes[0]), float(slopes[1])


def _common(spots: Sequence[tuple[float, Spot]]) -> bool:
    """Whether an area is part of all the spots."""
    cores = [spot.core for _, spot in spots]
    return max(core.top for core in cores) < min(core.bottom for core in cores) and max(
        core.left for core in cores
    ) < min(core.right for core in cores)
