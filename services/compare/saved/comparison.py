"""A comparison that is kept, and every change of it: plain functions from one state to the next.

A change that changes nothing answers with the very same object, so that nobody need be told.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.compare.saved.marks import Mark, with_set
from services.servicekit.errors import SageError, not_found

# Microseconds since 1970.
Micros: TypeAlias = int

# What one comparison may have: all of it is one message and one row.
MOST_NOTES = 500
MOST_MARKS = 2000


class Status(enum.StrEnum):
    """How far a review is."""

    IN_REVIEW = "IN_REVIEW"
    APPROVED = "APPROVED"
    NEEDS_CHANGES = "NEEDS_CHANGES"


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A moment of both versions: seconds and frame numbers, None where it is in neither."""

    a_seconds: float | None = None
    b_seconds: float | None = None
    a_frame: int | None = None
    b_frame: int | None = None


@dataclass(frozen=True, kw_only=True)
class Note:
    """What somebody has to say.

    request_id: of the call that made it; empty when it had none.
    """

    id: str
    text: str
    author: str
    moment: Moment
    created_at: Micros
    updated_at: Micros
    version: int = 1
    request_id: str = ""

    @property
    def etag(self) -> str:
        """In quotation marks, as HTTP has it; another one after each change of the note."""
        return _etag(self.version)


@dataclass(frozen=True, kw_only=True)
class SavedComparison:
    """A comparison that is kept.

    a, b: `videos/{id}`. options: how to compare, as JSON of the contract.
    notes, marks: empty when only the outline was read; the counts always hold.
    version: of name, status and options. revision: of the last change of anything, counted by the
    workspace.
    deleted: gone, and remembered for those who watch.
    """

    id: str
    workspace: str
    a: str
    b: str
    options: str
    display_name: str
    created_at: Micros
    updated_at: Micros
    status: Status = Status.IN_REVIEW
    notes: tuple[Note, ...] = ()
    marks: tuple[Mark, ...] = ()
    note_count: int = 0
    reviewed_count: int = 0
    ignored_count: int = 0
    version: int = 1
    revision: int = 0
    deleted: bool = False

    @property
    def name(self) -> str:
        return f"comparisons/{self.id}"

    @property
    def etag(self) -> str:
        """In quotation marks; another one after a change of anything but notes and marks."""
        return _etag(self.version)

    def note_name(self, note: Note) -> str:
        """The resource name of one of its notes."""
        return f"{self.name}/notes/{note.id}"


Transition: TypeAlias = Callable[[SavedComparison], SavedComparison]


def update(
    comparison: SavedComparison,
    *,
    etag: str,
    now: Micros,
    display_name: str | None = None,
    status: Status | None = None,
    options: str | None = None,
) -> SavedComparison:
    """The comparison with what is not None changed. Raises SageError(ETAG_MISMATCH)."""
    _check_etag(comparison.name, "comparison", etag, comparison.etag)
    changed = replace(
        comparison,
        display_name=comparison.display_name if display_name is None else display_name,
        status=comparison.status if status is None else status,
        options=comparison.options if options is None else options,
    )
    if changed == comparison:
        return comparison
    return replace(changed, updated_at=now, version=comparison.version + 1)


def delete(comparison: SavedComparison, *, etag: str, now: Micros) -> SavedComparison:
    """What is remembered of a comparison that is deleted: that it was there.

    Raises SageError(ETAG_MISMATCH).
    """
    _check_etag(comparison.name, "comparison", etag, comparison.etag)
    return SavedComparison(
        id=comparison.id,
        workspace=comparison.workspace,
        a="",
        b="",
        options="",
        display_name="",
        created_at=comparison.created_at,
        updated_at=now,
        version=comparison.version + 1,
        revision=comparison.revision,
        deleted=True,
    )


