from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.carry.document import UnreadableFile
from services.compare.carry.formats import encoded_text
from services.compare.carry.formats.encoded_text import decode, lines


@given(st.binary(max_size=40))
def test_bytes_come_back_as_they_were(content: bytes) -> None:
    try:
        source = decode(content)
    except UnreadableFile:
        return  # a mark with bytes which are not what it says
    assert source.encoded(source.text) == content


@given(st.text("a\r\n\x0b\x85\u2028é", max_size=12))
def test_lines_are_the_text(text: str) -> None:
    assert "".join(line.whole for line in lines(text)) == text


def test_only_line_breaks_end_lines() -> None:
    found = list(lines("a\u2028b\x85c\r\n\r\rd\n"))
    assert [(line.number, line.text) for line in found] == [
        (1, "a\u2028b\x85c"),
        (2, ""),
        (3, ""),
        (4, "d"),
    ]


def test_utf_16_without_a_mark_is_seen_by_its_zeros() -> None:
    assert decode("1\n00:00:01,000 -->".encode("utf-16-le")).text == "1\n00:00:01,000 -->"
    assert decode("1\n00:00:01,000 -->".encode("utf-16-be")).encoding == "utf-16-be"


def test_bytes_that_are_not_what_their_mark_says() -> None:
    with pytest.raises(UnreadableFile) as caught:
        decode(b"\xef\xbb\xbfa\nb\xff")
    assert caught.value.line == 2


def test_too_many_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoded_text, "_MAX_LINES", 1000)
    with pytest.raises(UnreadableFile, match="more than 1,000 lines"):
        list(lines("\n" * 1001))
