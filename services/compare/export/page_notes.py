"""What people said, as the report tells it."""

from __future__ import annotations

from html import escape

from services.compare.export.document import Document
from services.compare.export.page_times import moment
from services.compare.export.review import Review
from services.compare.saved.comparison import Note


def notes_section(document: Document) -> str:
    """The notes in order of their moments, those about the whole first; nothing without notes."""
    review = document.review
    if review is None or not review.notes:
        return ""
    items = "\n".join(_note(document, note) for note in _in_order(review))
    return f'<h2>Notes of the review</h2>\n<ul class="notes">\n{items}\n</ul>'


def _in_order(review: Review) -> list[Note]:
    def key(note: Note) -> tuple[float, int]:
        at = note.moment
        first = at.b_seconds if at.b_seconds is not None else at.a_seconds
        return (-1.0 if first is None else first), note.created_at

    return sorted(review.notes, key=key)


def _note(document: Document, note: Note) -> str:
    at = note.moment
    places = [
        f"{side} {moment(clock, seconds)}"
        for side, clock, seconds in (
            ("A", document.a_clock, at.a_seconds),
            ("B", document.b_clock, at.b_seconds),
        )
        if seconds is not None
    ]
    who = escape(", ".join([note.author or "Somebody", *places]))
    return f'<li><p class="who">{who}</p><p>{escape(note.text)}</p></li>'
