"""What users ask of tasks: make one, cancel one, try one again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Protocol

import structlog

from services.embed.clock import SYSTEM, Clocks
from services.embed.engines.catalogue import Catalogue, check_request
from services.embed.ports import Availability, EngineSpec
from services.embed.tasks import task_state
from services.embed.tasks.task_state import Modality, Task, Transition, VideoFacts
from services.servicekit.background import end
from services.servicekit.names import new_id

log = structlog.get_logger()

# Of a service that stops.
_CLEANING_SECONDS = 2.0


class TaskRows(Protocol):
    """Where tasks are kept."""

    async def create(self, task: Task, request_id: str) -> Task:
        """Keeps a new task, or answers with the one that does the same work already.

        Raises SageError(REQUEST_ID_REUSED, QUOTA_EXCEEDED).
        """
        ...

    async def rehearse(self, task: Task, request_id: str) -> Task:
        """What `create` would answer with, or raise."""
        ...

    async def get(self, workspace: str, task_id: str) -> Task:
        """Raises SageError(NOT_FOUND) for a missing or foreign one."""
        ...

    async def change(self, workspace: str, task_id: str, transition: Transition) -> Task:
        """The task after the change. Raises what `transition` does, or SageError(NOT_FOUND)."""
        ...

    async def delete_workspace(self, workspace: str) -> list[Task]:
        """Removes all tasks of a workspace, running ones included, and answers with them."""
        ...


class TaskCommands:
    """Acts for one caller at a time; `workspace` is always the caller's.

    get_video: a video of the caller's. clean_up: removes what an ended task left outside.
    """

    def __init__(
        self,
        tasks: TaskRows,
        catalogue: Catalogue,
        get_video: Callable[[str], Awaitable[VideoFacts]],
        clean_up: Callable[[Task], Coroutine[Any, Any, None]],
        clocks: Clocks = SYSTEM,
    ) -> None:
        self._tasks = tasks
        self._catalogue = catalogue
        self._get_video = get_video
        self._clean_up = clean_up
        self._clocks = clocks
        # For which workspace.
        self._cleaning: dict[asyncio.Task[None], str] = {}

    async def engines(self, workspace: str) -> list[tuple[EngineSpec, Availability]]:
        """All engines, the best first, and whether each can work for the workspace now."""
        return await self._catalogue.all(workspace)

    async def create(
        self,
        workspace: str,
        *,
        video: str,
        engine: str,
        segment: float,
        modalities: Sequence[Modality],
        request_id: str,
        rehearse: bool = False,
    ) -> Task:
        """A task for the video, or the one that does the same work already.

        rehearse: nothing is created, and the answer is what it would be.
        """
        facts = await self._get_video(video)
        spec = await self._catalogue.choose(engine, workspace)
        check_request(spec, facts, segment, modalities)
        task = Task(
            id=new_id(),
            workspace=workspace,
            video=facts,
            engine=spec.name,
            model=spec.model,
            segment_duration=segment,
            modalities=tuple(modalities),
            stage="Waiting for a worker",
            created_at=self._clocks.now(),
        )
        act = self._tasks.rehearse if rehearse else self._tasks.create
        return await act(task, request_id)

    async def cancel(self, workspace: str, task_id: str) -> Task:
        """The task is CANCELLED at once; whoever works on it hears of it and stops."""
        before: list[Task] = []

        def cancel(task: Task) -> Task:
            before.append(task)
            return task_state.cancel(task, now=self._clocks.now())

        cancelled = await self._tasks.change(workspace, task_id, cancel)
        if not before[-1].owner:
            # Nobody works on it, so nobody else would clean up.
            self._start_cleaning(cancelled)
        return cancelled

    async def retry(self, workspace: str, task_id: str) -> Task:
        """Queues an ended task again, with the model that its engine has now.

        Raises SageError(NOT_FOUND, TASK_STATE_CONFLICT), and what choosing the engine does.
        """
        task = await self._tasks.get(workspace, task_id)
        spec = await self._catalogue.choose(task.engine, workspace)
        return await self._tasks.change(
            workspace, task_id, lambda task: task_state.retry(task, model=spec.model)
        )

    async def remove_all(self, workspace: str) -> None:
        """Removes all tasks and what they left outside, for which the workspace's keys are needed.

        A caller that goes away ends the waiting, not the removing; the next one waits for it too.
        """
        for task in await self._tasks.delete_workspace(workspace):
            self._start_cleaning(task)
        cleaning = [task for task, whose in self._cleaning.items() if whose == workspace]
        if cleaning:
            await asyncio.wait(cleaning)

    async def close(self) -> None:
        """Waits a moment for what is being removed; objects left behind go with their workspace."""
        cleaning = list(self._cleaning)
        await asyncio.gather(*(end(task, patience=_CLEANING_SECONDS) for task in cleaning))

    def _start_cleaning(self, task: Task) -> None:
        cleaning = asyncio.create_task(self._clean_up(task), name=f"clean-{task.name}")
        self._cleaning[cleaning] = task.workspace
        cleaning.add_done_callback(self._cleaning.pop)
