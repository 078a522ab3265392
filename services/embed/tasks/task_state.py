"""The life of an embedding task, as a pure state machine.

    QUEUED -> PREPARING -> PROCESSING -> STORING -> SUCCEEDED
       ^          |            |            |
       +----------+------------+------------+--> FAILED
       (what can pass: back to the queue)   +--> CANCELLED

`claim` and what follows it belong to one attempt of one worker; `requeue` ends an attempt without
ending the task. FAILED and CANCELLED are final but for `retry`. Every function answers with the new
task or raises SageError(TASK_STATE_CONFLICT); nothing here knows clocks, databases or engines.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError, reason_name

# Microseconds since 1970, as everywhere in this service's rows.
Micros = int
SECOND: Micros = 1_000_000

# Of a task whose engine answered with something that no further attempt makes better.
_UNUSABLE = reason_name(ErrorReason.ERROR_REASON_COVERAGE_INCOMPLETE)


class State(enum.StrEnum):
    """Where a task stands; the names are the contract's."""

    QUEUED = "QUEUED"
    PREPARING = "PREPARING"
    PROCESSING = "PROCESSING"
    STORING = "STORING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


ACTIVE = (State.PREPARING, State.PROCESSING, State.STORING)
FINAL = (State.SUCCEEDED, State.FAILED, State.CANCELLED)
# A task that has been due for so long was waiting for a worker, not for what was away.
_UNTRIED: Micros = 15 * 60 * SECOND
_ORDER = {state: place for place, state in enumerate((*ACTIVE, State.SUCCEEDED))}


class Modality(enum.StrEnum):
    """What of a video a vector stands for; the names are the contract's."""

    VISUAL = "VISUAL"
    AUDIO = "AUDIO"
    TRANSCRIPTION = "TRANSCRIPTION"


