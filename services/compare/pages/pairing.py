"""The order of pages that both videos share, and the pages that were moved away from it.

A longest common subsequence in which pages weigh what they last, and one page may stand in another
one's place when it lasts as long (D. S. Hirschberg, "Algorithms for the longest common subsequence
problem", Journal of the ACM, 1977).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.pages.tuning import TUNED, PagesTuning
from services.compare.timeline import Float64

Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class PagePair:
    """A page of A beside one of B, by their numbers. is_same: whether they are the same page."""

    a: int
    b: int
    is_same: bool


@dataclass(frozen=True, kw_only=True)
class PagePairs:
    """shared: in the order of both. moved: in the order of B."""

    shared: list[PagePair]
    moved: list[PagePair]


def paired(
    same: Flags,
    equal: Flags,
    lengths_a: Float64,
    lengths_b: Float64,
    *,
    tuning: PagesTuning = TUNED,
) -> PagePairs:
    """same, equal: (pages of A, pages of B) whether they are the same page, and last equally long.
    lengths: in seconds."""
    common = np.minimum(lengths_a[:, None], lengths_b[None])
    worth = np.where(
        same,
        np.where(equal, 1.0, tuning.held) * common,
        np.where(equal, tuning.in_place_of * common, 0.0),
    )
    shared = [
        PagePair(a=i, b=j, is_same=bool(same[i, j])) for i, j in _heaviest_common_order(worth)
    ]
    moved = _moved(shared, same & equal, common)
    gone, come = {pair.a for pair in moved}, {pair.b for pair in moved}
    return PagePairs(
        # What stands in place of a page that is elsewhere now is a page that was moved or is new.
        shared=[pair for pair in shared if pair.a not in gone and pair.b not in come],
        moved=sorted(moved, key=lambda pair: pair.b),
    )


def _heaviest_common_order(worth: Float64) -> list[tuple[int, int]]:
    rows, columns = worth.shape
    best = np.zeros((rows + 1, columns + 1))
    for i in range(rows):
        taken = best[i, :-1] + worth[i]
        # The best of leaving out the page of A, or pages of B.
        best[i + 1, 1:] = np.maximum.accumulate(np.maximum(best[i, 1:], taken))
    pairs: list[tuple[int, int]] = []
    i, j = rows, columns
    while i > 0 and j > 0:
        if best[i, j] <= best[i, j - 1]:
            j -= 1
        elif best[i, j] <= best[i - 1, j]:
            i -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]


def _moved(shared: list[PagePair], same: Flags, common: Float64) -> list[PagePair]:
    """Pages that both have, in another order; the longest first, each once."""
    free_a, free_b = (np.ones(count, bool) for count in same.shape)
    for pair in shared:
        if pair.is_same:
            free_a[pair.a] = free_b[pair.b] = False
    moved: list[PagePair] = []
    left = np.where(same & free_a[:, None] & free_b[None], common, 0.0)
    while left.max(initial=0.0) > 0:
        i, j = np.unravel_index(int(left.argmax()), left.shape)
        moved.append(PagePair(a=int(i), b=int(j), is_same=True))
        left[i], left[:, j] = 0.0, 0.0
    return moved
