from __future__ import annotations

import pytest

from services.compare.carry.document import Placement, UnreadableFile
from services.compare.carry.formats import read
from tests.unit.compare.carry.formats.carrying import at, opened, shifted
from tests.unit.compare.carry.formats.samples import AVID, CSV, FRAMEIO, NTSC, PREMIERE


def test_only_cells_with_times_change() -> None:
    document = opened(CSV)
    assert document.written(shifted(document, 0.5)) == (
        b'Start,End,Who,Comment\r\n2.0,3.5,Anna,"Too long, ""really"""\r\n'
        b'4.54,6.75,Ben,"two\r\nlines"\r\n,,Ben,a general remark\r\n61.5,63.0,Anna,\r\n'
    )


def test_rows_without_a_time_stay() -> None:
    document = opened(CSV)
    assert document.written({}) == b"Start,End,Who,Comment\r\n,,Ben,a general remark\r\n"


def test_remarks_follow_the_text() -> None:
    document = opened(CSV)
    first, _, last = document.items
    written = document.written(
        {first.key: [at(first, note='the "cut", here')], last.key: [at(last, note="x, y")]}
    ).decode()
    assert '"Too long, ""really"" [the ""cut"", here]"\r\n' in written
    assert '61,62.5,Anna,"[x, y]"\r\n' in written


def test_the_codes_and_the_frames_of_a_comment_agree() -> None:
    document = opened(FRAMEIO)
    first = document.items[0]
    written = document.written({first.key: [Placement(start=2.0, end=3.0)]}).decode()
    assert '1,Anna,"Lower the music, please",01:00:02:00,50,00:00:01:00,2026-03-01 10:00' in written


def test_drop_frame_codes_with_semicolons_keep_them() -> None:
    document = opened(PREMIERE)
    written = document.written(shifted(document, 1 / NTSC)).decode("utf-16")
    assert "\t00;01;00;02\t00;01;01;03\t00;00;01;01\tComment\n" in written
    assert "\t00;10;00;01\t00;10;00;01\t00;00;00;00\tChapter\n" in written


def test_quotation_marks_between_tabs_are_letters() -> None:
    document = opened(AVID)
    second = document.items[1]
    written = document.written({second.key: [Placement(start=5.0, end=6.0, note="why")]})
    assert written == b"ben\t01:00:05:00\tTC1\tgreen\tAgreed [why]\t25\n"


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("sep=;\nTime;Note\n1,5;a\n2,25;b\n", [1.5, 2.25]),
        ("Timecode\tNote\n0:05\ta\n1:02:03.5\tb\n", [5.0, 3723.5]),
        ("Name,Frame\na,50\nb,75\n", [2.0, 3.0]),
        ("Timestamp,Timecode,Note\n2026-03-01,00:00:02:05,a\n", [2.2]),
    ],
)
def test_columns_and_delimiters_are_found(text: str, starts: list[float]) -> None:
    document = read("notes.csv", text.encode(), frame_rate=25)
    assert [item.start for item in document.items] == starts
    moved = document.written(shifted(document, 1.0))
    assert document.written(shifted(document)) == text.encode()
    assert [item.start for item in read("a.csv", moved, frame_rate=25).items] == [
        start + 1 for start in starts
    ]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("Who,What\na,b\n", 1, "No column is called"),
        ("Start,What\n1.5,a\nsoon,b\n", 3, "'soon' is not a time"),
        ("Start,End\n5,2\n", 2, "end is before"),
        ("Timecode,What\n00:00:01:00,a\n00:00:01:30,b\n", 3, "not at 25 a second"),
        ('Start,What\n1,"a\n2,b\n', 2, "not closed"),
        ('Start,What\n1,"a"b\n2,b\n', 2, "after a closing"),
    ],
)
def test_bad_files_say_where_and_what(text: str, line: int, problem: str) -> None:
    with pytest.raises(UnreadableFile, match=problem) as caught:
        read("a.csv", text.encode(), frame_rate=25)
    assert caught.value.line == line


def carried_to(rate: float, content: str, frame_rate: float = 25.0) -> str:
    """A table of a version with 25 frames a second, unless said, for one with others."""
    document = read("m.csv", content.encode(), frame_rate=frame_rate, written_rate=rate)
    return document.written(shifted(document)).decode()


@pytest.mark.parametrize(
    ("rate", "frame", "code"), [(25.0, "750", "00:00:30:00"), (50.0, "1500", "00:00:30:00")]
)
def test_frames_and_codes_are_counted_as_the_other_version_does(
    rate: float, frame: str, code: str
) -> None:
    assert carried_to(rate, "frame,note\n750,a\n") == f"frame,note\n{frame},a\n"
    assert carried_to(rate, "timecode,note\n00:00:30:00,a\n") == f"timecode,note\n{code},a\n"


def test_at_ntsc_rates_half_a_minute_is_899_frames() -> None:
    assert carried_to(30000 / 1001, "frame,note\n750,a\n") == "frame,note\n899,a\n"
