"""A whole file carried over: every item by its fate, and the file written again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from services.compare.carry.document import Document, Extent, Follows
from services.compare.carry.fates import CarriedItem, Fate, carried
from services.compare.timemap import PieceMap


@dataclass(frozen=True, kw_only=True)
class CarriedFile:
    """The file with the other version's times, and what became of each item, in its order."""

    content: bytes
    items: tuple[CarriedItem, ...]

    @property
    def totals(self) -> Mapping[Fate, int]:
        """How many items came out in which way."""
        return Counter(each.fate for each in self.items)


def carry_over(document: Document, by: PieceMap, frame: float) -> CarriedFile:
    """by: from the version that the document was made for to the other. frame: seconds of one."""
    # What follows the sound are words that were spoken: people read them as they pass.
    usual = Extent.READ if document.follows is Follows.SOUND else Extent.SPANNED
    items = tuple(carried(document.items, by, frame, usual))
    content = document.written({each.item.key: each.placements for each in items})
    return CarriedFile(content=content, items=items)
