"""The change list as a table, for spreadsheets: CSV and an Excel workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.document import Document, ExportFile
from services.compare.export.editorial import Change, changes_of
from services.compare.export.kinds import COLORS
from services.compare.export.thumbnails import HEIGHT
from services.compare.export.timecode import clock_time
from services.compare.ports import Still

_COLUMNS = (
    ("#", 5),
    ("Track", 9),
    ("Change", 14),
    ("Old in", 13),
    ("Old out", 13),
    ("New in", 13),
    ("New out", 13),
    ("Old frames", 11),
    ("New frames", 11),
    ("Longer by", 10),
    ("Note", 28),
)
_TRACKS = {Modality.MODALITY_VISUAL: "picture", Modality.MODALITY_AUDIO: "sound"}
_MARGIN = 4
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The same comparison gives the same bytes, so a workbook does not say when it was made.
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def write_change_list_csv(document: Document) -> ExportFile:
    """UTF-8, after RFC 4180; a row for each change in the order of B."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow([name for name, _ in _COLUMNS])
    rows.writerows(_rows(document, changes_of(document)))
    name = document.file_name("changes.csv")
    return ExportFile(
        content_type=f'text/csv; charset=utf-8; header=present; name="{name}"',
        file_name=name,
        data=text.getvalue().encode(),
    )


def write_change_list_xlsx(document: Document) -> ExportFile:
    """One sheet, with its head fixed and filters on it; each kind has its colour."""
    packed = io.BytesIO()
    # Text is text: what begins with = or looks like a link is neither.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    changes = changes_of(document)
    with xlsxwriter.Workbook(packed, options) as book:
        book.set_properties({"title": f"{document.a_name} to {document.b_name}", "created": _MADE})
        sheet = book.add_worksheet("Changes")
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 0)
        head = book.add_format({"bold": True, "bottom": 1})
        formats = {
            kind: book.add_format({"font_color": color.hex, "bold": True})
            for kind, color in COLORS.items()
        }
        for column, (label, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, label, head)
        for row, (change, cells) in enumerate(
            zip(changes, _rows(document, changes), strict=True), 1
        ):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
            sheet.write_string(row, 2, change.word, formats.get(change.kind))
        _add_pictures(sheet, document, changes)
        sheet.autofilter(0, 0, max(len(changes), 1), len(_COLUMNS) - 1)
    name = document.file_name("changes.xlsx")
    return ExportFile(
        content_type=f'{_XLSX}; name="{name}"', file_name=name, data=packed.getvalue()
    )


def _add_pictures(sheet: Worksheet, document: Document, changes: Sequence[Change]) -> None:
    """In two more columns, where there are any."""
    pictures = document.thumbnails
    if pictures:
        of_a, of_b = (
            [each.get(span.start) if span.length else None for span in spans]
            for each, spans in (
                (pictures.a, [change.old for change in changes]),
                (pictures.b, [change.new for change in changes]),
            )
        )
        _add_column(sheet, len(_COLUMNS), "Old picture", changes, of_a)
        _add_column(sheet, len(_COLUMNS) + 1, "New picture", changes, of_b)


def _add_column(
    sheet: Worksheet,
    column: int,
    label: str,
    changes: Sequence[Change],
    stills: Sequence[Still | None],
) -> None:
    sheet.write_string(0, column, label)
    widest = max((still.width for still in stills if still is not None), default=HEIGHT)
    sheet.set_column_pixels(column, column, widest + 2 * _MARGIN)
    for row, (change, still) in enumerate(zip(changes, stills, strict=True), 1):
        if still is None or change.modality != Modality.MODALITY_VISUAL:
            continue
        sheet.set_row_pixels(row, HEIGHT + 2 * _MARGIN)
        options = {
            "image_data": io.BytesIO(still.jpeg),
            "description": f"{label} at {clock_time(still.time)}",
            "x_offset": _MARGIN,
            "y_offset": _MARGIN,
        }
        sheet.insert_image(row, column, f"{column}-{row}.jpg", options)


def _rows(document: Document, changes: list[Change]) -> list[list[str | int]]:
    a, b = document.a_clock, document.b_clock
    return [
        [
            number,
            _TRACKS[change.modality],
            change.word,
            a.timecode(change.old.start),
            a.timecode(change.old.end),
            b.timecode(change.new.start),
            b.timecode(change.new.end),
            change.old.length,
            change.new.length,
            change.new.length - change.old.length,
            change.note,
        ]
        for number, change in enumerate(changes, 1)
    ]
