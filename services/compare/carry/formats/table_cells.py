"""A table as text: its rows and cells as they are written, quotation marks and all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.compare.carry.document import UnreadableFile
from services.compare.carry.formats.encoded_text import lines

_QUOTED = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"')
_MAX_CELLS = 2_000_000


@dataclass(frozen=True)
class Row:
    """Cells as written; `line` is where the row begins; `ending` its line break."""

    line: int
    cells: list[str]
    ending: str


def rows(text: str, delimiter: str) -> Iterator[Row]:
    """Cells between tabs have no quotation marks of the format; others may, and then line breaks.

    UnreadableFile when a quotation mark is never closed.
    """
    if delimiter == "\t":
        for line in lines(text):
            yield Row(line.number, line.text.split("\t"), line.ending)
        return
    bare = re.compile(rf"[^{delimiter}\r\n]*+")
    break_ = re.compile(r"\r\n|\r|\n|\Z")
    at, line_number, begin = 0, 1, 1
    cells: list[str] = []
    count = 0
    while at < len(text):
        quoted = _QUOTED.match(text, at) if text[at] == '"' else None
        if text[at] == '"' and quoted is None:
            raise UnreadableFile(line_number, "A quotation mark is not closed.")
        match = quoted or bare.match(text, at)
        cell = match.group() if match else ""
        count += 1
        if count > _MAX_CELLS:
            raise UnreadableFile(line_number, f"The table has more than {_MAX_CELLS:,} cells.")
        cells.append(cell)
        at += len(cell)
        line_number += cell.count("\n")
        if text.startswith(delimiter, at):
            at += 1
            if at < len(text):
                continue
            cells.append("")
        ending = break_.match(text, at)
        if ending is None:
            raise UnreadableFile(line_number, "There is text after a closing quotation mark.")
        yield Row(begin, cells, ending.group())
        at = ending.end()
        cells = []
        line_number += 1
        begin = line_number


def cell_text(cell: str) -> str:
    """What a cell says."""
    bare = cell.strip()
    if len(bare) >= 2 and bare[0] == bare[-1] == '"':
        return bare[1:-1].replace('""', '"')
    return bare


def replaced(cell: str, value: str) -> str:
    """A time in place of another, within the cell's blanks and quotation marks."""
    old = cell_text(cell)
    return cell.replace(old, value, 1) if old else value


def remarked(cell: str, note: str, delimiter: str) -> str:
    """A cell with a remark after what it says."""
    note = " ".join(note.split())
    if len(cell) >= 2 and cell[0] == cell[-1] == '"' and delimiter != "\t":
        escaped = note.replace('"', '""')
        return f'{cell[:-1]} [{escaped}]"'
    said = f"{cell} [{note}]".lstrip()
    if delimiter != "\t" and re.search(rf'[{delimiter}"]', said):
        escaped = said.replace('"', '""')
        return f'"{escaped}"'
    return said
