"""Log files of the processes; what is wrong also shows on the terminal."""

from __future__ import annotations

import json
import re
import sys
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

_MAX_BYTES = 20 * 1024 * 1024
_KEPT_LINES = 15
_LOUD_LEVELS = frozenset({"warning", "error", "critical"})
_LOUD_ENVOY = re.compile(r"^\[[^\]]*\]\[\d+\]\[(warning|error|critical)\]")


class ProcessLog:
    """Takes the output of one process: all of it into a file, warnings and errors to a stream.

    A file that has grown large is set aside as `.old` at the next start.
    `loud` says whether the stream gets anything: while processes start and stop, they complain of
    each other's absence. A full disk costs lines, and stops nothing: it is said once on the stream.
    """

    def __init__(self, name: str, folder: Path, *, echo: TextIO = sys.stderr) -> None:
        self.name = name
        self.loud = False
        self.file = folder / f"{name}.log"
        self._echo = echo
        self._last: deque[str] = deque(maxlen=_KEPT_LINES)
        if self.file.exists() and self.file.stat().st_size > _MAX_BYTES:
            self.file.replace(self.file.with_suffix(".log.old"))
        # Without a buffer: what a full disk refused must not be tried again with every later line.
        self._writer = self.file.open("ab", buffering=0)
        self._lines_lost = False

    def write(self, line: str) -> None:
        """Takes one line, without its end."""
        self._keep(line)
        self._last.append(line)
        message = loud_message(line) if self.loud else None
        if message is not None:
            print(f"{self.name}: {message}", file=self._echo, flush=True)

    def _keep(self, line: str) -> None:
        try:
            self._writer.write((line + "\n").encode())
        except OSError as error:
            if not self._lines_lost:
                self._lines_lost = True
                told = f"{self.name}: cannot write {self.file}: {error.strerror}; lines are lost"
                print(told, file=self._echo, flush=True)
        else:
            self._lines_lost = False

    @property
    def last_lines(self) -> tuple[str, ...]:
        """The end of what the process said in this run."""
        return tuple(self._last)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()


def cannot_start(lines: Iterable[str]) -> str | None:
    """The sentence with which a service says that a person must put something right."""
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and entry.get("event") == "cannot_start":
            return str(entry.get("reason"))
    return None


def loud_message(line: str) -> str | None:
    """What a person should see of a log line at once; None for a line that can wait in its file."""
    if line.startswith("{"):
        try:
            entry = json.loads(line)
        except ValueError:
            return None
        if not isinstance(entry, dict) or entry.get("level") not in _LOUD_LEVELS:
            return None
        facts = " ".join(
            f"{key}={value}"
            for key, value in entry.items()
            if key not in ("event", "level", "timestamp", "service", "exception")
        )
        return f"{entry['level']}: {entry.get('event', '')} {facts}".rstrip()
    return line if _LOUD_ENVOY.match(line) else None
