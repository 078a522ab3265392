"""One trace from the call that asks for a task to what its attempts ask of store and vendor."""

from __future__ import annotations

from dataclasses import replace

from opentelemetry import trace
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes

from services.embed.tasks.commands import TaskRows
from services.embed.tasks.running import Running
from services.embed.tasks.task_state import Task, Transition
from services.embed.tasks.worker import Work

_tracer = trace.get_tracer("sage.embed")
_propagator = TraceContextTextMapPropagator()
_HEADER = "traceparent"


class TracedRows:
    """`TaskRows` in which a new task remembers the present trace."""

    def __init__(self, rows: TaskRows) -> None:
        self._rows = rows

    async def create(self, task: Task, request_id: str) -> Task:
        told: dict[str, str] = {}
        _propagator.inject(told)
        return await self._rows.create(replace(task, traceparent=told.get(_HEADER, "")), request_id)

    async def rehearse(self, task: Task, request_id: str) -> Task:
        return await self._rows.rehearse(task, request_id)

    async def get(self, workspace: str, task_id: str) -> Task:
        return await self._rows.get(workspace, task_id)

    async def change(self, workspace: str, task_id: str, transition: Transition) -> Task:
        return await self._rows.change(workspace, task_id, transition)

    async def delete_workspace(self, workspace: str) -> list[Task]:
        return await self._rows.delete_workspace(workspace)


class TracedWork:
    """`Work` within a span of the task's trace, or of a new one."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def see_through(self, running: Running) -> None:
        task = running.task
        facts: Attributes = {
            "sage.task": task.name,
            "sage.engine": task.engine,
            "sage.attempt": task.attempt,
        }
        with _tracer.start_as_current_span(
            "embedding attempt",
            context=_propagator.extract({_HEADER: task.traceparent}),
            kind=SpanKind.CONSUMER,
            attributes=facts,
        ):
            await self._work.see_through(running)

    async def clean_up(self, task: Task) -> None:
        await self._work.clean_up(task)