def add_note(comparison: SavedComparison, note: Note) -> SavedComparison:
    """The comparison with one more note; the same when the note's request was done already.

    Raises SageError: QUOTA_EXCEEDED, and REQUEST_ID_REUSED for a request of another note.
    """
    known = note_of_request(comparison, note.request_id)
    if known is not None:
        edited = known.version > 1
        if (known.author, known.moment) != (note.author, note.moment) or not (
            edited or known.text == note.text
        ):
            raise SageError(
                ErrorReason.ERROR_REASON_REQUEST_ID_REUSED,
                "This request id was used for another note. Choose a new one.",
                metadata={"request_id": note.request_id},
            )
        return comparison
    _check_room(comparison, "notes", len(comparison.notes) + 1, MOST_NOTES, "Remove some first.")
    return _with_notes(comparison, (*comparison.notes, note), note.created_at)


def note_of_request(comparison: SavedComparison, request_id: str) -> Note | None:
    """The note that a call with this id made."""
    if not request_id:
        return None
    return next((note for note in comparison.notes if note.request_id == request_id), None)


def find_note(comparison: SavedComparison, note_id: str) -> Note:
    """Raises SageError(NOT_FOUND)."""
    for note in comparison.notes:
        if note.id == note_id:
            return note
    raise not_found(f"{comparison.name}/notes/{note_id}")


def edit_note(
    comparison: SavedComparison, note_id: str, *, text: str, etag: str, now: Micros
) -> SavedComparison:
    """Raises SageError(NOT_FOUND, ETAG_MISMATCH)."""
    note = find_note(comparison, note_id)
    _check_etag(comparison.note_name(note), "note", etag, note.etag)
    if note.text == text:
        return comparison
    edited = replace(note, text=text, updated_at=now, version=note.version + 1)
    notes = tuple(edited if each is note else each for each in comparison.notes)
    return _with_notes(comparison, notes, now)


def remove_note(
    comparison: SavedComparison, note_id: str, *, etag: str, now: Micros
) -> SavedComparison:
    """Raises SageError(NOT_FOUND, ETAG_MISMATCH)."""
    note = find_note(comparison, note_id)
    _check_etag(comparison.note_name(note), "note", etag, note.etag)
    return _with_notes(comparison, tuple(it for it in comparison.notes if it is not note), now)


def set_marks(
    comparison: SavedComparison, wanted: Sequence[Mark], *, now: Micros
) -> SavedComparison:
    """The comparison with these marks set or taken back. Raises SageError(QUOTA_EXCEEDED)."""
    marks = with_set(comparison.marks, wanted)
    if set(marks) == set(comparison.marks):
        return comparison
    if len(marks) > len(comparison.marks):
        _check_room(comparison, "marks", len(marks), MOST_MARKS, "Take some back first.")
    return replace(
        comparison,
        marks=marks,
        reviewed_count=sum(mark.reviewed for mark in marks),
        ignored_count=sum(mark.ignored for mark in marks),
        updated_at=now,
    )


def _with_notes(
    comparison: SavedComparison, notes: tuple[Note, ...], now: Micros
) -> SavedComparison:
    return replace(comparison, notes=notes, note_count=len(notes), updated_at=now)


def _check_room(comparison: SavedComparison, what: str, wanted: int, limit: int, do: str) -> None:
    if wanted > limit:
        raise SageError(
            ErrorReason.ERROR_REASON_QUOTA_EXCEEDED,
            f"A comparison can have {limit} {what}. {do}",
            metadata={
                "quota": f"comparison_{what}",
                "limit": str(limit),
                "used": str(comparison.note_count if what == "notes" else len(comparison.marks)),
                "requested": str(wanted),
            },
        )


def _check_etag(name: str, what: str, sent: str, present: str) -> None:
    if sent and sent != present:
        raise SageError(
            ErrorReason.ERROR_REASON_ETAG_MISMATCH,
            f"The {what} has changed meanwhile. Read it again, then change it.",
            metadata={"name": name},
        )


def _etag(version: int) -> str:
    return f'"{version:x}"'
