"""From a claimed task to its embedding: embed, check, store, and what to do when that fails."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

import structlog

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.artifacts import coverage
from services.embed.artifacts.embeddings import Embedding, TrackFacts
from services.embed.artifacts.keys import (
    detail_track_key,
    embedding_prefix,
    frame_track_key,
    vectors_prefix,
)
from services.embed.artifacts.stored_forms import encode_vectors
from services.embed.artifacts.tracks import VectorTrack
from services.embed.clock import SYSTEM, Clocks
from services.embed.ports import (
    Engine,
    EngineResult,
    LeaseLost,
    PermanentFailure,
    RateLimited,
    TransientFailure,
)
from services.embed.tasks import task_state
from services.embed.tasks.attempt import Attempt, HeldTasks
from services.embed.tasks.observing import AttemptEnd, AttemptObserver, Unobserved
from services.embed.tasks.running import Running, Stopped
from services.embed.tasks.task_state import (
    SECOND,
    Failure,
    Micros,
    Modality,
    RetryPolicy,
    State,
    Task,
    Transition,
)
from services.servicekit.errors import SageError, reason_name

log = structlog.get_logger()

Answer = TypeVar("Answer")

_WATCH_SECONDS = 1.0
_SETTLE_SECONDS = 1.0
# A part of SAGE is away.
_OURS = reason_name(ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE)
# Something outside this process is away, which says nothing about the task.
_AWAY = frozenset({_OURS, reason_name(ErrorReason.ERROR_REASON_VENDOR_UNAVAILABLE)})
# Canonical codes after which the same thing may succeed: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED,
# ABORTED, UNAVAILABLE, and INTERNAL, which is nobody's intention.
_TRANSIENT_CODES = frozenset({4, 8, 10, 13, 14})


class Store(HeldTasks, Protocol):
    """Where tasks are kept."""

    async def is_live(self, workspace: str, task_id: str) -> bool:
        """Whether somebody works, or will work, on the task, or it has succeeded."""
        ...

    async def limit_rate(self, workspace: str, vendor: str, until: Micros) -> None:
        """No replica takes the workspace's tasks for the vendor until then."""
        ...


class ArtifactStore(Protocol):
    """Where the artifacts of embeddings are kept, by key."""

    async def put(self, key: str, data: bytes) -> None:
        """All of it or nothing. Raises SageError(STORAGE_FULL, DEPENDENCY_UNAVAILABLE)."""
        ...

    async def exists(self, key: str) -> bool:
        """Raises SageError(DEPENDENCY_UNAVAILABLE), as no answer is not a no."""
        ...

    async def remove_under(self, prefix: str, *, keep: str = "") -> None:
        """Removes every object below the prefix, apart from `keep`."""
        ...


