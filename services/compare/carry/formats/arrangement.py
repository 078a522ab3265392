"""The order in which the items of a file are written after they were given other times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.compare.carry.document import Item, Placement


@dataclass(frozen=True)
class Placed:
    """An item in its new place. `index`: its place in the old file; `repeat`: 1 for a first copy.

    `number` is its place in the new file, from 0; None where that holds what the old one held, in
    its order, so that nothing is to be numbered anew.
    """

    index: int
    placement: Placement
    repeat: int
    number: int | None


def arrange(items: Sequence[Item], placements: Mapping[str, Sequence[Placement]]) -> list[Placed]:
    """In order of time, unless the old file was not: then in the old file's order."""
    placed = [
        (index, placement, repeat)
        for index, item in enumerate(items)
        for repeat, placement in enumerate(
            sorted(placements.get(item.key, ()), key=lambda placement: placement.start)
        )
    ]
    if all(before.start <= after.start for before, after in pairwise(items)):
        placed.sort(key=lambda entry: entry[1].start)
    unchanged = [index for index, _, _ in placed] == list(range(len(items)))
    return [
        Placed(index, placement, repeat, None if unchanged else number)
        for number, (index, placement, repeat) in enumerate(placed)
    ]
