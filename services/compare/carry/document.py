"""What carrying over knows of a file: its timed items, and how to write it with other times."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class Extent(enum.Enum):
    """How a stretch lies over cuts.

    READ: people read it as it passes, as a subtitle: it goes on where something was cut out, and
    stands again after what came between. SPANNED: it reaches from its first moment to its last,
    whatever is between, as a chapter. PLAYED: it is that very content, as an edit event: each part
    that goes on unbroken stands for itself.
    """

    READ = "read"
    SPANNED = "spanned"
    PLAYED = "played"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One timed thing of a file: a subtitle, a marker, a chapter, an edit event.

    `key` is unique within the file. `start` and `end` are seconds in the media; `end` is None for
    a moment, which has no stretch. `text` is for reports, `location` ("line 12") for messages.
    `extent` is None for what suits the file: READ where it follows the sound, else SPANNED.
    """

    key: str
    start: float
    end: float | None
    text: str
    location: str
    extent: Extent | None = None


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where an item goes in the other version, in seconds of that version.

    `end` is None for moments. `note` says what to check, for formats which can hold a remark.
    `taken_from` is the time of the old version that comes to stand at `start`; None when it is the
    item's own start. Edit lists need it, as an event that lost its beginning starts later in its
    source.
    """

    start: float
    end: float | None
    note: str = ""
    taken_from: float | None = None


class Follows(enum.Enum):
    """Which of the two time maps a kind of file follows by default."""

    PICTURE = "picture"
    SOUND = "sound"


class UnreadableFile(Exception):
    """A file that is not what it seems to be: `problem` says what is wrong, and `line` where."""

    def __init__(self, line: int | None, problem: str) -> None:
        super().__init__(problem if line is None else f"line {line}: {problem}")
        self.line = line
        self.problem = problem


class Document(Protocol):
    """A file of timed items that can be written again with other times; styling survives."""

    @property
    def items(self) -> Sequence[Item]:
        """In the order of the file."""
        ...

    @property
    def follows(self) -> Follows:
        """Markers stand at pictures, captions go with what is said."""
        ...

    def written(self, placements: Mapping[str, Sequence[Placement]]) -> bytes:
        """The file with each item, by its key, at its placements.

        No placement drops an item, several repeat it.
        """
        ...


class UnknownFormat(UnreadableFile):
    """No kind of file that is known."""
