"""A property of both files as a row, and how much a difference of it matters."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Of = TypeVar("Of")


class Group(enum.Enum):
    """What a row is about, in the order in which rows are told."""

    FILE = "FILE"
    PICTURE = "PICTURE"
    COLOUR = "COLOUR"
    SOUND = "SOUND"
    SUBTITLES = "SUBTITLES"


class Severity(enum.IntEnum):
    """How much a difference matters for a delivery; NONE where nothing differs."""

    NONE = 0
    INFO = 1
    NOTICE = 2
    IMPORTANT = 3


@dataclass(frozen=True, kw_only=True)
class Row:
    """a, b: values with their units, empty where a file says nothing. track: `Track 1 (eng)`.

    meaning: of the difference, in a sentence; empty when the same.
    """

    group: Group
    name: str
    a: str
    b: str
    severity: Severity
    meaning: str
    track: str = ""

    @property
    def same(self) -> bool:
        """Whether both files say the same, also nothing."""
        return self.severity is Severity.NONE


@dataclass(frozen=True, kw_only=True)
class Property(Generic[Of]):
    """Something that a file, its picture or a track has.

    value: as text, empty where nothing is said. severity, meaning: of any difference. graded: how
    much a certain difference matters, where that depends on how large it is. unsaid: how much it
    matters that only one has a value, where that is less.
    """

    name: str
    value: Callable[[Of], str]
    severity: Severity
    meaning: str
    graded: Callable[[Of, Of], Severity] | None = None
    unsaid: Severity | None = None

    def row(self, group: Group, a: Of | None, b: Of | None, track: str = "") -> Row | None:
        """None when neither has it."""
        text_a = self.value(a) if a is not None else ""
        text_b = self.value(b) if b is not None else ""
        if not text_a and not text_b:
            return None
        same = text_a == text_b
        severity = self.severity
        if same:
            severity = Severity.NONE
        elif not text_a or not text_b:
            severity = severity if self.unsaid is None else self.unsaid
        elif self.graded and a is not None and b is not None:
            severity = self.graded(a, b)
        return Row(
            group=group,
            name=self.name,
            a=text_a,
            b=text_b,
            severity=severity,
            meaning="" if same else self.meaning,
            track=track,
        )


def rows_of(
    properties: Iterable[Property[Of]], group: Group, a: Of, b: Of, track: str = ""
) -> Iterator[Row]:
    """The rows of all properties that one of the two has."""
    for each in properties:
        row = each.row(group, a, b, track)
        if row is not None:
            yield row
