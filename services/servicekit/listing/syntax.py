"""The texts of `filter` (a part of AIP-160) and `order_by` (AIP-132), read into values.

A filter is comparisons joined by AND and OR, of which OR binds closer, as AIP-160 has it:

    state = STATE_FAILED OR state = STATE_CANCELLED AND display_name : "cut 2"

There are no brackets, no NOT, no functions, and no words without a field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import FieldViolation, SageError

COMPARATORS = ("<=", ">=", "!=", "=", "<", ">", ":")
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_COMPARATOR = re.compile("|".join(map(re.escape, COMPARATORS)))
# Of a word without quotes; times (12:00) and names of resources (videos/x) are such words.
_WORD = re.compile(r"""[^\s"'()=<>!]+""")
_SPACE = re.compile(r"\s*")
_ORDER_KEY = re.compile(r"\s*(?P<field>[A-Za-z_][A-Za-z0-9_.]*)(?:\s+(?P<way>asc|desc))?\s*")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A field, compared with a value. Positions count characters of the text, from 1."""

    field: str
    comparator: str
    value: str
    field_position: int
    value_position: int


@dataclass(frozen=True, kw_only=True)
class OrderKey:
    """A field by which rows are ordered."""

    field: str
    descending: bool
    position: int


# All of the inner groups hold, each by at least one of its comparisons.
Filter: TypeAlias = tuple[tuple[Comparison, ...], ...]


def read_filter(text: str) -> Filter:
    """Raises SageError(INVALID_ARGUMENT) that says what was expected at which character."""
    reader = _Reader(text)
    if reader.ended:
        return ()
    groups: list[list[Comparison]] = [[reader.comparison()]]
    while not reader.ended:
        if reader.joined_by_or():
            groups[-1].append(reader.comparison())
        else:
            groups.append([reader.comparison()])
    return tuple(map(tuple, groups))


def read_order(text: str) -> tuple[OrderKey, ...]:
    """Raises SageError(INVALID_ARGUMENT), also for a field that stands there twice."""
    keys: list[OrderKey] = []
    for start, part in _parts(text) if text.strip() else ():
        match = _ORDER_KEY.fullmatch(part)
        if match is None:
            raise refused("order_by", start + 1, "Expected a field, alone or followed by desc.")
        position = start + match.start("field") + 1
        if match["field"] in {key.field for key in keys}:
            raise refused("order_by", position, f"{match['field']} stands there twice.")
        keys.append(
            OrderKey(field=match["field"], descending=match["way"] == "desc", position=position)
        )
    return tuple(keys)


def refused(argument: str, position: int, rule: str) -> SageError:
    """The error INVALID_ARGUMENT. argument: `filter` or `order_by`."""
    return SageError(
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        f"{argument}, at character {position}: {rule}",
        metadata={"position": str(position)},
        fields=[FieldViolation(field=argument, description=f"At character {position}: {rule}")],
    )


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """What stands between commas, each with where it begins."""
    start = 0
    for part in text.split(","):
        yield start, part
        start += len(part) + 1


class _Reader:
    """Reads a filter from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._skip_space()

    @property
    def ended(self) -> bool:
        return self._at == len(self._text)

    def comparison(self) -> Comparison:
        """Raises SageError(INVALID_ARGUMENT)."""
        field_position = self._at + 1
        field = self._take(_FIELD, "Expected the name of a field.")
        if field in ("AND", "OR", "NOT"):
            raise refused("filter", field_position, f"Expected the name of a field, found {field}.")
        comparator = self._take(
            _COMPARATOR, f"Expected one of {' '.join(COMPARATORS)} after {field}."
        )
        value_position = self._at + 1
        return Comparison(
            field=field,
            comparator=comparator,
            value=self._value(),
            field_position=field_position,
            value_position=value_position,
        )

    def joined_by_or(self) -> bool:
        """Whether the next comparison is joined by OR; else it is by AND.

        Raises SageError(INVALID_ARGUMENT).
        """
        position = self._at + 1
        word = self._take(_WORD, "Expected AND or OR.")
        if word not in ("AND", "OR"):
            raise refused("filter", position, f"Expected AND or OR, found {word}.")
        return word == "OR"

    def _value(self) -> str:
        quote = self._text[self._at : self._at + 1]
        if quote not in ('"', "'") or not quote:
            return self._take(_WORD, "Expected a value: a word, or a text in quotes.")
        opened, letters = self._at, []
        at = opened + 1
        while at < len(self._text) and self._text[at] != quote:
            # A backslash takes the next letter as it is, a quote or another backslash.
            at += self._text[at] == "\\"
            letters.append(self._text[at : at + 1])
            at += 1
        if at >= len(self._text):
            raise refused("filter", opened + 1, "The quote that opens here is not closed.")
        self._at = at + 1
        self._skip_space()
        return "".join(letters)

    def _take(self, pattern: re.Pattern[str], rule: str) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise refused("filter", self._at + 1, rule)
        self._at = match.end()
        self._skip_space()
        return match[0]

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
