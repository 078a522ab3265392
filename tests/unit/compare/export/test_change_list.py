"""Change lists: the words of editors, as CSV and as a workbook that openpyxl reads."""

from __future__ import annotations

import csv
import dataclasses
import io

import openpyxl
import pytest

from sage.compare.v1.compare_pb2 import ExportFormat
from sage.embed.v1.embed_pb2 import MODALITY_VISUAL
from services.compare.export import Document, write
from services.compare.export.editorial import changes_of, shot_times
from tests.unit.compare.export.edits import Part, edit_of


def with_shots(document: Document, a: list[int], b: list[int]) -> Document:
    """The document, with shots that begin at these frames of 25 a second."""
    return dataclasses.replace(
        document,
        a_shots=frozenset(frame / 25 for frame in a),
        b_shots=frozenset(frame / 25 for frame in b),
    )


def words(document: Document) -> list[str]:
    return [each.word for each in changes_of(document) if each.modality == MODALITY_VISUAL]


@pytest.mark.parametrize(
    ("shots", "word"),
    [
        ([0, 50, 150], "head trimmed"),
        ([0, 80, 150], "tail trimmed"),
        ([0, 50, 80, 150], "omitted"),
        ([0, 150], "omitted"),
    ],
)
def test_what_is_gone_was_trimmed_or_omitted(shots: list[int], word: str) -> None:
    document = edit_of([("SAME", 50), ("GONE", 30), ("SAME", 70)]).document
    assert words(with_shots(document, shots, [0, 120])) == [word]
    assert words(document) == ["omitted"]


@pytest.mark.parametrize(
    ("part", "word"),
    [
        (("NEW", 10), "added"),
        (("OTHER", 10, 10), "replaced"),
        (("FASTER", 20, 10), "retimed"),
        (("MOVED", 10, 0), "moved"),
    ],
)
def test_the_other_words(part: Part, word: str) -> None:
    document = edit_of([("SAME", 50), part, ("SAME", 50)]).document
    assert words(document) == [word]


def test_a_shot_that_shows_another_part_of_itself_has_slipped() -> None:
    parts: list[Part] = [("SAME", 50), ("GONE", 8), ("SAME", 40), ("NEW", 8), ("SAME", 50)]
    document = edit_of(parts).document
    slipped = with_shots(document, [0, 50, 98, 148], [0, 50, 98, 148])
    change = changes_of(slipped)[0]
    assert change.word == "slipped"
    assert (change.old.start, change.old.end) == (50, 98)
    assert (change.new.start, change.new.end) == (50, 98)
    assert change.note == "8 frames later in the shot"
    assert words(slipped) == ["slipped"]
    # With a cut between, it is two shots: one lost its head, another came after.
    assert words(with_shots(document, [0, 50, 98, 148], [0, 50, 90, 98, 148])) != ["slipped"]
    assert words(document) == ["omitted", "added"]


def test_a_shot_that_slipped_to_an_earlier_part() -> None:
    parts: list[Part] = [("SAME", 50), ("NEW", 8), ("SAME", 40), ("GONE", 8), ("SAME", 50)]
    document = with_shots(edit_of(parts).document, [0, 50, 98, 148], [0, 50, 98, 148])
    (change,) = [each for each in changes_of(document) if each.modality == MODALITY_VISUAL]
    assert (change.word, change.note) == ("slipped", "8 frames earlier in the shot")


def test_only_ends_of_the_picture_are_looked_at() -> None:
    document = edit_of([("SAME", 50), ("GONE", 25)]).document
    assert shot_times(document.comparison.regions) == ([0, 2, 3], [0, 2])


def test_the_csv_and_the_workbook_say_the_same() -> None:
    parts: list[Part] = [("SAME", 50), ("GONE", 8), ("OTHER", 10, 12), ("SAME", 5)]
    document = dataclasses.replace(edit_of(parts, b_start="01:00:00:00").document, a_name="=1+1")
    text = write(ExportFormat.EXPORT_FORMAT_CHANGE_LIST_CSV, document).data.decode()
    rows = list(csv.reader(io.StringIO(text)))
    file = write(ExportFormat.EXPORT_FORMAT_CHANGE_LIST_XLSX, document)
    book = openpyxl.load_workbook(io.BytesIO(file.data))
    sheet = book["Changes"]
    told = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
    assert told == rows
    assert rows[1][1:7] == [
        "picture",
        "omitted",
        "00:00:02:00",
        "00:00:02:08",
        "01:00:02:00",
        "01:00:02:00",
    ]
    assert sheet["J2"].value == -8
    assert sheet["C2"].font.color.rgb == "FFB23418"
    assert sheet.freeze_panes == "A2"
    assert file == write(ExportFormat.EXPORT_FORMAT_CHANGE_LIST_XLSX, document)