class Pipeline:
    """Sees claimed tasks through.

    object_key: where a video's bytes lie, by workspace and name.
    ceiling: seconds that an engine may show no progress.
    """

    def __init__(
        self,
        store: Store,
        artifacts: ArtifactStore,
        object_key: Callable[[str, str], Awaitable[str]],
        engines: Mapping[str, Engine],
        *,
        policy: RetryPolicy,
        ceiling: float,
        clocks: Clocks = SYSTEM,
        observer: AttemptObserver | None = None,
    ) -> None:
        self._observer = observer or Unobserved()
        self._store = store
        self._artifacts = artifacts
        self._object_key = object_key
        self._engines = engines
        self._policy = policy
        self._ceiling = ceiling
        self._clocks = clocks

    async def see_through(self, running: Running) -> None:
        """Ends with the task, or with this attempt at it."""
        engine = self._engines[running.task.engine]
        structlog.contextvars.bind_contextvars(task=running.task.name, attempt=running.task.attempt)
        attempt = Attempt(running.task, self._store, self._clocks)
        try:
            try:
                await self._embed(running, attempt, engine)
            except LeaseLost:
                raise
            except Exception as error:
                await self._failed(running, attempt, error)
        except asyncio.CancelledError:
            await self._stopped(running, attempt)
        except LeaseLost:
            running.settled = True
            await self._let_go(attempt)

    async def clean_up(self, task: Task) -> None:
        """Removes what a task that ended without an embedding left behind; never raises."""
        try:
            if task.engine in self._engines:
                await self._engines[task.engine].discard(task)
            await self._artifacts.remove_under(embedding_prefix(task.workspace, task.id))
        except SageError as error:
            log.warning("clean_up_failed", task=task.name, error=error.message)

    async def _embed(self, running: Running, attempt: Attempt, engine: Engine) -> None:
        task = attempt.task
        key = await self._object_key(task.workspace, task.video.name)
        attempt.located(key, lambda: self._has_tracks(task))
        result = await self._within_ceiling(attempt, engine)
        coverage.check(task, result)
        embedding = await self._keep(attempt, engine, result)
        with running.ending():
            done = await attempt.complete(embedding)
        log.info("task_succeeded", seconds=((done.ended_at or 0) - task.engine_since) / SECOND)
        self._observer.ended(done, AttemptEnd.SUCCEEDED)
        await engine.discard(attempt.task)
        if task.attempt > 1:
            await self._artifacts.remove_under(
                embedding_prefix(task.workspace, task.id), keep=embedding.vectors_prefix
            )

    async def _within_ceiling(self, attempt: Attempt, engine: Engine) -> EngineResult:
        work = asyncio.ensure_future(engine.embed(attempt))
        try:
            while not work.done():
                await asyncio.wait([work], timeout=_WATCH_SECONDS)
                if not work.done() and attempt.still_seconds > self._ceiling:
                    raise PermanentFailure(_timed_out(self._ceiling))
            return work.result()
        finally:
            if not work.done():
                work.cancel()
                # What it still has to say no longer matters.
                await asyncio.gather(work, return_exceptions=True)

    async def _keep(self, attempt: Attempt, engine: Engine, result: EngineResult) -> Embedding:
        task = attempt.task
        await attempt.report(State.STORING, 0.0, "Storing the vectors")
        prefix = vectors_prefix(task.workspace, task.id, task.attempt)
        digest = hashlib.sha256()
        for modality, track in _in_order(result.tracks):
            data = await asyncio.to_thread(encode_vectors, track)
            digest.update(data)
            await self._artifacts.put(prefix + modality.value, data)
        track_key, detail_key = _track_keys(task)
        if result.frames is not None:
            await self._artifacts.put(track_key, result.frames.frames)
            await self._artifacts.put(detail_key, result.frames.detail)
        return Embedding(
            id=task.id,
            workspace=task.workspace,
            video=task.video.name,
            sha256=task.video.sha256,
            engine=task.engine,
            model=engine.spec.model,
            segment_duration=task.segment_duration,
            duration=result.duration,
            tracks=tuple(
                TrackFacts(
                    modality=modality,
                    segment_count=len(track.vectors),
                    dimension=int(track.vectors.shape[1]),
                    has_fine_samples=track.fine is not None,
                )
                for modality, track in _in_order(result.tracks)
            ),
            vectors_prefix=prefix,
            frame_track_key=await self._if_stored(track_key),
            detail_track_key=await self._if_stored(detail_key),
            etag=digest.hexdigest(),
            created_at=self._clocks.now(),
        )

    async def _has_tracks(self, task: Task) -> bool:
        return all([await self._artifacts.exists(key) for key in _track_keys(task)])

    async def _if_stored(self, key: str) -> str:
        return key if await self._artifacts.exists(key) else ""

    async def _stopped(self, running: Running, attempt: Attempt) -> None:
        if running.settled:
            return
        if running.stopped is Stopped.DRAINING:
            try:
                await attempt.change(
                    lambda task: task_state.requeue(
                        task, not_before=0, stage="Waiting for a worker", failed=False
                    )
                )
            except LeaseLost:
                pass
            else:
                log.info("task_requeued")
                self._observer.ended(attempt.task, AttemptEnd.REQUEUED)
                return
        await self._let_go(attempt)

    async def _let_go(self, attempt: Attempt) -> None:
        """Cleans up, unless another worker goes on with what this one began."""
        task = attempt.task
        log.info("task_let_go")
        self._observer.ended(task, AttemptEnd.LEASE_LOST)
        if not await self._store.is_live(task.workspace, task.id):
            await self.clean_up(task)

    async def _failed(self, running: Running, attempt: Attempt, error: Exception) -> None:
        if isinstance(error, RateLimited):
            await self._rate_limited(running, attempt, error)
            return
        failure, transient = classify(error)
        log.warning("attempt_failed", reason=failure.reason, transient=transient, exc_info=error)
        after = self._after(failure, transient)

        async def end() -> Task:
            with running.ending():
                return await attempt.change(after)

        ended = await _once_ours_are_back(end)
        how = AttemptEnd.FAILED if ended.is_final else AttemptEnd.RETRIED
        self._observer.ended(ended, how)
        if ended.is_final:
            await self.clean_up(ended)

    async def _rate_limited(self, running: Running, attempt: Attempt, error: RateLimited) -> None:
        until = self._clocks.now() + round(error.seconds * SECOND)

        async def wait_for_it() -> None:
            await self._store.limit_rate(attempt.task.workspace, error.vendor, until)
            with running.ending():
                await attempt.change(
                    lambda task: task_state.wait_for_limit(
                        task, until=until, stage=f"Waiting: {error}"
                    )
                )

        await _once_ours_are_back(wait_for_it)
        log.info("task_rate_limited", seconds=error.seconds)
        self._observer.ended(attempt.task, AttemptEnd.RATE_LIMITED)

    def _after(self, failure: Failure, transient: bool) -> Transition:
        if not transient:
            return lambda task: task_state.fail(task, failure, now=self._clocks.now())
        return lambda task: task_state.fail_transiently(
            task,
            failure,
            policy=self._policy,
            now=self._clocks.now(),
            jitter=random.random(),  # noqa: S311  # spreads retries, hides nothing
            away=failure.reason in _AWAY,
        )


