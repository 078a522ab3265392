from __future__ import annotations

import csv
import dataclasses
import io

from sage.compare.v1.compare_pb2 import ExportFormat
from services.compare.export import Document, write
from tests.unit.compare.export.edits import Part, edit_of

PARTS: list[Part] = [
    ("SAME", 50),
    ("NEW", 36),
    ("SAME", 50),
    ("GONE", 75),
    ("FASTER", 50, 25),
    ("SAME", 10),
]


def notes(document: Document) -> list[str]:
    text = write(ExportFormat.EXPORT_FORMAT_CHANGE_NOTES, document).data.decode()
    return [" ".join(line.split()) for line in text.split("\r\n")]


def test_steps_are_told_in_words() -> None:
    lines = notes(edit_of(PARTS, a_start="01:00:00:00", b_start="01:00:00:00").document)
    at = lines.index("PICTURE")
    assert lines[at + 1 : at + 4] == [
        "1 at 01:00:02:00 insert 1+11 net +1+11",
        "2 at 01:00:05:11 delete 3+00 (A 01:00:04:00 - 01:00:07:00) net -1+14",
        "3 at 01:00:05:11 change speed to 200.0 %: 2+00 becomes 1+00 "
        "(A 01:00:07:00 - 01:00:09:00) net -2+14",
    ]
    assert lines[lines.index("SOUND") + 1] == lines[at + 1]


def test_lengths_are_in_feet_for_those_who_cut_film() -> None:
    document = dataclasses.replace(edit_of(PARTS, 24).document, in_feet=True)
    assert "1 at 00:00:02:02 insert 2+04 net +2+04" in notes(document)


def test_the_table_counts_frames() -> None:
    text = write(ExportFormat.EXPORT_FORMAT_CHANGE_NOTES_CSV, edit_of(PARTS).document)
    rows = list(csv.DictReader(io.StringIO(text.data.decode())))
    picture = [row for row in rows if row["track"] == "picture"]
    assert [row["action"] for row in picture] == ["insert", "delete", "retime"]
    assert [int(row["net_frames"]) for row in picture] == [36, -39, -64]
    assert picture[1]["a_start"] == "00:00:04:00"
    # What begins with a sign would be a sum to a spreadsheet.
    assert not any(row["removed"].startswith(("+", "-")) for row in rows)


def test_versions_of_different_rates_are_counted_at_b_s() -> None:
    document = edit_of([("SAME", 240), ("GONE", 24)], 24).document
    document = dataclasses.replace(
        document, b_clock=dataclasses.replace(document.b_clock, frame_rate=25.0)
    )
    assert "1 at 00:00:10:00 delete 1+00 (A 00:00:10:00 - 00:00:11:00) net -1+00" in notes(document)


def test_the_same_twice_has_no_changes() -> None:
    assert notes(edit_of([("SAME", 10)]).document).count("No changes.") == 2
