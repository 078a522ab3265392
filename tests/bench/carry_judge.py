"""Whether carried items are where the edit put them.

An answer is right when its times are within a frame of the truth, and its fate says what happened;
it is to check when the product says that it does not know; anything else is silently wrong. What is
within a frame of a cut may be told from either side of it.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from services.compare.carry.document import Extent, Placement
from services.compare.carry.fates import CarriedItem, Fate
from tests.bench.carry_edits import FRAME, Kept

# A frame, and what files round.
NEAR = FRAME + 0.012
# Subtitles run on over so much new content, and what is left of one may be dropped below this:
# both as documented.
_RUNS_ON, _READABLE = 0.5, 5 / 6
# What is left of an item is nothing below this.
_NOTHING = 0.1
_STEP = 0.02

Span = tuple[float, float]


class Verdict(enum.Enum):
    RIGHT = "right"
    TO_CHECK = "to check"
    WRONG = "silently wrong"


def judged(carried: CarriedItem, truth: Sequence[Kept], usual: Extent) -> Verdict:
    if carried.fate is Fate.TO_CHECK:
        return Verdict.TO_CHECK
    item = carried.item
    if item.end is None:
        right = _moment_is_right(carried, truth)
    else:
        extent = item.extent or usual
        right = _stretch_is_right(carried, (item.start, item.end), truth, extent)
    return Verdict.RIGHT if right else Verdict.WRONG


def shown(span: Span, truth: Sequence[Kept]) -> list[Span]:
    """Where B has what of A, in B's order."""
    found = []
    for kept in truth:
        start, end = max(span[0], kept.a_start), min(span[1], kept.a_end)
        if end > start:
            found.append((kept.to_b(start), kept.to_b(end)))
    return sorted(found)


def _moment_is_right(carried: CarriedItem, truth: Sequence[Kept]) -> bool:
    time = carried.item.start
    if carried.fate is Fate.LOST:
        return any(not _has(near, truth) for near in (time - NEAR, time, time + NEAR))
    (place,) = carried.placements
    return any(
        abs(kept.to_b(near) - place.start) <= NEAR
        for kept in truth
        for near in (min(max(time, kept.a_start), kept.a_end),)
        if abs(near - time) <= NEAR
    )


def _has(time: float, truth: Sequence[Kept]) -> bool:
    return any(kept.a_start <= time < kept.a_end for kept in truth)


def _stretch_is_right(
    carried: CarriedItem, span: Span, truth: Sequence[Kept], extent: Extent
) -> bool:
    real = _merged(shown(span, truth), NEAR)
    if carried.fate is Fate.LOST:
        return all(end - start < _NOTHING + 2 * NEAR for start, end in real)
    if extent is Extent.SPANNED:
        return _ends_are_right(carried.placements, real)
    return _reads_right(carried, real)


def _ends_are_right(placements: Sequence[Placement], real: Sequence[Span]) -> bool:
    """Each placement begins where something of the item begins, and ends where something ends."""
    for placement in placements:
        begins = any(abs(start - placement.start) <= NEAR for start, _ in real)
        ends = any(abs(end - (placement.end or 0.0)) <= NEAR for _, end in real)
        if not (begins and ends):
            return False
    return all(_covered(span, placements) for span in real if span[1] - span[0] > 3 * NEAR)


def _reads_right(carried: CarriedItem, real: Sequence[Span]) -> bool:
    """Subtitles stand while what they belong to is shown, and over short gaps in it."""
    standing = _merged(real, _RUNS_ON + NEAR)
    for placement in carried.placements:
        end = placement.end or placement.start
        if not any(
            abs(start - placement.start) <= NEAR and abs(stop - end) <= NEAR
            for start in (each[0] for each in real)
            for stop in (each[1] for each in real)
        ):
            return False
        if not all(
            any(first - NEAR <= at <= last + NEAR for first, last in standing)
            for at in _steps(placement.start, end)
        ):
            return False
    dropped = [span for span in real if not _covered(span, carried.placements)]
    return all(end - start <= _READABLE + NEAR for start, end in dropped)


def _covered(span: Span, placements: Sequence[Placement]) -> bool:
    inner = _steps(span[0] + NEAR, span[1] - NEAR)
    return all(
        any(each.start - NEAR <= at <= (each.end or 0.0) + NEAR for each in placements)
        for at in inner
    )


def _merged(spans: Sequence[Span], gap: float) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start - found[-1][1] <= gap:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _steps(start: float, end: float) -> list[float]:
    return [start + number * _STEP for number in range(max(int((end - start) / _STEP) + 1, 0))]
