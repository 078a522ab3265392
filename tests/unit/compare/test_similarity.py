"""The time of both sides that is not different, over the time of both sides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.similarity import (
    MOST_WITH_DIFFERENCES,
    Side,
    sides,
    similarity,
    wholly_different,
)
from services.compare.timeline import Region, RegionKind

KINDS = [kind.value for kind in RegionKind]


def regions(*parts: tuple[str, float, float]) -> list[Region]:
    """Parts one after the other: kind, length in A, length in B."""
    found, at_a, at_b = [], 0.0, 0.0
    for kind, in_a, in_b in parts:
        end_a = at_a + (0 if kind == "INSERTED" else in_a)
        end_b = at_b + (0 if kind == "DELETED" else in_b)
        found.append(
            Region(kind=RegionKind[kind], a_start=at_a, a_end=end_a, b_start=at_b, b_end=end_b)
        )
        at_a, at_b = end_a, end_b
    return found


def percent(*parts: tuple[str, float, float]) -> float | None:
    of_a, of_b = sides(regions(*parts))
    return similarity([of_a], [of_b], differs=any(kind != "UNCHANGED" for kind, _, _ in parts))


def test_the_time_of_both_sides_counts() -> None:
    assert percent(("UNCHANGED", 10, 10)) == 100
    assert percent(("UNCHANGED", 10, 10), ("REPLACED", 10, 10)) == 50
    assert percent(("UNCHANGED", 10, 10), ("INSERTED", 0, 5)) == pytest.approx(80)
    assert percent(("DELETED", 30, 0), ("UNCHANGED", 10, 10)) == pytest.approx(40)


def test_of_another_speed_the_time_that_one_side_is_longer_differs() -> None:
    assert percent(("RETIMED", 10, 8)) == pytest.approx(100 * 16 / 18)
    assert percent(("RETIMED", 180, 180.18)) == MOST_WITH_DIFFERENCES


def test_a_moment_counts_once_however_much_of_it_differs() -> None:
    picture = sides(regions(("UNCHANGED", 5, 5), ("REPLACED", 5, 5)))
    sound = sides(regions(("UNCHANGED", 8, 8), ("REPLACED", 2, 2)))
    both = similarity([picture[0], sound[0]], [picture[1], sound[1]], differs=True)
    assert both == 50


def test_what_the_other_lacks_is_different() -> None:
    whole = Side(10.0, [])
    assert similarity([whole, wholly_different(10.0)], [whole], differs=True) == 50
    assert similarity([], [], differs=False) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(KINDS), st.floats(0.01, 50), st.floats(0.01, 50)),
        min_size=1,
        max_size=8,
    )
)
def test_it_is_a_percentage_that_both_sides_agree_on(
    parts: list[tuple[str, float, float]],
) -> None:
    # Unchanged and moved content is equally long on both sides.
    parts = [(k, a, a if k in ("UNCHANGED", "MOVED") else b) for k, a, b in parts]
    mirror = {"INSERTED": "DELETED", "DELETED": "INSERTED"}
    found = percent(*parts)
    back = percent(*((mirror.get(kind, kind), b, a) for kind, a, b in parts))
    assert found is not None
    assert back == pytest.approx(found)
    differs = any(kind != "UNCHANGED" for kind, _, _ in parts)
    assert 0 <= found <= (MOST_WITH_DIFFERENCES if differs else 100)
