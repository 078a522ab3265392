"""Leases run out by what was seen, on the seeing process's own clock."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.servicekit.leases import LeaseWatch

LENGTH = 15.0


class Clock:
    def __init__(self) -> None:
        self.moment = 100.0

    def __call__(self) -> float:
        return self.moment


def test_a_lease_runs_out_when_its_beat_stays_the_same() -> None:
    clock = Clock()
    leases = LeaseWatch(clock)
    assert leases.look({"a": 1, "b": 1}, LENGTH) == set()
    for beat in range(2, 5):
        clock.moment += LENGTH / 3
        silent = leases.look({"a": 1, "b": beat}, LENGTH)
    assert silent == {"a"}
    assert leases.look({"a": 2, "b": 4}, LENGTH) == set()


def test_it_says_when_looking_is_worth_while() -> None:
    clock = Clock()
    leases = LeaseWatch(clock)
    assert leases.next_look(LENGTH) is None
    leases.look({"a": 1}, LENGTH)
    assert leases.next_look(LENGTH) == LENGTH / 3
    clock.moment += LENGTH - 1.0
    leases.look({"a": 1}, LENGTH)
    assert leases.next_look(LENGTH) == 1.0


def test_what_is_forgotten_has_a_whole_length_again() -> None:
    clock = Clock()
    leases = LeaseWatch(clock)
    leases.look({"a": 1}, LENGTH)
    clock.moment += LENGTH - 1.0
    leases.forget()
    assert leases.look({"a": 1}, LENGTH) == set()
    clock.moment += LENGTH - 1.0
    assert leases.look({"a": 1}, LENGTH) == set()
    clock.moment += 1.0
    assert leases.look({"a": 1}, LENGTH) == {"a"}


@given(st.lists(st.tuples(st.floats(0.0, 2 * LENGTH), st.booleans()), max_size=40))
def test_who_beats_within_a_length_before_each_look_never_loses_its_lease(
    steps: list[tuple[float, bool]],
) -> None:
    """Each step: seconds that pass, and whether the holder gives a sign of life."""
    clock = Clock()
    leases = LeaseWatch(clock)
    beat, beaten = 0, clock.moment
    for seconds, beats in steps:
        clock.moment += seconds
        if beats:
            beat, beaten = beat + 1, clock.moment
        silent = leases.look({"a": beat}, LENGTH)
        assert not silent or clock.moment - beaten >= LENGTH


def test_a_lease_that_ran_out_and_that_nobody_took_is_no_reason_to_hurry() -> None:
    clock = Clock()
    leases = LeaseWatch(clock)
    leases.look({"a": 1}, LENGTH)
    clock.moment += LENGTH - 1.0
    leases.look({"a": 1}, LENGTH)
    clock.moment += 1.0
    assert leases.look({"a": 1}, LENGTH) == {"a"}
    assert leases.next_look(LENGTH) is None
