"""A job's time: it grows with what is done, and does not run while the store is waited for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mediakit.sandbox import budget
from services.mediakit.sandbox.budget import Budget


class _Clock:
    """Stands until it is moved on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    clock = _Clock()
    monkeypatch.setattr(budget, "time", clock)
    return clock


def test_time_passes(clock: _Clock) -> None:
    job = Budget(base=10.0)
    clock.now += 4
    assert job.left == 6
    clock.now += 7
    assert job.left == -1


def test_each_second_of_video_that_is_done_gives_more(clock: _Clock) -> None:
    job = Budget(base=10.0, share=2.0)
    job.done(30.0)
    assert (job.allowed, job.left) == (70.0, 70.0)


@given(st.lists(st.floats(0, 1000)))
def test_what_is_told_in_another_order_takes_nothing_away(seconds: list[float]) -> None:
    job, allowed = Budget(base=10.0, share=0.5), 10.0
    for done in seconds:
        job.done(done)
        assert job.allowed >= allowed
        allowed = job.allowed
    assert allowed == pytest.approx(10.0 + 0.5 * max(seconds, default=0.0))


def test_waiting_for_the_store_costs_nothing(clock: _Clock) -> None:
    job = Budget(base=10.0)
    with job.fetching():
        clock.now += 500
        assert job.left == 10
    clock.now += 1
    assert job.left == 9


def test_two_that_wait_at_once_wait_once(clock: _Clock) -> None:
    job = Budget(base=10.0)
    with job.fetching():
        clock.now += 5
        with job.fetching():
            clock.now += 5
        clock.now += 5
    clock.now += 2
    assert job.left == 8


def test_a_store_that_fails_was_waited_for_all_the_same(clock: _Clock) -> None:
    job = Budget(base=10.0)

    def fetch() -> None:
        with job.fetching():
            clock.now += 5
            raise OSError("away")

    with pytest.raises(OSError, match="away"):
        fetch()
    assert job.left == 10