@dataclass(frozen=True, kw_only=True)
class VideoFacts:
    """What of a video was true when its task was created.

    name: `videos/{id}`. duration: seconds. content_type: media type of the container.
    """

    name: str
    display_name: str
    sha256: str
    size_bytes: int
    duration: float
    width: int
    height: int
    has_audio: bool
    content_type: str


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a task failed: a reason of the contract by name, words for people, facts for programs."""

    reason: str
    message: str
    metadata: Mapping[str, str] = field(default_factory=dict)


WORKER_CRASHED = Failure(
    reason="WORKER_CRASHED",
    message="The process that worked on this video died again and again, so it was given up.",
)


@dataclass(frozen=True, kw_only=True)
class Task:
    """One embedding task.

    model: the engine's when the task was made; what another one makes can't be compared with it.
    segment_duration: seconds. modalities: what was asked for; empty means all.
    progress: 0 to 1. eta: seconds the rest will take, None when nobody knows.
    attempt: how often a worker took it. failures: how many attempts since the last `retry` ended by
    something transient or by a worker's death. away_since: when an attempt first failed since
    something outside was away; 0 when none did since the last `retry`. not_before: when it may be
    claimed.
    owner, beat: which replica works on it, and what grows with each of its signs of life.
    engine_state: what the engine must find again after a crash (a vendor's ids).
    engine_since: when the engine last showed in this attempt that it moves; bounds the waiting.
    revision: of the workspace, at the last change.
    traceparent: of the call that asked for it, as W3C writes it; empty when nobody traces.
    """

    id: str
    workspace: str
    video: VideoFacts
    engine: str
    model: str
    segment_duration: float
    modalities: tuple[Modality, ...] = ()
    state: State = State.QUEUED
    progress: float = 0.0
    progress_estimated: bool = False
    stage: str = ""
    eta: float | None = None
    attempt: int = 0
    failures: int = 0
    away_since: Micros = 0
    not_before: Micros = 0
    owner: str = ""
    beat: int = 0
    engine_state: Mapping[str, str] = field(default_factory=dict)
    engine_since: Micros = 0
    failure: Failure | None = None
    embedding: str = ""
    created_at: Micros
    started_at: Micros | None = None
    ended_at: Micros | None = None
    revision: int = 0
    traceparent: str = ""

    @property
    def name(self) -> str:
        return f"embeddingTasks/{self.id}"

    @property
    def is_final(self) -> bool:
        """Whether it ended; only `retry` makes it anything else."""
        return self.state in FINAL


Transition = Callable[[Task], Task]


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How often, how long, and after which waits what can pass is tried again. Seconds.

    max_failures: attempts that may fail by the work itself. outage: how long something outside may
    be away, however many attempts that costs.
    """

    max_failures: int = 5
    first_wait: float = 2.0
    longest_wait: float = 300.0
    outage: float = 24 * 3600.0

    def wait(self, failures: int, jitter: float) -> float:
        """Exponential back-off; `jitter` in [0, 1) takes away up to half of it."""
        full = min(self.first_wait * 2.0 ** max(failures - 1, 0), self.longest_wait)
        return full * (1.0 - jitter / 2.0)

    def outage_wait(self, elapsed: float, jitter: float) -> float:
        """As long again as the outage has lasted, which doubles it each time."""
        full = min(max(self.first_wait, elapsed), self.longest_wait)
        return full * (1.0 - jitter / 2.0)


def claim(
    task: Task, *, owner: str, now: Micros, max_failures: int, abandoned: bool = False
) -> Task:
    """A worker takes a queued task, or one whose worker died.

    abandoned: whether the task's lease has run out. The death of a worker counts as a failure: a
    task that kills whoever takes it ends as FAILED instead of being claimed.

    Raises SageError(TASK_STATE_CONFLICT).
    """
    abandoned = abandoned and task.state in ACTIVE
    if task.state is not State.QUEUED and not abandoned:
        raise _conflict(task, "claimed")
    failures = task.failures + (1 if abandoned else 0)
    if failures >= max_failures:
        return fail(replace(task, failures=failures), WORKER_CRASHED, now=now)
    return replace(
        task,
        state=State.PREPARING,
        progress=0.0,
        progress_estimated=False,
        stage="Fetching the video",
        eta=None,
        attempt=task.attempt + 1,
        failures=failures,
        # While nobody tried, nobody saw that what it needs was away.
        away_since=0 if now - task.not_before > _UNTRIED else task.away_since,
        owner=owner,
        engine_since=now,
        started_at=task.started_at or now,
    )


def advance(
    task: Task,
    state: State,
    *,
    progress: float,
    stage: str,
    eta: float | None = None,
    estimated: bool = False,
    now: Micros,
) -> Task:
    """The attempt goes on: the state never goes back, and neither does the progress.

    A measured progress that grew counts as a sign that the engine moves; an estimate does not.

    Raises SageError(TASK_STATE_CONFLICT).
    """
    if task.state not in ACTIVE or state not in ACTIVE or _ORDER[state] < _ORDER[task.state]:
        raise _conflict(task, f"moved to {state}")
    grown = max(task.progress, min(progress, 1.0))
    measured = grown > task.progress and not estimated
    moved = state is not task.state or measured
    return replace(
        task,
        state=state,
        progress=grown,
        progress_estimated=estimated,
        stage=stage,
        eta=eta,
        engine_since=now if moved else task.engine_since,
        # What makes progress has what it needs, so no outage goes on.
        away_since=0 if measured and state is task.state else task.away_since,
    )


def remember(task: Task, facts: Mapping[str, str]) -> Task:
    """Keeps what the engine must find again after a crash.

    Raises SageError(TASK_STATE_CONFLICT).
    """
    if task.state not in ACTIVE:
        raise _conflict(task, "continued")
    return replace(task, engine_state=dict(facts))


def requeue(task: Task, *, not_before: Micros, stage: str, failed: bool) -> Task:
    """Ends an attempt without ending the task.

    failed: whether the attempt counts against the limit (a draining worker's does not).

    Raises SageError(TASK_STATE_CONFLICT).
    """
    if task.state not in ACTIVE:
        raise _conflict(task, "requeued")
    return replace(
        task,
        state=State.QUEUED,
        progress=0.0,
        progress_estimated=False,
        stage=stage,
        eta=None,
        failures=task.failures + (1 if failed else 0),
        not_before=not_before,
        owner="",
    )


def fail_transiently(
    task: Task,
    failure: Failure,
    *,
    policy: RetryPolicy,
    now: Micros,
    jitter: float,
    away: bool = False,
) -> Task:
    """After a failure that can pass: back to the queue, or FAILED when it was one too many.

    away: whether a part of SAGE, or the vendor, was away, which says nothing about the task: such
    failures do not count, but the outage has a limit in time.
    """
    if away:
        since = task.away_since or now
        elapsed = (now - since) / SECOND
        exhausted = elapsed >= policy.outage
        wait = policy.outage_wait(elapsed, jitter)
        task = replace(task, away_since=since)
    else:
        exhausted = task.failures + 1 >= policy.max_failures
        wait = policy.wait(task.failures + 1, jitter)
    if exhausted:
        return fail(task, failure, now=now)
    return requeue(
        task,
        not_before=now + round(wait * SECOND),
        stage=f"Waiting to try again: {failure.message}",
        failed=not away,
    )


def wait_for_limit(task: Task, *, until: Micros, stage: str) -> Task:
    """Back to the queue until a vendor takes more work: it answered, so no outage goes on."""
    return requeue(replace(task, away_since=0), not_before=until, stage=stage, failed=False)


def succeed(task: Task, embedding: str, *, now: Micros) -> Task:
    """Raises SageError(TASK_STATE_CONFLICT)."""
    if task.state is not State.STORING:
        raise _conflict(task, "completed")
    return replace(
        _ended(task, now),
        state=State.SUCCEEDED,
        progress=1.0,
        progress_estimated=False,
        stage="Done",
        embedding=embedding,
    )


def lose_embedding(task: Task, failure: Failure | None, *, now: Micros) -> Task:
    """A task that is over no longer stands for an embedding.

    failure: what is wrong with the embedding, and the task has FAILED; None when a user removed it,
    and the task is CANCELLED. Raises SageError(TASK_STATE_CONFLICT) while the task makes it.
    """
    if not task.is_final:
        raise SageError(
            ErrorReason.ERROR_REASON_TASK_STATE_CONFLICT,
            f"{task.name} is making this embedding. Cancel the task instead.",
            metadata={"name": task.name, "state": task.state.value},
        )
    if failure is not None:
        lost = replace(task, state=State.FAILED, stage="Failed", failure=failure)
    else:
        lost = replace(task, state=State.CANCELLED, stage="Its embedding was deleted", failure=None)
    return replace(lost, embedding="", ended_at=now)


def fail(task: Task, failure: Failure, *, now: Micros) -> Task:
    """Raises SageError(TASK_STATE_CONFLICT)."""
    if task.is_final:
        raise _conflict(task, "failed")
    return replace(_ended(task, now), state=State.FAILED, stage="Failed", failure=failure)


def cancel(task: Task, *, now: Micros) -> Task:
    """Raises SageError(TASK_STATE_CONFLICT)."""
    if task.is_final:
        raise _conflict(task, "cancelled")
    return replace(_ended(task, now), state=State.CANCELLED, stage="Cancelled")


def retry(task: Task, *, model: str) -> Task:
    """Starts a FAILED or CANCELLED task anew.

    What the engine made outside is found again, since it may have been paid for, unless it is of no
    use: its answer was incomplete, or the model is another one. model: the engine's now.

    Raises SageError(TASK_STATE_CONFLICT).
    """
    if task.state not in (State.FAILED, State.CANCELLED):
        raise _conflict(task, "retried")
    return replace(
        task,
        model=model,
        state=State.QUEUED,
        progress=0.0,
        progress_estimated=False,
        stage="Waiting for a worker",
        eta=None,
        failures=0,
        away_since=0,
        not_before=0,
        engine_state=left_behind(task, model=model),
        engine_since=0,
        failure=None,
        ended_at=None,
    )


def left_behind(task: Task, *, model: str) -> Mapping[str, str]:
    """What an ended task's engine made outside, for the next task that does the same work."""
    unusable = task.failure is not None and task.failure.reason == _UNUSABLE
    return {} if unusable or model != task.model else task.engine_state


def _ended(task: Task, now: Micros) -> Task:
    return replace(task, eta=None, owner="", ended_at=now)


def _conflict(task: Task, what: str) -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_TASK_STATE_CONFLICT,
        f"The task is {task.state} and cannot be {what}.",
        metadata={"name": task.name, "state": task.state.value},
    )
