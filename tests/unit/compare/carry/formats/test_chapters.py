"""Chapters: FFmpeg's metadata, Matroska's XML, and the simple ones of OGM."""

from __future__ import annotations

import pytest

from services.compare.carry.document import Placement, UnreadableFile
from services.compare.carry.formats import read
from tests.unit.compare.carry.formats.carrying import at, opened, shifted, times
from tests.unit.compare.carry.formats.samples import FFMETADATA, MATROSKA, OGM


def test_metadata_of_the_file_and_its_streams_stays() -> None:
    document = opened(FFMETADATA)
    text = document.written({"2": [Placement(start=10.0, end=20.0, note="check")]}).decode()
    assert text == (
        ";FFMETADATA1\ntitle=A film \\= two words\n; a comment\n\n"
        "; check\n[CHAPTER]\nTIMEBASE=1/25\nSTART=250\nEND=500\ntitle=The \\; middle\n\n"
        "[STREAM]\ntitle=video\n"
    )


def test_ffmpeg_counts_nanoseconds_where_no_time_base_is_said() -> None:
    content = b";FFMETADATA1\n[CHAPTER]\nSTART=1500000000\ntitle=a\n"
    document = read("x", content, frame_rate=25)
    assert times(document) == [(1.5, None)]
    assert b"START=2500000000" in document.written(shifted(document, 1.0))


def test_chapters_within_a_chapter_that_went_take_its_place() -> None:
    document = opened(MATROSKA)
    _, inner, last = document.items
    written = document.written({inner.key: [at(inner)], last.key: [at(last)]})
    assert [item.text for item in opened(MATROSKA, written).items] == ["Within", "End & credits"]
    assert b"<!-- the rest -->" in written


def test_chapters_within_go_into_the_part_that_they_start_in() -> None:
    document = opened(MATROSKA)
    outer, inner, last = document.items
    written = document.written(
        {
            outer.key: [Placement(start=0.0, end=20.0), Placement(start=50.0, end=90.0)],
            inner.key: [Placement(start=60.0, end=None)],
            last.key: [],
        }
    ).decode()
    again = opened(MATROSKA, written.encode())
    assert times(again) == [(0.0, 20.0), (50.0, 90.0), (60.0, None)]
    assert written.count("<ChapterUID>11</ChapterUID>") == 1
    assert written.count("<ChapterUID>") == 3


def test_simple_chapters_are_numbered_anew() -> None:
    document = opened(OGM)
    last = document.items[1]
    assert document.written({last.key: [at(last), at(last, 1.0)]}) == (
        b"CHAPTER01=00:01:00.040\nCHAPTER01NAME=End\nCHAPTER02=00:01:01.040\nCHAPTER02NAME=End\n"
    )


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/0\nSTART=0\n", 3, "time base"),
        (";FFMETADATA1\n\n[CHAPTER]\nTIMEBASE=1/10\n", 3, "no START"),
        (";FFMETADATA1\n[CHAPTER]\nSTART=x\n", 3, "no whole number"),
        (";FFMETADATA1\n[CHAPTER]\nSTART=9\nEND=3\n", 4, "end is before"),
        ("<Chapters><EditionEntry>\n<ChapterAtom/></EditionEntry></Chapters>", 2, "no ChapterTime"),
        ("<Chapters>\n<EditionEntry>", 2, "not well-formed XML"),
        ("CHAPTER01=00:00:00.000\nCHAPTER01NAME=a\nCHAPTER02=00:00:x\n", 3, "'00:00:x' is not"),
    ],
)
def test_bad_files_say_where_and_what(text: str, line: int, problem: str) -> None:
    with pytest.raises(UnreadableFile, match=problem) as caught:
        read("a.txt", text.encode(), frame_rate=25)
    assert caught.value.line == line
