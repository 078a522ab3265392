"""The life of a task: what may follow what, and what never goes back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.tasks import task_state as tasks
from services.embed.tasks.task_state import ACTIVE, FINAL, SECOND, Failure, RetryPolicy, State, Task
from services.servicekit.errors import SageError
from tests.fixtures.tasks import make_task

FAILURE = Failure(reason="VENDOR_UNAVAILABLE", message="It is away.")
POLICY = RetryPolicy(max_failures=3, first_wait=2.0)


def claimed(task: Task, now: int = 0, *, abandoned: bool = False) -> Task:
    return tasks.claim(task, owner="me", now=now, max_failures=3, abandoned=abandoned)


def stored(task: Task) -> Task:
    return tasks.advance(task, State.STORING, progress=0.95, stage="Storing", now=0)


def test_a_task_goes_from_the_queue_to_its_embedding() -> None:
    done = tasks.succeed(stored(claimed(make_task())), "embeddings/e", now=9)
    assert (done.state, done.progress, done.embedding) == (State.SUCCEEDED, 1.0, "embeddings/e")
    assert (done.owner, done.ended_at) == ("", 9)


def test_only_what_is_stored_can_succeed() -> None:
    with pytest.raises(SageError) as caught:
        tasks.succeed(claimed(make_task()), "embeddings/e", now=0)
    assert caught.value.reason == ErrorReason.ERROR_REASON_TASK_STATE_CONFLICT


def test_a_task_belongs_to_its_worker_until_the_lease_runs_out() -> None:
    task = claimed(make_task())
    with pytest.raises(SageError):
        claimed(task)
    again = claimed(task, abandoned=True)
    assert (again.attempt, again.failures, again.progress) == (2, 1, 0.0)


def test_what_the_engine_must_find_again_survives_the_worker() -> None:
    task = tasks.remember(claimed(make_task()), {"task_id": "v1"})
    assert claimed(task, abandoned=True).engine_state == {"task_id": "v1"}


def test_a_task_that_kills_its_workers_is_given_up() -> None:
    task = claimed(make_task())
    for _ in range(3):
        task = claimed(task, abandoned=True)
    assert task.state is State.FAILED
    assert task.failure is tasks.WORKER_CRASHED


def test_what_can_pass_is_tried_again_until_it_is_too_much() -> None:
    task = make_task()
    waits = []
    while not task.is_final:
        task = claimed(task)
        task = tasks.fail_transiently(task, FAILURE, policy=POLICY, now=0, jitter=0.0)
        waits.append(task.not_before / SECOND)
    assert task.failure == FAILURE
    assert waits[:2] == [2.0, 4.0]


def test_an_outage_is_waited_out_for_hours_with_growing_pauses() -> None:
    task, now, waits = make_task(), 7 * SECOND, []
    while not task.is_final:
        task = tasks.fail_transiently(
            claimed(task, now), FAILURE, policy=POLICY, now=now, jitter=0.0, away=True
        )
        waits.append((task.not_before - now) / SECOND)
        now = max(now, task.not_before)
        assert task.failures == 0
    assert waits[:6] == [2.0, 2.0, 4.0, 8.0, 16.0, 32.0]
    assert max(waits) == 300.0
    assert now - 7 * SECOND == pytest.approx(24 * 3600 * SECOND, rel=0.01)
    assert (task.state, task.failure) == (State.FAILED, FAILURE)


def test_a_vendor_that_limits_is_not_away() -> None:
    task = tasks.fail_transiently(
        claimed(make_task(), 5), FAILURE, policy=POLICY, now=5, jitter=0.0, away=True
    )
    assert task.away_since == 5
    limited = tasks.wait_for_limit(claimed(task, task.not_before), until=9 * SECOND, stage="")
    assert (limited.away_since, limited.not_before, limited.failures) == (0, 9 * SECOND, 0)


def test_a_worker_that_drains_costs_the_task_nothing() -> None:
    task = tasks.requeue(claimed(make_task()), not_before=0, stage="Waiting", failed=False)
    assert (task.state, task.failures) == (State.QUEUED, 0)


@pytest.mark.parametrize(
    ("reason", "model", "kept"),
    [
        ("VENDOR_UNAVAILABLE", "model-1", True),
        ("TASK_TIMED_OUT", "model-1", True),
        ("VENDOR_UNAVAILABLE", "model-2", False),
        # The same answer again would be of no more use.
        ("COVERAGE_INCOMPLETE", "model-1", False),
    ],
)
def test_a_retry_finds_again_what_was_paid_for(reason: str, model: str, kept: bool) -> None:
    held = replace(tasks.remember(claimed(make_task()), {"task_id": "v1"}), away_since=3)
    failed = tasks.fail(held, Failure(reason=reason, message=""), now=5)
    again = tasks.retry(failed, model=model)
    assert (again.state, again.failures, again.away_since) == (State.QUEUED, 0, 0)
    assert again.engine_state == ({"task_id": "v1"} if kept else {})
    assert (again.failure, again.ended_at) == (None, None)


@pytest.mark.parametrize("state", [state for state in State if state not in FINAL])
def test_what_runs_cannot_be_retried_but_cancelled(state: State) -> None:
    task = replace(make_task(), state=state)
    with pytest.raises(SageError):
        tasks.retry(task, model="model-1")
    assert tasks.cancel(task, now=0).state is State.CANCELLED


@pytest.mark.parametrize("state", FINAL)
def test_what_is_final_cannot_be_cancelled(state: State) -> None:
    with pytest.raises(SageError):
        tasks.cancel(replace(make_task(), state=state), now=0)


def test_an_estimate_is_no_sign_that_the_engine_moves() -> None:
    task = claimed(make_task(), now=0)
    task = tasks.advance(task, State.PROCESSING, progress=0.2, stage="", now=1)
    estimated = tasks.advance(task, State.PROCESSING, progress=0.5, stage="", estimated=True, now=2)
    measured = tasks.advance(estimated, State.PROCESSING, progress=0.6, stage="", now=3)
    assert (task.engine_since, estimated.engine_since, measured.engine_since) == (1, 1, 3)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(ACTIVE), st.floats(-1, 2), st.booleans()), max_size=12))
def test_within_an_attempt_nothing_goes_back(
    steps: list[tuple[State, float, bool]],
) -> None:
    task = claimed(make_task())
    for state, progress, estimated in steps:
        before = task
        try:
            task = tasks.advance(
                task, state, progress=progress, stage="", estimated=estimated, now=0
            )
        except SageError:
            assert ACTIVE.index(state) < ACTIVE.index(before.state)
        assert task.progress >= before.progress
        assert ACTIVE.index(task.state) >= ACTIVE.index(before.state)
        assert 0.0 <= task.progress <= 1.0


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 40), st.floats(0, 0.999))
def test_waits_grow_to_a_limit_and_are_never_halved_by_more_than_half(
    failures: int, jitter: float
) -> None:
    wait = POLICY.wait(failures, jitter)
    full = POLICY.wait(failures, 0.0)
    assert full / 2 < wait <= full <= 300.0
    assert POLICY.wait(failures + 1, 0.0) >= full


def test_an_outage_is_over_when_something_moves_or_when_nobody_tried() -> None:
    held = replace(claimed(make_task()), away_since=3)
    begun = tasks.advance(held, State.PROCESSING, progress=0.1, stage="", now=9)
    assert begun.away_since == 3
    moved = tasks.advance(begun, State.PROCESSING, progress=0.2, stage="", now=10)
    assert moved.away_since == 0
    waiting = tasks.requeue(begun, not_before=0, stage="", failed=False)
    later = tasks.claim(waiting, owner="w", now=10 * 3600 * SECOND, max_failures=5)
    assert later.away_since == 0
