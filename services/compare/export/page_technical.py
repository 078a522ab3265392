"""What differs in the files themselves, as a part of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from sage.ingest.v1.technical_pb2 import Cue
from services.compare.export.timecode import clock_time
from services.compare.technical.comparing import TechnicalFindings, TrackText
from services.compare.technical.rows import Row
from services.compare.technical.texts import TextKind

# More texts than anybody reads make the page too large to send.
_MOST_TEXTS = 500
_TEXTS = {
    TextKind.CHANGED: "Other words",
    TextKind.SHIFTED: "Another time",
    TextKind.ONLY_IN_A: "Only in A",
    TextKind.ONLY_IN_B: "Only in B",
}


def technical_section(found: TechnicalFindings) -> str:
    """The gravest differences first; what is the same is left out."""
    rows = sorted((row for row in found.rows if not row.same), key=lambda row: -row.severity)
    table = _table("Properties that differ", _HEADS, map(_cells, rows)) if rows else ""
    if not rows:
        table = "<p>Nothing differs in the files themselves, as far as was read.</p>"
    notes = "".join(f"<li>{escape(note)}</li>" for note in found.notes)
    return f"<h2>Files</h2>\n{table}{_texts(found.texts)}{f'<ul>{notes}</ul>' if notes else ''}"


_HEADS = ("Property", "A", "B", "Severity", "Meaning")


def _cells(row: Row) -> Sequence[str]:
    of = row.group.value.title()
    name = f"{of}, {row.track}: {row.name}" if row.track else f"{of}: {row.name}"
    return (name, row.a or "-", row.b or "-", row.severity.name.lower(), row.meaning)


def _texts(texts: Sequence[TrackText]) -> str:
    if not texts:
        return ""
    cells = (
        (
            " ".join(filter(None, [each.track, _TEXTS[each.difference.kind]])),
            _text(each.difference.a),
            _text(each.difference.b),
        )
        for each in texts[:_MOST_TEXTS]
    )
    table = _table("Texts of subtitles that differ", ("Text", "In A", "In B"), cells)
    more = len(texts) - _MOST_TEXTS
    return f"{table}<p>{more} more texts differ.</p>" if more > 0 else table


def _text(cue: Cue | None) -> str:
    return "" if cue is None else f"{clock_time(cue.start)} {cue.text}"


def _table(caption: str, heads: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    body = "\n".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>" for cells in rows
    )
    return (
        f'<div class="wide"><table>\n<caption>{caption}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>"
    )
