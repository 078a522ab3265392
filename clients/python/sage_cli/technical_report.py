"""Technical differences as text for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sage.compare.v1.technical_pb2 import (
    SubtitleDifference,
    TechnicalDifferences,
    TechnicalGroup,
    TechnicalRow,
    TechnicalSeverity,
)
from sage_cli.report import timecode

_STYLES = {
    TechnicalSeverity.TECHNICAL_SEVERITY_IMPORTANT: "red",
    TechnicalSeverity.TECHNICAL_SEVERITY_NOTICE: "yellow",
    TechnicalSeverity.TECHNICAL_SEVERITY_INFO: "dim",
}
_NOTHING = "–"
_FILE_WIDTH = 200
# Of a SHA-256, enough to see that it is another one.
_LONGEST_HEX, _SHOWN_HEX = 64, 12


def write_differences(
    console: Console, found: TechnicalDifferences, *, everything: bool = False
) -> None:
    """What differs, the gravest first. everything: what is the same as well."""
    _widen(console)
    rows = [row for row in found.rows if not row.same]
    rows.sort(key=lambda row: -row.severity)
    if everything:
        rows += [row for row in found.rows if row.same]
    if rows:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for heading in ("Severity", "Property", "A", "B", "Meaning"):
            table.add_column(heading, no_wrap=heading in ("Severity", "Property"))
        for row in rows:
            style = _STYLES.get(row.severity, "")
            cells = [_severity(row), _property(row), _value(row.a), _value(row.b), row.meaning]
            table.add_row(Text(cells[0], style=style), *(Text(cell) for cell in cells[1:]))
        console.print(table)
    _write_texts(console, found)
    console.print(Text(_verdict(found.rows), style="bold"))
    for note in found.notes:
        console.print(Text(f"Note: {note}"))


def write_facts(console: Console, found: TechnicalDifferences) -> None:
    """Of one file, which was compared with itself: all that is known of it."""
    _widen(console)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Of", "Property", "Value"):
        table.add_column(heading, no_wrap=heading != "Value")
    for row in found.rows:
        table.add_row(Text(_group(row)), Text(_with_track(row)), Text(row.a))
    console.print(table)


def _widen(console: Console) -> None:
    if not console.is_terminal:
        console.width = _FILE_WIDTH


def _write_texts(console: Console, found: TechnicalDifferences) -> None:
    texts = found.subtitle_differences
    if not texts:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Text", "A", "B", "In A", "In B"):
        table.add_column(heading, no_wrap=heading in ("Text", "A", "B"))
    for text in texts:
        kind = SubtitleDifference.Kind.Name(text.kind).removeprefix("KIND_")
        kind = kind.replace("_", " ").lower().replace(" a", " A").replace(" b", " B")
        in_a = timecode(text.a_start) if text.HasField("a_start") else ""
        in_b = timecode(text.b_start) if text.HasField("b_start") else ""
        cells = (f"{kind} {text.track}".strip(), in_a, in_b, text.a_text, text.b_text)
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    more = found.subtitle_difference_count - len(texts)
    if more:
        console.print(Text(f"{more} more texts differ."))


def _verdict(rows: Sequence[TechnicalRow]) -> str:
    differing = [row for row in rows if not row.same]
    if not differing:
        return "The files do not differ in any property."
    important = TechnicalSeverity.TECHNICAL_SEVERITY_IMPORTANT
    grave = sum(row.severity == important for row in differing)
    return f"{len(differing)} of {len(rows)} properties differ, {grave} of them important"


def _group(row: TechnicalRow) -> str:
    return TechnicalGroup.Name(row.group).removeprefix("TECHNICAL_GROUP_").lower()


def _severity(row: TechnicalRow) -> str:
    if row.same:
        return "same"
    return TechnicalSeverity.Name(row.severity).removeprefix("TECHNICAL_SEVERITY_").lower()


def _with_track(row: TechnicalRow) -> str:
    return f"{row.name}, {row.track}" if row.track else row.name


def _property(row: TechnicalRow) -> str:
    return f"{_group(row)}: {_with_track(row)}"


def _value(text: str) -> str:
    if len(text) == _LONGEST_HEX and " " not in text:
        return f"{text[:_SHOWN_HEX]}…"
    return text or _NOTHING
