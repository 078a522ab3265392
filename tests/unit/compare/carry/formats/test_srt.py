from __future__ import annotations

import pytest

from services.compare.carry.document import Placement, UnreadableFile
from services.compare.carry.formats import read
from services.compare.carry.formats.time_scales import Starts
from tests.unit.compare.carry.formats.carrying import at, opened, shifted, times
from tests.unit.compare.carry.formats.samples import SRT


def test_numbers_are_given_anew_when_an_item_goes() -> None:
    document = opened(SRT)
    first, _, last = document.items
    written = document.written({first.key: [at(first)], last.key: [at(last), at(last, 9.0)]})
    text = written.decode()
    assert text.startswith("1\r\n00:00:01,000 --> 00:00:03,500 X1:100 X2:600 Y1:420 Y2:460\r\n<i>")
    assert (
        "\r\n\r\n2\r\n01:02:03,999 --> 01:02:05,000\r\n– Café.\r\n\r\nStill the third.\r\n" in text
    )
    assert text.endswith(
        "\r\n3\r\n01:02:12,999 --> 01:02:14,000\r\n– Café.\r\n\r\nStill the third.\r\n\r\n\r\n"
    )


def test_numbers_that_nothing_happens_to_stay() -> None:
    content = b"7\n00:00:01,000 --> 00:00:02,000\nA\n\n7\n00:00:03,000 --> 00:00:04,000\nB"
    document = read("a.srt", content, frame_rate=25)
    assert document.written(shifted(document)) == content
    moved = document.written(shifted(document, 1.0))
    assert moved == content.replace(b":04", b":05").replace(b":03", b":04").replace(
        b":02,", b":03,"
    ).replace(b":01", b":02")


def test_an_unended_last_line_is_ended_when_something_follows() -> None:
    content = b"1\n00:00:01,000 --> 00:00:02,000\nA"
    document = read("a.srt", content, frame_rate=25)
    (item,) = document.items
    assert document.written({item.key: [at(item), at(item, 2.0)]}) == (
        content + b"\n\n2\n00:00:03,000 --> 00:00:04,000\nA"
    )


@pytest.mark.parametrize(
    ("encoding", "letters"),
    [("cp1252", "Café – œuvre"), ("cp1251", "Привет"), ("cp932", "日本語表示")],
)
def test_old_code_pages_come_back_as_they_were(encoding: str, letters: str) -> None:
    text = f"1\r\n00:00:01,000 --> 00:00:02,000\r\n{letters}\r\n"
    document = read("a.srt", text.encode(encoding), frame_rate=25)
    later = text.replace("02,000", "03,000").replace("01,000", "02,000")
    assert document.written(shifted(document, 1.0)) == later.encode(encoding)


def test_times_without_numbers_and_with_points_are_read() -> None:
    content = b"0:00:01.5 --> 0:00:02.250\nA\n\n00:00:03,000-->00:00:04,000\nB --> C\n"
    document = read("a.srt", content, frame_rate=25)
    assert times(document) == [(1.5, 2.25), (3.0, 4.0)]
    assert document.written(shifted(document, 1.0)) == (
        b"0:00:02.500 --> 0:00:03.250\nA\n\n00:00:04,000-->00:00:05,000\nB --> C\n"
    )


def test_times_that_count_from_an_hour_on() -> None:
    content = b"1\n01:00:01,000 --> 01:00:02,000\nA\n"
    document = read("a.srt", content, frame_rate=25, starts=Starts(read=3600.0, written=3600.0))
    assert times(document) == [(1.0, 2.0)]
    moved = document.written({"1": [Placement(start=5.0, end=6.0)]})
    assert b"01:00:05,000 --> 01:00:06,000" in moved


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("1\n00:00:0x,000 --> 00:00:02,000\nA\n", 2, "'00:00:0x,000' is not a time"),
        ("1\n00:00:01,000 --> 00:00:02,000\nA\n\n2\n00:00:05,000 -->\nB\n", 6, "no two times"),
        ("1\n00:00:05,000 --> 00:00:02,000\nA\n", 2, "end is before the start"),
        ("1\n00:61:05,000 --> 00:62:02,000\nA\n", 2, "more than 59 minutes"),
        ("Hello\n\n1\n00:00:05,000 --> 00:00:06,000\nA\n", 1, "before the first"),
        ("Only text.\n", 1, "no times"),
    ],
)
def test_bad_files_say_where_and_what(text: str, line: int, problem: str) -> None:
    with pytest.raises(UnreadableFile, match=problem) as caught:
        read("a.srt", text.encode(), frame_rate=25)
    assert caught.value.line == line


@pytest.mark.parametrize("content", [b"", b"  \n\n", b"\xef\xbb\xbf"])
def test_a_file_without_subtitles_stays_one(content: bytes) -> None:
    document = read("a.srt", content, frame_rate=25)
    assert list(document.items) == []
    assert document.written({}) == content


def test_times_with_a_broken_arrow_are_refused_with_their_line() -> None:
    content = b"00:00:01,000 --> 00:00:02,000\na\n\n00:00:20,000 -> 00:00:22,000\nb\n"
    with pytest.raises(UnreadableFile, match="no arrow like -->") as caught:
        read("subtitles.srt", content, frame_rate=25.0)
    assert caught.value.line == 4
