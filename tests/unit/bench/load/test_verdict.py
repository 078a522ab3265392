"""What saturates first, of figures that were made up to say so."""

from __future__ import annotations

from dataclasses import replace

from tests.bench.load.measuring import Use, quantile
from tests.bench.load.verdict import Level, first_limit

CALM = Level(
    people=1,
    per_second=10.0,
    p50=0.1,
    p95=0.1,
    p99=0.1,
    errors={},
    done=100,
    uses={"compare": Use(cores=0.5, mebibytes=100), "load": Use(cores=0.1, mebibytes=50)},
    elsewhere=0.0,
    cores=4,
)


def busy(people: int, per_second: float, compare: float, elsewhere: float = 0.0) -> Level:
    uses = {**CALM.uses, "compare": Use(cores=compare, mebibytes=100)}
    return replace(
        CALM, people=people, per_second=per_second, uses=uses, elsewhere=elsewhere, done=100
    )


def test_nothing_saturates_as_long_as_more_people_get_more_done() -> None:
    assert first_limit([CALM, busy(4, 40.0, 2.0)]) == "Nothing, up to 4 people."


def test_a_busy_machine_is_told_with_who_uses_it() -> None:
    said = first_limit([CALM, busy(4, 30.0, 3.7), busy(16, 31.0, 3.8)])
    assert said.startswith("With 4 people all 4 cores are in use. They go to: compare 3.80")
    said = first_limit([CALM, busy(4, 10.0, 1.0, elsewhere=2.9)])
    assert "others on this machine 2.90" in said


def test_a_part_that_others_wait_for_is_told_with_what_it_takes() -> None:
    said = first_limit([CALM, busy(4, 10.5, 1.0)])
    assert said.startswith("With one person nothing more is done, though")
    assert "compare is at 1.00 cores" in said


def test_refusals_come_before_everything_else() -> None:
    refused = replace(busy(4, 10.0, 4.0), errors={"OVERLOADED": 5, "QUOTA_EXCEEDED": 1})
    assert first_limit([CALM, refused]) == "With 4 people OVERLOADED comes first: 5 times."
    one = replace(busy(4, 40.0, 1.0), errors={"OVERLOADED": 1}, done=1000)
    assert first_limit([CALM, one]) == "Nothing, up to 4 people."


def test_a_quantile_is_a_time_that_was_measured() -> None:
    times = [float(each) for each in range(1, 101)]
    assert (quantile(times, 0.5), quantile(times, 0.95), quantile(times, 0.99)) == (50, 95, 99)
    assert quantile([], 0.5) == 0
    assert quantile([7.0], 0.99) == 7
