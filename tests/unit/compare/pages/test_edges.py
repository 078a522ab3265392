"""What the frames of one video do not tell of a page's end, those of the other one do."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.compare.pages.edges import Edges, agreed


@given(
    st.lists(st.integers(30, 90), min_size=2, max_size=8),
    st.integers(0, 200),
    st.data(),
)
def test_every_end_that_either_tells_is_right_in_both(
    lengths: list[int], shift: int, data: st.DataObject
) -> None:
    """All pages of A are in B, behind a page of its own."""
    true_a = np.cumsum([0, *lengths]) / 10
    true_b = np.array([0.0, *(true_a + shift / 10 + 5.0)])
    told_a, told_b = (
        np.array([True, *data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), True])
        for n in (len(true_a) - 2, len(true_b) - 2)
    )
    a, b = (
        Edges(times=np.where(told, true, true + 0.3), is_sure=told)
        for true, told in ((true_a, told_a), (true_b, told_b))
    )
    found_a, found_b = agreed(a, b, [[(n, n + 1) for n in range(len(lengths))]])
    either = told_a | told_b[1:]
    assert np.allclose(found_a.times[either], true_a[either])
    assert np.allclose(found_b.times[1:][either], true_b[1:][either])
    assert np.array_equal(found_a.is_sure, either)
    # What neither tells is at least the same in both, so that pages last equally long.
    assert np.allclose(np.diff(found_a.times), np.diff(found_b.times[1:]))
