"""The order of pages that both share is the one that is worth most."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.compare.pages.pairing import PagePairs, paired
from services.compare.pages.tuning import TUNED

pages = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3)), min_size=1, max_size=5)
Pages = list[tuple[int, int]]


def pairs(a: Pages, b: Pages) -> PagePairs:
    """Of pages by their names and lengths."""
    (names_a, lengths_a), (names_b, lengths_b) = (np.array(side).T for side in (a, b))
    return paired(
        names_a[:, None] == names_b,
        lengths_a[:, None] == lengths_b,
        lengths_a.astype(float),
        lengths_b.astype(float),
    )


def worth(one: tuple[int, int], other: tuple[int, int]) -> float:
    common = min(one[1], other[1])
    if one[0] == other[0]:
        return common * (1.0 if one[1] == other[1] else TUNED.held)
    return common * TUNED.in_place_of if one[1] == other[1] else 0.0


def most(a: Pages, b: Pages) -> float:
    """By trying all orders."""
    return max(
        sum(worth(a[i], b[j]) for i, j in zip(of_a, of_b, strict=True))
        for count in range(min(len(a), len(b)) + 1)
        for of_a in itertools.combinations(range(len(a)), count)
        for of_b in itertools.combinations(range(len(b)), count)
    )


@given(pages, pages)
def test_no_other_order_is_worth_more(a: Pages, b: Pages) -> None:
    found = pairs(a, b)
    shared = sum(worth(a[pair.a], b[pair.b]) for pair in found.shared)
    moved = sum(worth(a[pair.a], b[pair.b]) for pair in found.moved)
    assert shared <= most(a, b) + 1e-9 <= shared + moved + 2e-9


@given(pages, pages)
def test_every_page_is_paired_once_and_in_order(a: Pages, b: Pages) -> None:
    found = pairs(a, b)
    both = [*found.shared, *found.moved]
    assert len({pair.a for pair in both}) == len({pair.b for pair in both}) == len(both)
    assert found.shared == sorted(found.shared, key=lambda pair: (pair.a, pair.b))
    assert [pair.b for pair in found.shared] == sorted(pair.b for pair in found.shared)
    for pair in both:
        assert pair.is_same == (a[pair.a][0] == b[pair.b][0])
    for pair in found.moved:
        assert a[pair.a] == b[pair.b]


@given(pages)
def test_a_deck_is_paired_with_itself_page_by_page(deck: Pages) -> None:
    found = pairs(deck, deck)
    assert [(pair.a, pair.b) for pair in found.shared] == [(n, n) for n in range(len(deck))]
    assert not found.moved
