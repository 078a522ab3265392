"""Tasks beside the calls: named, and ended within a bound."""

from __future__ import annotations

import ast
import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import structlog

from services.servicekit import background as module
from services.servicekit.background import background, end

SERVICES = Path(module.__file__).parents[1]


@pytest.fixture(autouse=True)
def short_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_END_SECONDS", 0.01)


async def test_a_task_ends_with_its_stack() -> None:
    async with AsyncExitStack() as stack:
        task = background(stack, "waiting", asyncio.Event().wait())  # type: ignore[arg-type]
        assert task.get_name() == "waiting"
    assert task.cancelled()


async def test_a_task_that_hears_of_the_stop_itself_may_finish() -> None:
    stopping, finished = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await stopping.wait()
        finished.set()

    async with AsyncExitStack() as stack:
        background(stack, "work", work(), patience=60)
        stack.callback(stopping.set)
    assert finished.is_set()


async def test_a_task_that_refuses_to_end_holds_up_nobody_and_is_named() -> None:
    leave = asyncio.Event()

    async def refuse() -> None:
        while not leave.is_set():
            try:
                await leave.wait()
            except asyncio.CancelledError:
                continue

    task = asyncio.create_task(refuse(), name="stubborn")
    await asyncio.sleep(0)
    with structlog.testing.capture_logs() as lines:
        await end(task)
    assert [(line["event"], line["task"]) for line in lines] == [("task_does_not_end", "stubborn")]
    leave.set()
    await task


async def test_a_task_that_fails_is_heard_of_at_once() -> None:
    async def fail() -> None:
        raise ValueError("no")

    async with AsyncExitStack() as stack:
        with structlog.testing.capture_logs() as lines:
            task = background(stack, "failing", fail())
            await asyncio.wait({task})
            await asyncio.sleep(0)
        assert [(line["event"], line["task"]) for line in lines] == [
            ("background_task_failed", "failing")
        ]


def test_every_task_of_a_service_has_a_name() -> None:
    unnamed = [
        f"{file.relative_to(SERVICES)}:{call.lineno}"
        for file in SERVICES.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "asyncio.create_task"
        and "name" not in {keyword.arg for keyword in call.keywords}
    ]
    assert unnamed == []
