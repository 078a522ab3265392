from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.servicekit.durations import duration, seconds

_LONGEST = 10_000 * 365 * 24 * 3600 * 1_000_000


@given(st.integers(-_LONGEST // 1000, _LONGEST // 1000))
def test_whole_microseconds_come_back(micros: int) -> None:
    assert duration(micros / 1_000_000).ToMicroseconds() == micros
    assert seconds(duration(micros / 1_000_000)) == micros / 1_000_000


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_order_is_kept(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert seconds(duration(low)) <= seconds(duration(high))


@pytest.mark.parametrize(("length", "nanos"), [(0.0000004, 0), (0.0000006, 1000), (0.5, 5 * 10**8)])
def test_it_is_rounded_to_microseconds(length: float, nanos: int) -> None:
    assert duration(length).nanos == nanos
