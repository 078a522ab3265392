"""Only segments near what is known to be the same are looked at, and enough of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.segments.anchors import AnchorChain
from services.compare.segments.corridor import Corridor, corridor_along
from services.compare.segments.tuning import TUNED

_MARGIN = TUNED.corridor_margin


def _chain(*pairs: tuple[int, int]) -> AnchorChain:
    i, j = np.array(pairs, np.int64).reshape(-1, 2).T
    return AnchorChain(i=i, j=j)


def _straight(first: int, last: int, shift: int = 0) -> list[tuple[int, int]]:
    return [(j + shift, j) for j in range(first, last)]


def _holds(corridor: Corridor, i: int, j: int) -> bool:
    return bool(corridor.low[j] <= i < corridor.high[j])


@st.composite
def _chains(draw: st.DrawFn) -> tuple[AnchorChain, int, int]:
    """A chain and how many segments A and B have."""
    count = draw(st.integers(0, 12))
    steps = st.lists(st.integers(1, 30), min_size=count, max_size=count)
    i, j = np.cumsum(draw(steps)) - 1, np.cumsum(draw(steps)) - 1
    rows_a = int(i[-1] if count else 0) + draw(st.integers(1, 40))
    rows_b = int(j[-1] if count else 0) + draw(st.integers(1, 40))
    return AnchorChain(i=i.astype(np.int64), j=j.astype(np.int64)), rows_a, rows_b


@given(_chains())
def test_it_never_goes_back_and_always_looks_somewhere(
    pair: tuple[AnchorChain, int, int],
) -> None:
    chain, rows_a, rows_b = pair
    corridor = corridor_along(chain, rows_a, rows_b)
    assert len(corridor.low) == len(corridor.high) == rows_b
    assert (corridor.low >= 0).all()
    assert (corridor.high <= rows_a).all()
    assert (corridor.low < corridor.high).all()
    assert (np.diff(corridor.low) >= 0).all()
    assert (np.diff(corridor.high) >= 0).all()


@given(_chains())
def test_every_anchor_is_in_it_with_its_surroundings(pair: tuple[AnchorChain, int, int]) -> None:
    chain, rows_a, rows_b = pair
    corridor = corridor_along(chain, rows_a, rows_b)
    for i, j in zip(chain.i.tolist(), chain.j.tolist(), strict=True):
        assert _holds(corridor, i, j)
        assert corridor.low[j] <= max(0, i - _MARGIN)
        assert corridor.high[j] >= min(rows_a, i + _MARGIN + 1)


def test_along_unchanged_content_it_is_a_band() -> None:
    corridor = corridor_along(_chain(*_straight(0, 500)), 500, 500)
    assert corridor.cells <= 500 * (2 * _MARGIN + 1)


def test_between_two_offsets_everything_is_compared() -> None:
    # A cut of 30 segments somewhere between B's segments 100 and 110.
    chain = _chain(*_straight(0, 100), *_straight(110, 300, shift=30))
    corridor = corridor_along(chain, 330, 300)
    assert all(_holds(corridor, i, j) for j in range(100, 110) for i in range(100, 140))
    assert not _holds(corridor, 200, 50)


def test_a_hole_on_one_offset_stays_a_band() -> None:
    chain = _chain(*_straight(0, 100), *_straight(160, 300))
    corridor = corridor_along(chain, 300, 300)
    assert corridor.cells <= 300 * (2 * _MARGIN + 1)


@pytest.mark.parametrize("rows", [2_000, 8_000, 32_000])
def test_work_for_unrelated_videos_grows_with_their_length_only(rows: int) -> None:
    assert corridor_along(_chain(), rows, rows).cells < 1000 * rows
