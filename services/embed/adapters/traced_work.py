"""Each attempt at a task as a trace."""

from __future__ import annotations

from opentelemetry import trace
from opentelemetry.trace import SpanKind
from opentelemetry.util.types import Attributes

from services.embed.tasks.running import Running
from services.embed.tasks.task_state import Task
from services.embed.tasks.worker import Work

_tracer = trace.get_tracer("sage.embed")


class TracedWork:
    """`Work` within a span."""

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
            "embedding attempt", kind=SpanKind.CONSUMER, attributes=facts
        ):
            await self._work.see_through(running)

    async def clean_up(self, task: Task) -> None:
        await self._work.clean_up(task)
