"""Shares of a service: slots for calls under way, and token buckets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.servicekit.errors import SageError
from services.servicekit.limits import Rate, RateLimit, Slots, client_of


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_one_owner_has_its_share_and_leaves_the_rest() -> None:
    slots = Slots("streams", total=3, per_owner=2)
    with slots.take("a"), slots.take("a"):
        with pytest.raises(SageError, match="You have 2 streams under way") as refused:
            slots.take("a").__enter__()
        assert refused.value.reason_name == "TOO_MANY_CALLS"
        assert refused.value.metadata == {"limit": "2"}
        with slots.take("b"), pytest.raises(SageError, match="has 3 streams") as refused:
            slots.take("c").__enter__()
        assert refused.value.reason_name == "OVERLOADED"


def test_a_slot_is_free_again_when_its_call_has_failed() -> None:
    slots = Slots("calls", total=1, per_owner=1)
    with pytest.raises(RuntimeError), slots.take("a"):
        raise RuntimeError
    with slots.take("a"):
        pass


def test_a_burst_is_followed_by_the_rate() -> None:
    clock = Clock()
    limit = RateLimit("calls", Rate(count=2, seconds=1, burst=3), clock=clock)
    for _ in range(3):
        limit.spend("a")
    with pytest.raises(SageError, match="2 every second, and 3 at once") as refused:
        limit.spend("a")
    assert refused.value.reason_name == "RATE_LIMITED"
    assert refused.value.metadata == {"limit": "2", "seconds": "1", "burst": "3"}
    assert refused.value.retry_after == pytest.approx(0.5)
    limit.spend("b")
    clock.now += 0.5
    limit.spend("a")
    with pytest.raises(SageError):
        limit.spend("a")


@given(
    count=st.integers(1, 50),
    burst=st.integers(1, 20),
    pauses=st.lists(st.floats(0, 2), min_size=1, max_size=200),
)
def test_never_more_than_burst_and_rate_allow(count: int, burst: int, pauses: list[float]) -> None:
    clock = Clock()
    started = clock.now
    limit = RateLimit("calls", Rate(count=count, seconds=1, burst=burst), clock=clock)
    allowed = 0
    for pause in pauses:
        clock.now += pause
        wait = spend(limit)
        allowed += wait is None
        assert wait is None or 0 < wait <= 1 / count + 1e-9
        assert allowed <= burst + (clock.now - started) * count + 1e-6


def spend(limit: RateLimit) -> float | None:
    """Seconds to wait when it is refused."""
    try:
        limit.spend("a")
    except SageError as refused:
        return refused.retry_after
    return None


def test_only_so_many_owners_are_remembered() -> None:
    limit = RateLimit("calls", Rate(count=1, seconds=60, burst=1), remembered=2, clock=Clock())
    limit.spend("a")
    limit.spend("b")
    limit.spend("c")
    limit.spend("a")  # forgotten, so it starts anew
    with pytest.raises(SageError):
        limit.spend("c")


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_a_client_is_an_address_or_a_customers_network(address: str, client: str) -> None:
    assert client_of(address) == client
