"""One attempt at one task: what the engine tells becomes durable state, or the attempt ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Protocol

from services.embed.artifacts.embeddings import Embedding
from services.embed.clock import SYSTEM, Clocks
from services.embed.tasks import task_state
from services.embed.tasks.task_state import State, Task, Transition

# How the states share the bar: from, to.
_SHARES = {
    State.PREPARING: (0.0, 0.1),
    State.PROCESSING: (0.1, 0.95),
    State.STORING: (0.95, 1.0),
}
# A person sees no more than this; a database would.
_MIN_INTERVAL_SECONDS = 0.2


class HeldTasks(Protocol):
    """Where the changes of a task that is held are kept."""

    async def change_held(self, held: Task, transition: Transition) -> Task:
        """The task after a change by the worker that holds it. Raises LeaseLost if none does."""
        ...

    async def complete(self, held: Task, embedding: Embedding) -> Task:
        """The task succeeds and its embedding appears, in one step. Raises LeaseLost."""
        ...


class Attempt:
    """The Run that an engine sees."""

    def __init__(self, task: Task, store: HeldTasks, clocks: Clocks = SYSTEM) -> None:
        self._task = task
        self._store = store
        self._clocks = clocks
        self._moved = clocks.monotonic()
        self._object_key = ""
        self._has_frame_track: Callable[[], Awaitable[bool]] = _none_yet
        self._reported = 0.0

    def located(self, object_key: str, has_frame_track: Callable[[], Awaitable[bool]]) -> None:
        """Before the engine runs: where the video's bytes lie, and how to ask for tracks."""
        self._object_key = object_key
        self._has_frame_track = has_frame_track

    @property
    def task(self) -> Task:
        return self._task

    @property
    def still_seconds(self) -> float:
        """For how long the engine has not shown that it moves."""
        return self._clocks.monotonic() - self._moved

    @property
    def object_key(self) -> str:
        return self._object_key

    async def has_frame_track(self) -> bool:
        return await self._has_frame_track()

    async def report(
        self,
        state: State,
        progress: float,
        stage: str,
        *,
        eta: float | None = None,
        estimated: bool = False,
    ) -> None:
        moment = self._clocks.monotonic()
        same = state is self._task.state and stage == self._task.stage
        if same and moment - self._reported < _MIN_INTERVAL_SECONDS:
            return
        self._reported = moment
        start, end = _SHARES[state]
        overall = start + (end - start) * min(max(progress, 0.0), 1.0)
        await self.change(
            lambda task: task_state.advance(
                task,
                state,
                progress=overall,
                stage=stage,
                eta=eta,
                estimated=estimated,
                now=self._clocks.now(),
            )
        )

    async def remember(self, facts: Mapping[str, str]) -> None:
        # First in memory: if the lease is lost, what was made outside must still be cleaned up.
        self._task = replace(self._task, engine_state=dict(facts))
        await self.change(lambda task: task_state.remember(task, facts))

    async def change(self, transition: Transition) -> Task:
        """Raises LeaseLost, and SageError when the state machine forbids it."""
        changed = await self._store.change_held(self._task, transition)
        if changed.owner:
            if changed.engine_since != self._task.engine_since:
                self._moved = self._clocks.monotonic()
            self._task = changed
        return changed

    async def complete(self, embedding: Embedding) -> Task:
        """The task after it has succeeded. Raises LeaseLost."""
        return await self._store.complete(self._task, embedding)


async def _none_yet() -> bool:
    return False
