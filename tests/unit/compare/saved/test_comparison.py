"""What may be done to a comparison that is kept, and what that makes of it."""

from __future__ import annotations

import pytest

from services.compare.saved import comparison as changes
from services.compare.saved.comparison import MOST_MARKS, MOST_NOTES, Status
from services.servicekit.errors import SageError
from tests.fixtures.saved_comparisons import make_comparison, make_mark, make_note


def test_a_rename_makes_another_etag() -> None:
    before = make_comparison()
    after = changes.update(before, etag=before.etag, now=9, display_name="Trailer")
    assert (after.display_name, after.updated_at) == ("Trailer", 9)
    assert after.etag != before.etag


def test_whoever_read_before_a_change_is_told_so() -> None:
    read = make_comparison()
    now = changes.update(read, etag="", now=9, status=Status.APPROVED)
    with pytest.raises(SageError, match="changed meanwhile") as caught:
        changes.update(now, etag=read.etag, now=10, status=Status.NEEDS_CHANGES)
    assert caught.value.reason_name == "ETAG_MISMATCH"
    with pytest.raises(SageError, match="changed meanwhile"):
        changes.delete(now, etag=read.etag, now=10)


def test_a_note_of_somebody_else_is_no_conflict_for_a_rename() -> None:
    read = make_comparison()
    noted = changes.set_marks(changes.add_note(read, make_note()), [make_mark()], now=7)
    assert changes.update(noted, etag=read.etag, now=8, display_name="Trailer").note_count == 1


def test_what_changes_nothing_is_the_very_same() -> None:
    comparison = make_comparison(marks=(make_mark(),), reviewed_count=1)
    assert changes.update(comparison, etag="", now=9, display_name=comparison.display_name) is (
        comparison
    )
    assert changes.set_marks(comparison, [make_mark()], now=9) is comparison
    assert changes.set_marks(comparison, [make_mark(5, 6, reviewed=False)], now=9) is comparison


def test_marks_are_counted() -> None:
    marks = [make_mark(1, 2), make_mark(3, 4, ignored=True), make_mark(5, 6)]
    marked = changes.set_marks(make_comparison(), marks, now=9)
    assert (marked.reviewed_count, marked.ignored_count) == (3, 1)
    fewer = changes.set_marks(marked, [make_mark(1, 2, reviewed=False)], now=10)
    assert (fewer.reviewed_count, fewer.ignored_count) == (2, 1)


def test_a_note_is_edited_under_its_own_etag() -> None:
    first, second = make_note("one"), make_note("two")
    comparison = changes.add_note(changes.add_note(make_comparison(), first), second)
    edited = changes.edit_note(comparison, first.id, text="1", etag=first.etag, now=9)
    assert [note.text for note in edited.notes] == ["1", "two"]
    with pytest.raises(SageError, match="changed meanwhile"):
        changes.edit_note(edited, first.id, text="eins", etag=first.etag, now=10)
    with pytest.raises(SageError, match="changed meanwhile"):
        changes.remove_note(edited, first.id, etag=first.etag, now=10)
    assert changes.edit_note(edited, second.id, text="2", etag=second.etag, now=10).etag == (
        comparison.etag
    )


def test_a_note_that_is_gone_is_not_found() -> None:
    note = make_note()
    comparison = changes.add_note(make_comparison(), note)
    gone = changes.remove_note(comparison, note.id, etag="", now=9)
    assert gone.note_count == 0
    with pytest.raises(SageError, match=f"no {gone.note_name(note)} in your workspace"):
        changes.edit_note(gone, note.id, text="again", etag="", now=10)


def test_a_note_is_written_once_however_often_it_is_sent() -> None:
    comparison = changes.add_note(make_comparison(), make_note(request_id="r1"))
    assert changes.add_note(comparison, make_note(request_id="r1")) is comparison
    with pytest.raises(SageError, match="another note"):
        changes.add_note(comparison, make_note("Other words.", request_id="r1"))


def test_a_comparison_has_room_for_so_many_notes_and_marks() -> None:
    full = make_comparison(
        notes=tuple(make_note() for _ in range(MOST_NOTES)),
        marks=tuple(make_mark(at, at + 0.5) for at in range(MOST_MARKS)),
    )
    with pytest.raises(SageError, match="can have 500 notes"):
        changes.add_note(full, make_note())
    with pytest.raises(SageError, match="can have 2000 marks"):
        changes.set_marks(full, [make_mark(-5, -4)], now=9)
    assert changes.set_marks(full, [make_mark(7, 7.5, ignored=True)], now=9).ignored_count == 1


def test_of_what_is_deleted_nothing_is_remembered_but_that_it_was_there() -> None:
    comparison = changes.add_note(make_comparison(), make_note())
    gone = changes.delete(comparison, etag=comparison.etag, now=9)
    assert gone.deleted
    assert (gone.id, gone.workspace) == (comparison.id, "w1")
    assert (gone.display_name, gone.a, gone.b, gone.notes, gone.marks) == ("", "", "", (), ())
