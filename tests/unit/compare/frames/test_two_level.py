"""The path between two levels is the cheapest of all that there are."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.compare.frames.two_level import two_level_path

_samples = st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 3)), min_size=1, max_size=9)


def _cost(
    path: tuple[bool, ...], shares: list[float], weights: list[float], switch: float
) -> float:
    apart = sum(
        weight * (1 - share if high else share)
        for high, share, weight in zip(path, shares, weights, strict=True)
    )
    return apart + switch * sum(one != other for one, other in pairwise(path))


@given(_samples, st.floats(0, 4))
def test_no_other_path_costs_less(samples: list[tuple[float, float]], switch: float) -> None:
    shares, weights = [list(values) for values in zip(*samples, strict=True)]
    found = two_level_path(np.array(shares), np.array(weights), switch)
    every = product([False, True], repeat=len(shares))
    least = min(_cost(path, shares, weights, switch) for path in every)
    assert _cost(tuple(found.tolist()), shares, weights, switch) <= least + 1e-9


@given(_samples)
def test_where_a_change_costs_nothing_each_sample_decides_for_itself(
    samples: list[tuple[float, float]],
) -> None:
    shares, weights = [np.array(values) for values in zip(*samples, strict=True)]
    found = two_level_path(shares, weights, 0.0)
    clear = np.abs(shares - 0.5) * weights > 1e-6
    assert (found == (shares > 0.5))[clear].all()


@given(_samples)
def test_where_a_change_costs_too_much_all_are_at_one_level(
    samples: list[tuple[float, float]],
) -> None:
    shares, weights = [np.array(values) for values in zip(*samples, strict=True)]
    assert len(set(two_level_path(shares, weights, 100.0).tolist())) == 1


def test_a_single_stray_sample_is_passed_over() -> None:
    shares = np.array([0.0] * 10 + [1.0] + [0.0] * 10 + [1.0] * 10)
    found = two_level_path(shares, np.ones(31), 1.5)
    assert found.tolist() == [False] * 21 + [True] * 10
    assert not len(two_level_path(np.empty(0), np.empty(0), 1.0))
