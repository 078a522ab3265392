"""What became of each pair, kept in a folder, so that a batch can be gone on with."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sage_cli.batch.pairs import Pair
from sage_cli.failures import TROUBLE, Failure
from sage_cli.inputs import is_resource

_SUFFIX = ".result.json"
FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Record:
    """status: what became of it, in a word. exit_code: what the command would have ended with for
    this pair alone. verdict: what it came to, or what went wrong. inputs: stands for the files and
    settings; empty when there is nothing to go on with.
    """

    name: str
    a: str
    b: str
    status: str
    exit_code: int
    verdict: str
    similarity_percent: float | None = None
    differences: int = 0
    inputs: str = ""

    @property
    def done(self) -> bool:
        """Whether it came to a verdict, good or bad; one that did not is tried again."""
        return self.exit_code < TROUBLE


def fingerprint(pair: Pair, settings: Mapping[str, object]) -> str:
    """Changes when a file, by its length and time, or a setting does."""
    parts = [_identity(pair.a), _identity(pair.b), dict(settings)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Records:
    """The folder with the answers and their records.

    suffix: of the answers, `.json`.
    """

    def __init__(self, folder: Path, suffix: str) -> None:
        """Makes the folder unless it is there. Raises Failure when it cannot be written to."""
        self._folder = folder
        self._suffix = suffix
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Failure(f"{folder}: {error.strerror}.") from None

    def done(self, pair: Pair, inputs: str) -> Record | None:
        """The record of the same question, if it was answered. What failed is tried again."""
        path = self._folder / f"{pair.name}{_SUFFIX}"
        try:
            values: Any = json.loads(path.read_text(encoding="utf-8"))
            record = Record(**{**values, "a": pair.a, "b": pair.b})
        except (OSError, ValueError, TypeError):
            return None
        answered = record.done and record.inputs == inputs and self._answer(pair).is_file()
        return record if answered else None

    def put(self, pair: Pair, record: Record, answer: bytes | None) -> None:
        """The record last: without it, there is no answer. answer: None when there is none.

        Raises Failure when they cannot be written.
        """
        try:
            if answer is None:
                self._answer(pair).unlink(missing_ok=True)
            else:
                self._write(self._answer(pair), answer)
            text = json.dumps(asdict(record), indent=2, ensure_ascii=False)
            self._write(self._folder / f"{pair.name}{_SUFFIX}", f"{text}\n".encode())
        except OSError as error:
            raise Failure(f"{self._folder}: {error.strerror}.") from None

    def _answer(self, pair: Pair) -> Path:
        return self._folder / f"{pair.name}{self._suffix}"

    def _write(self, path: Path, content: bytes) -> None:
        """All or nothing."""
        descriptor, partial = tempfile.mkstemp(dir=self._folder, prefix=".partial-")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(partial).chmod(0o644)
        Path(partial).replace(path)


def _identity(name: str) -> list[object]:
    if is_resource(name):
        return [name]
    try:
        found = Path(name).stat()
    except OSError:
        return [name, None]
    return [name, found.st_size, found.st_mtime_ns]
