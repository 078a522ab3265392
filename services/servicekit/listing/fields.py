"""The kinds of fields that filters and orders may name, and what a written value means to each."""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from google.protobuf.timestamp_pb2 import Timestamp

Value: TypeAlias = str | int | float | bool

_EQUAL = ("=", "!=")
_ORDERED = (*_EQUAL, "<", "<=", ">", ">=")
_MOST_INTEGER = 2**63 - 1
_DURATION = re.compile(r"-?[0-9]+(\.[0-9]+)?s")


class Kind(enum.Enum):
    """What values a field has, and with which comparators it goes."""

    # For people to read: `:` finds it within, whatever the case of letters.
    TEXT = "a text"
    # Exact: a hash, a codec, the name of a resource.
    NAME = "a name"
    CHOICE = "one of its values"
    YES_NO = "true or false"
    INTEGER = "a whole number"
    NUMBER = "a number"
    # In seconds.
    DURATION = "a duration such as 90s or 1.5s"
    # In microseconds since 1970.
    TIME = "a time such as 2026-05-01T12:00:00Z"


_COMPARATORS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: (*_EQUAL, ":"),
    Kind.NAME: _EQUAL,
    Kind.CHOICE: _EQUAL,
    Kind.YES_NO: _EQUAL,
    Kind.INTEGER: _ORDERED,
    Kind.NUMBER: _ORDERED,
    Kind.DURATION: _ORDERED,
    Kind.TIME: _ORDERED,
}
_UNORDERED = (Kind.CHOICE, Kind.YES_NO)
_TYPES: Mapping[Kind, type] = {
    Kind.TEXT: str,
    Kind.NAME: str,
    Kind.INTEGER: int,
    Kind.NUMBER: float,
    Kind.DURATION: float,
    Kind.TIME: int,
}


@dataclass(frozen=True, kw_only=True)
class FieldType:
    """choices: what each value of a CHOICE, by its name in the contract, is in the database."""

    kind: Kind
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def comparators(self) -> tuple[str, ...]:
        """What may stand between the field and a value in a filter."""
        return _COMPARATORS[self.kind]

    @property
    def orderable(self) -> bool:
        """Whether `order_by` may name it; the order of choices would mean nothing."""
        return self.kind not in _UNORDERED

    @property
    def python_type(self) -> type:
        """Of values by which rows are ordered."""
        return _TYPES[self.kind]

    def value(self, written: str) -> Value:
        """What was written, as it is compared. Raises ValueError that says what was expected."""
        if "\0" in written:
            raise ValueError("Expected a value without control characters.")
        try:
            return self._read(written)
        except (ValueError, KeyError, OverflowError):
            expected = ", ".join(self.choices) if self.choices else self.kind.value
            raise ValueError(f"Expected {expected}, found {written or 'nothing'}.") from None

    def _read(self, written: str) -> Value:
        match self.kind:
            case Kind.CHOICE:
                return self.choices[written]
            case Kind.YES_NO:
                return {"true": True, "false": False}[written]
            case Kind.INTEGER:
                return _within(int(_plain(written)))
            case Kind.NUMBER:
                return _finite(float(_plain(written)))
            case Kind.DURATION:
                if not _DURATION.fullmatch(written):
                    raise ValueError
                return _finite(float(written.removesuffix("s")))
            case Kind.TIME:
                time = Timestamp()
                time.FromJsonString(written)
                return time.ToMicroseconds()
            case _:
                return written


def _plain(number: str) -> str:
    """Python takes more for a number than people write: `1_000`, letters of other scripts."""
    if not number.isascii() or "_" in number:
        raise ValueError
    return number


def _within(number: int) -> int:
    if abs(number) > _MOST_INTEGER:
        raise ValueError
    return number


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError
    return number
