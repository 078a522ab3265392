"""Files of timed items, as those who read and write them and those who carry them over agree."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class Follows(enum.Enum):
    """Which time map a kind of file follows by default: the picture's or the sound's."""

    PICTURE = "PICTURE"
    SOUND = "SOUND"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One timed thing of a file: a subtitle, a marker, a chapter, an edit event.

    key: unique within the file. start, end: seconds in the media (end None: a moment, not a
    stretch). text: for reports. location: line number or similar for messages.
    """

    key: str
    start: float
    end: float | None
    text: str
    location: str


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where an item goes in the other version, in seconds. end: None for moments.

    note: what to check, for formats which can hold a remark; empty otherwise.
    """

    start: float
    end: float | None
    note: str = ""


class Document(Protocol):
    """A file of timed items that can be written again with other times; styling survives."""

    @property
    def items(self) -> Sequence[Item]: ...

    @property
    def follows(self) -> Follows: ...

    def written(self, placements: Mapping[str, Sequence[Placement]]) -> bytes:
        """The file with each item at its placements: none drops it, several repeat it."""
        ...


class UnreadableFile(Exception):
    """A file is not what its name says.

    line: where, from 1; None where a file has no lines. problem: one sentence for people.
    """

    def __init__(self, line: int | None, problem: str) -> None:
        super().__init__(problem if line is None else f"line {line}: {problem}")
        self.line = line
        self.problem = problem
