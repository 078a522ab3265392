from __future__ import annotations

import pytest

from services.compare.carry.document import UnreadableFile
from services.compare.carry.formats import read
from tests.unit.compare.carry.formats.carrying import at, opened, shifted, times
from tests.unit.compare.carry.formats.samples import ASS


def test_only_times_change() -> None:
    document = opened(ASS)
    expected = (
        ASS.content.replace(b"0:00:03", b"0:00:04", 1)
        .replace(b"0:00:01.00", b"0:00:02.00")
        .replace(b"0:00:02.00,0:00:03.00", b"0:00:03.00,0:00:04.00")
        .replace(b"0:00:04.04,0:00:06.00", b"0:00:05.04,0:00:07.00")
    )
    assert document.written(shifted(document, 1.0)) == expected


def test_what_stands_between_events_stays_when_they_go() -> None:
    document = opened(ASS)
    text = document.written({}).decode("utf-8-sig")
    assert "Dialogue" not in text
    assert "; between two events\n\n[Fonts]\nfontname: none.ttf\n" in text


def test_a_remark_is_a_comment_beside_the_event() -> None:
    document = opened(ASS)
    last = document.items[-1]
    text = document.written({last.key: [at(last, note="look, here")]}).decode()
    assert "Comment: 1,0:00:04.04,0:00:06.00,Default,,0,0,0,fx,look, here\nDialogue: 1," in text


def test_columns_are_where_the_format_says() -> None:
    content = (
        b"[Script Info]\nScriptType: v4.00\n[Events]\nFormat: Marked, Text2, End, Start, Text\n"
        b"Dialogue: Marked=0,x, 0:00:09.00, 0:00:08.00,A, b\n"
    )
    document = read("a.ssa", content, frame_rate=25)
    assert times(document) == [(8.0, 9.0)]
    assert document.written(shifted(document, 1.5)) == content.replace(b"9.00", b"10.50").replace(
        b"0:00:08.00", b"0:00:09.50"
    ).replace(b"0:00:010.50", b"0:00:10.50")


def test_events_out_of_order_keep_their_order() -> None:
    content = (
        b"[Script Info]\n[Events]\nDialogue: 0,0:00:09.00,0:00:10.00,A,,0,0,0,,later\n"
        b"Dialogue: 0,0:00:01.00,0:00:02.00,A,,0,0,0,,earlier\n"
    )
    document = read("a.ass", content, frame_rate=25)
    assert document.written(shifted(document)) == content
    moved = read("a.ass", document.written(shifted(document, 1.0)), frame_rate=25)
    assert [item.text for item in moved.items] == ["later", "earlier"]


@pytest.mark.parametrize(
    ("events", "line", "problem"),
    [
        ("Dialogue: 0,0:00:01.00,0:00:xx.00,A,,0,0,0,,x", 3, "'0:00:xx.00' is not a time"),
        ("Dialogue: 0,0:00:01.00,0:00:00.50,A,,0,0,0,,x", 3, "end is before"),
        ("Dialogue: 0,0:00:01.00", 3, "2 of 10 fields"),
        ("Format: Layer, Text", 3, "no Start and End"),
    ],
)
def test_bad_files_say_where_and_what(events: str, line: int, problem: str) -> None:
    with pytest.raises(UnreadableFile, match=problem) as caught:
        read("a.ass", f"[Script Info]\n[Events]\n{events}\n".encode(), frame_rate=25)
    assert caught.value.line == line
