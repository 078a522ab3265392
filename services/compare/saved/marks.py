"""What people decided about differences, and which of them is meant.

Differences are computed anew each time, and with other options they may come out a little earlier
or later, as another kind, or not at all. So a mark names its difference by where it is: it holds
for what has its modality and kind and lies, with all four times, within half a frame of its own.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from services.compare.outcome import Modality
from services.compare.timeline import RegionKind

DEFAULT_FRAME_SECONDS = 0.04
# Times are sums and quotients of floats: half a frame may come out as a little more.
_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a difference is. Times in seconds."""

    modality: Modality
    kind: RegionKind
    a_start: float
    a_end: float
    b_start: float
    b_end: float

    @property
    def times(self) -> tuple[float, float, float, float]:
        """Start and end in A, start and end in B, in seconds."""
        return self.a_start, self.a_end, self.b_start, self.b_end


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What somebody decided about the difference in a place.

    frame_seconds: how long a frame is, of the side whose frames are longer.
    """

    place: Place
    frame_seconds: float = DEFAULT_FRAME_SECONDS
    reviewed: bool = False
    ignored: bool = False

    @property
    def says_something(self) -> bool:
        """Whether it is worth keeping: a mark that was taken back says nothing."""
        return self.reviewed or self.ignored

    def holds_for(self, place: Place) -> bool:
        """Whether the difference in this place is the one that was meant."""
        if (place.modality, place.kind) != (self.place.modality, self.place.kind):
            return False
        within = self.frame_seconds / 2 + _ROUNDING
        pairs = zip(place.times, self.place.times, strict=True)
        return all(abs(one - other) <= within for one, other in pairs)


@dataclass(frozen=True, kw_only=True)
class Matches:
    """Which marks hold for which differences.

    marks: for each place the mark that holds for it, None without one.
    unmatched: the marks that hold for none of the places, in their order.
    """

    marks: Sequence[Mark | None]
    unmatched: Sequence[Mark]


def match(marks: Sequence[Mark], places: Sequence[Place]) -> Matches:
    """Finds the mark of each difference; of several for one, the last one holds."""
    index = _ByStart(places)
    found: list[Mark | None] = [None] * len(places)
    unmatched = []
    for mark in marks:
        held = index.held_by(mark)
        for place in held:
            found[place] = mark
        if not held:
            unmatched.append(mark)
    return Matches(marks=found, unmatched=unmatched)


def with_set(present: Sequence[Mark], wanted: Sequence[Mark]) -> tuple[Mark, ...]:
    """The marks after setting some: each takes the place of those that hold for its place.

    wanted: marks that say nothing take back what is in their place; of two in one place the later
    one counts.
    """
    index = _ByStart([mark.place for mark in wanted])
    latest = [mark for number, mark in enumerate(wanted) if number == max(index.held_by(mark))]
    others = match(present, [mark.place for mark in latest]).unmatched
    return (*others, *(mark for mark in latest if mark.says_something))


class _ByStart:
    """Places in order of their starts in A, so that few are looked at for each mark."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = places
        self._order = sorted(range(len(places)), key=lambda number: places[number].a_start)
        self._starts = [places[number].a_start for number in self._order]

    def held_by(self, mark: Mark) -> Sequence[int]:
        """The numbers of the places that a mark holds for."""
        within = mark.frame_seconds / 2 + _ROUNDING
        first = bisect.bisect_left(self._starts, mark.place.a_start - within)
        last = bisect.bisect_right(self._starts, mark.place.a_start + within)
        return [
            number for number in self._order[first:last] if mark.holds_for(self._places[number])
        ]
