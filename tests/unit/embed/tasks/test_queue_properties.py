"""The queue under everything that may happen to it, on SQLite and on PostgreSQL.

Hypothesis drives the real store through two replicas that work, die, come back and have clocks of
their own, beside a model of what must be true. A few seconds of each run are PostgreSQL's start.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.embed.adapters.session_store import SessionStore
from services.embed.ports import LeaseLost
from services.embed.sessions.sessions import Session
from services.embed.tasks import task_state
from services.embed.tasks.task_state import (
    ACTIVE,
    Failure,
    RetryPolicy,
    State,
    Task,
    Transition,
)
from services.servicekit.announcements import Announcements
from services.servicekit.errors import SageError
from services.servicekit.names import new_id
from services.servicekit.watch import Hub
from tests.fixtures.clocks import DAY, Time
from tests.fixtures.embeddings import make_embedding
from tests.fixtures.tasks import make_task, make_video
from tests.integration.postgres import start_postgres
from tests.unit.embed.tasks.queue_world import NEVER, Answer, Replica, Tasks, Viewer, World, opened

LEASE = 15.0
MAX_FAILURES = 3
POLICY = RetryPolicy(max_failures=MAX_FAILURES, first_wait=4.0)
FAILURE = Failure(reason="VENDOR_UNAVAILABLE", message="It is away.")
EXAMPLES = {"sqlite": 8, "postgresql": 5}
STEPS = 25
DRAWN = st.integers(min_value=0, max_value=10**6)


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.slow("starts a PostgreSQL server")),
    ]
)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path}/embed.sqlite"
        else:
            url = stack.enter_context(start_postgres()).create_database("embed")
        yield stack.enter_context(opened(url))


class QueueMachine(RuleBasedStateMachine):
    """Two replicas and some users at one queue."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.workspace = f"w{next(world.numbers)}"
        self.announcements = Announcements(world.engine, "tasks")
        self.passed = Time()
        self.jumped = False
        self.replicas = [self._replica(Time()) for _ in range(2)]
        # Attempts whose lease is somebody else's, or whose process is dead and writes all the same.
        self.zombies: list[Task] = []
        # What must be in the database, by task; its revision; and each worker's last sign of life.
        self.model: dict[str, Task] = {}
        self.revision = 0
        self.beaten: dict[str, float] = {}
        self.do(self._open())

    def do(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self.world.do(work)

    async def _open(self) -> None:
        session = Session(
            id=new_id(), workspace=self.workspace, key_hash="", created_at=1, expires_at=2
        )
        await SessionStore(self.world.engine).open(session)
        self.hub = Hub(self.replicas[0].tasks, look_seconds=NEVER)
        self.announcements.subscribe(self.hub.announced)
        self.viewers = [Viewer(self.hub, self.workspace, 0)]

    def _replica(self, time: Time) -> Replica:
        return Replica(Tasks(self.world.engine, self.announcements, time.clocks), time)

    # What the model says.

    def _changed(self, task: Task) -> None:
        self.revision += 1
        assert task.revision == self.revision
        self.model[task.id] = task

    def _holds(self, held: Task) -> bool:
        now = self.model[held.id]
        return now.state in ACTIVE and (now.owner, now.attempt) == (held.owner, held.attempt)

    def _twins(self, task: Task) -> list[Task]:
        return [
            other
            for other in self.model.values()
            if other.video.sha256 == task.video.sha256
            and other.state not in (State.FAILED, State.CANCELLED)
        ]

    def _attempts(self) -> list[Task]:
        return [task for each in self.replicas for task in each.held.values()] + self.zombies

    # What users do.

    @rule(number=st.integers(0, 2))
    def create(self, number: int) -> None:
        video = make_video(name=f"videos/v{number}", sha256=f"{number:064d}")
        task = make_task(workspace=self.workspace, video=video, created_at=self.passed.wall)
        twins = self._twins(task)
        made = self.do(self.replicas[0].tasks.create(task, ""))
        if twins:
            assert [made] == twins
        else:
            self._changed(made)

    @precondition(lambda self: self.model)
    @rule(drawn=DRAWN)
    def cancel(self, drawn: int) -> None:
        task = self._any_task(drawn)
        self._user_changes(task, lambda it: task_state.cancel(it, now=1), allowed=not task.is_final)

    @precondition(lambda self: self.model)
    @rule(drawn=DRAWN)
    def retry(self, drawn: int) -> None:
        task = self._any_task(drawn)
        ended_badly = task.state in (State.FAILED, State.CANCELLED)
        self._user_changes(
            task,
            lambda it: task_state.retry(it, model=it.model),
            allowed=ended_badly and not self._twins(task),
        )

    def _any_task(self, drawn: int) -> Task:
        return list(self.model.values())[drawn % len(self.model)]

    def _user_changes(self, task: Task, transition: Transition, *, allowed: bool) -> None:
        change = self.replicas[0].tasks.change(self.workspace, task.id, transition)
        if allowed:
            self._changed(self.do(change))
        else:
            with pytest.raises(SageError):
                self.do(change)

    @rule()
    def watch(self) -> None:
        if len(self.viewers) < 4:
            self.viewers.append(self.do(self._viewer()))

    async def _viewer(self) -> Viewer:
        return Viewer(self.hub, self.workspace, 0)

    # What workers do.

    @rule(which=st.integers(0, 1))
    def claim(self, which: int) -> None:
        replica = self.replicas[which]
        claimed = self.do(
            replica.tasks.claim(replica.owner, ["local"], lease=LEASE, max_failures=MAX_FAILURES)
        )
        if claimed is None:
            waiting = [task for task in self.model.values() if task.state is State.QUEUED]
            assert not [task for task in waiting if task.not_before <= replica.time.wall]
            return
        before = self.model[claimed.id]
        if before.state in ACTIVE:
            # Never from a worker that has shown within a lease's length that it lives.
            assert self.passed.passed - self.beaten[claimed.id] >= LEASE
        else:
            assert before.state is State.QUEUED
            assert before.not_before <= replica.time.wall or self.jumped
        self._changed(claimed)
        if claimed.state is State.FAILED:
            assert before.failures + 1 >= MAX_FAILURES
            return
        assert claimed.attempt == before.attempt + 1
        self.beaten[claimed.id] = self.passed.passed
        replica.held[claimed.id] = claimed

    @rule(which=st.integers(0, 1))
    def look_for_long(self, which: int) -> None:
        """Long enough for every lease that nobody renews to run out before its eyes."""
        for _ in range(3):
            self.claim(which)
            self.wait(LEASE / 3)
        self.claim(which)

    @rule(which=st.integers(0, 1))
    def beat(self, which: int) -> None:
        replica = self.replicas[which]
        held = self.do(replica.tasks.renew(replica.owner, list(replica.held)))
        for task_id, task in list(replica.held.items()):
            assert (held.get(task_id) == task.attempt) == self._holds(task)
            if self._holds(task):
                self.beaten[task_id] = self.passed.passed
                self.model[task_id] = self._with_beat(self.model[task_id])
            else:
                self.zombies.append(replica.held.pop(task_id))

    def _with_beat(self, task: Task) -> Task:
        return replace(task, beat=task.beat + 1)

    @precondition(lambda self: self._attempts())
    @rule(drawn=DRAWN, state=st.sampled_from([State.PROCESSING, State.STORING]))
    def advance(self, drawn: int, state: State) -> None:
        self._attempt_changes(
            drawn,
            lambda it: task_state.advance(it, state, progress=0.5, stage="Working", now=1),
            allowed=lambda task: task.state is not State.STORING or state is State.STORING,
        )

    @precondition(lambda self: self._attempts())
    @rule(drawn=DRAWN)
    def fail(self, drawn: int) -> None:
        self._attempt_changes(drawn, lambda it: task_state.fail(it, FAILURE, now=1))

    @precondition(lambda self: self._attempts())
    @rule(drawn=DRAWN)
    def fail_transiently(self, drawn: int) -> None:
        self._attempt_changes(
            drawn,
            lambda it: task_state.fail_transiently(
                it, FAILURE, policy=POLICY, now=self.replicas[0].time.wall, jitter=0.0
            ),
        )

    @precondition(lambda self: self._attempts())
    @rule(drawn=DRAWN)
    def succeed(self, drawn: int) -> None:
        held = self._any_attempt(drawn)
        embedding = make_embedding(id=held.id, workspace=self.workspace)
        complete = self.replicas[0].tasks.complete(held, embedding)
        if not self._holds(held):
            with pytest.raises(LeaseLost):
                self.do(complete)
        elif self.model[held.id].state is not State.STORING:
            with pytest.raises(SageError):
                self.do(complete)
        else:
            self._changed(self.do(complete))

    @rule(which=st.integers(0, 1))
    def drain(self, which: int) -> None:
        """A replica is told to stop, puts back what it holds, and is started again."""
        replica = self.replicas[which]
        for held in replica.held.values():
            self._change_held(
                held,
                lambda it: task_state.requeue(it, not_before=0, stage="Waiting", failed=False),
            )
        self.replicas[which] = self._replica(replica.time)

    @rule(which=st.integers(0, 1))
    def die(self, which: int) -> None:
        """The new process knows nothing; what the old one still sends arrives all the same."""
        replica = self.replicas[which]
        self.zombies += replica.held.values()
        self.replicas[which] = self._replica(replica.time)

    def _any_attempt(self, drawn: int) -> Task:
        attempts = self._attempts()
        return attempts[drawn % len(attempts)]

    def _attempt_changes(
        self,
        drawn: int,
        transition: Transition,
        allowed: Callable[[Task], bool] = lambda task: True,
    ) -> None:
        self._change_held(self._any_attempt(drawn), transition, allowed)

    def _change_held(
        self,
        held: Task,
        transition: Transition,
        allowed: Callable[[Task], bool] = lambda task: True,
    ) -> None:
        change = self.replicas[0].tasks.change_held(held, transition)
        if not self._holds(held):
            with pytest.raises(LeaseLost):
                self.do(change)
        elif not allowed(self.model[held.id]):
            with pytest.raises(SageError):
                self.do(change)
        else:
            self._changed(self.do(change))

    # What time does.

    @rule(seconds=st.sampled_from([1.0, LEASE / 3, LEASE]))
    def wait(self, seconds: float) -> None:
        for time in (self.passed, *(each.time for each in self.replicas)):
            time.pass_by(seconds)

    @rule(which=st.integers(0, 1), seconds=st.sampled_from([-DAY, DAY]))
    def set_the_clock(self, which: int, seconds: float) -> None:
        self.jumped = True
        self.replicas[which].time.jump(seconds)

    # What is always true.

    @invariant()
    def the_database_is_as_the_model_says(self) -> None:
        tasks = self.replicas[0].tasks
        found = self.do(tasks.changes(self.workspace, 0))
        assert {task.id: task for task in found} == self.model
        for task in found:
            assert (task.state in ACTIVE) == bool(task.owner)
            assert len(self._twins(task)) <= 1

    def teardown(self) -> None:
        try:
            self._everything_ends()
            assert self.do(self.replicas[0].tasks.revision(self.workspace)) == self.revision
            for viewer in self.viewers:
                self.do(viewer.has_seen(list(self.model.values())))
        finally:
            self.do(self._close())

    def _everything_ends(self) -> None:
        """All processes die, and whatever their clocks did, a new one gets to every task."""
        for which in range(2):
            self.die(which)
        for _ in range(60):
            if all(task.state not in (*ACTIVE, State.QUEUED) for task in self.model.values()):
                return
            self.claim(0)
            for held in list(self.replicas[0].held.values()):
                self._change_held(held, lambda it: task_state.fail(it, FAILURE, now=1))
            self.replicas[0].held.clear()
            self.wait(LEASE)
        raise AssertionError("a task waits for ever")

    async def _close(self) -> None:
        for viewer in self.viewers:
            await viewer.leave()
        await self.hub.close()
        await self.replicas[0].tasks.delete_workspace(self.workspace)


def test_the_queue_keeps_its_promises(world: World) -> None:
    class Machine(QueueMachine):
        def __init__(self) -> None:
            super().__init__(world)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES[world.engine.dialect.name],
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=bool(os.environ.get("CI")),
            suppress_health_check=list(HealthCheck),
        ),
    )