async def _once_ours_are_back(step: Callable[[], Awaitable[Answer]]) -> Answer:
    """Does the step that ends an attempt, however long the database is away.

    Given up, the task would look as if its worker had died, and that counts against it.
    """
    while True:
        try:
            return await step()
        except SageError as error:
            if error.reason_name != _OURS:
                raise
            await asyncio.sleep(_SETTLE_SECONDS)


def classify(error: Exception) -> tuple[Failure, bool]:
    """What to tell about an error, and whether the attempt is worth repeating."""
    match error:
        case PermanentFailure():
            return error.failure, False
        case TransientFailure():
            return error.failure, True
        case SageError():
            failure = Failure(
                reason=error.reason_name, message=error.message, metadata=error.metadata
            )
            return failure, error.code in _TRANSIENT_CODES
        case _:
            reason = reason_name(ErrorReason.ERROR_REASON_INTERNAL)
            message = "Something went wrong inside SAGE while it worked on this video."
            return Failure(reason=reason, message=message), True


def _timed_out(ceiling: float) -> Failure:
    return Failure(
        reason=reason_name(ErrorReason.ERROR_REASON_TASK_TIMED_OUT),
        message=f"The engine showed no progress for {ceiling / 60:.0f} minutes and was given up.",
    )


def _track_keys(task: Task) -> tuple[str, str]:
    """Where the frame track and the detail track of a task's video lie."""
    workspace, sha256 = task.workspace, task.video.sha256
    return frame_track_key(workspace, sha256), detail_track_key(workspace, sha256)


def _in_order(tracks: Mapping[Modality, VectorTrack]) -> list[tuple[Modality, VectorTrack]]:
    """What is seen first, then what is heard, then what is said."""
    return [(modality, tracks[modality]) for modality in Modality if modality in tracks]
