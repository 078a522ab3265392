"""Some of the calls that `make fuzz` makes, with a seed of their own."""

from __future__ import annotations

import pytest

from tests.fixtures.owners import Owners
from tests.fuzz.__main__ import logged_faults
from tests.fuzz.fuzzing import Fuzzer, Target, faults_of
from tests.fuzz.ways import Told

pytestmark = pytest.mark.xdist_group("stack")

_CALLS = 300


async def test_no_call_hangs_or_tells_of_what_is_inside(owners: Owners) -> None:
    before = set(logged_faults(owners.stack.home))
    target = Target(
        address=owners.stack.address, token=lambda person: owners.bearer("fuzz", person)
    )
    report = await Fuzzer(target, seed=20).run(_CALLS)
    assert report.faults == []
    assert set(logged_faults(owners.stack.home)) == before
    ways = {outcome.partition(" ")[0] for outcome in report.outcomes}
    assert ways == {"grpc", "grpc-web", "connect", "connect-json", "rest"}
    # Random as they are, many calls get as far as an answer.
    answered = sum(
        count
        for outcome, count in report.outcomes.items()
        if outcome.split()[1:] in (["0"], ["200"], ["200", "0"])
    )
    assert answered > _CALLS / 15


@pytest.mark.parametrize(
    "told",
    [
        Told(code=13, text="sage: went wrong"),
        Told(code=2, text="sage"),
        Told(status=500, text="sage"),
        Told(status=504, text="sage"),
        Told(code=5, text='sage: File "/srv/sage/ingest.py", line 7'),
        Told(status=404, text="not found"),
    ],
    ids=str,
)
def test_what_nobody_should_be_told_is_a_fault(told: Told) -> None:
    assert faults_of(told)
