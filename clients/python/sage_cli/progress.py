"""How far things are, on standard error: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)


class Line(Protocol):
    """The state of one thing under way."""

    def update(self, stage: str, fraction: float | None = None) -> None:
        """stage: what is being done. fraction: 0..1 of the stage; None when nobody knows."""
        ...


class Reporter(AbstractContextManager["Reporter"], Protocol):
    """Shows lines while its context is open."""

    def line(self, label: str) -> Line:
        """Another line below those that are shown; several may move at once."""
        ...


def reporter(console: Console | None = None) -> Reporter:
    """console: where to; standard error by default."""
    console = console or Console(stderr=True)
    # Bars move the cursor, which a dumb terminal cannot.
    moves = console.is_terminal and not console.is_dumb_terminal
    return _Bars(console) if moves else _PlainLines(console)


class _Bars:
    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.fields[label]}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def line(self, label: str) -> Line:
        return _Bar(self._progress, self._progress.add_task("", label=label, total=None))


class _Bar:
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def update(self, stage: str, fraction: float | None = None) -> None:
        total = None if fraction is None else 1.0
        self._progress.update(self._task, description=stage, total=total, completed=fraction or 0.0)


class _PlainLines:
    """One line for each new stage, so that logs stay short."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    def line(self, label: str) -> Line:
        return _PlainLine(self._console, label)


class _PlainLine:
    def __init__(self, console: Console, label: str) -> None:
        self._console = console
        self._label = label
        self._stage = ""

    def update(self, stage: str, fraction: float | None = None) -> None:
        if stage != self._stage:
            self._stage = stage
            self._console.print(f"{self._label}: {stage}", markup=False, soft_wrap=True)
