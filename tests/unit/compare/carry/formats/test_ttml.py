from __future__ import annotations

import pytest

from services.compare.carry.document import Placement, UnreadableFile
from services.compare.carry.formats import read
from services.compare.carry.formats.time_scales import Starts
from tests.unit.compare.carry.formats.carrying import about, at, opened, shifted, times
from tests.unit.compare.carry.formats.samples import NTSC, TTML

TT = '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"'


def document_of(body: str, parameters: str = "", **options: float) -> bytes:
    return f"{TT} {parameters}>\n<body>{body}</body></tt>".encode()


def test_times_are_written_as_they_were() -> None:
    document = opened(TTML)
    text = document.written(shifted(document, 1.04)).decode()
    assert "begin=\"00:00:02.040\" end='00:00:04.540' region" in text
    assert 'begin="00:00:05:02" end="00:00:07:01"' in text
    assert 'begin="90400000t" dur="20000000t"' in text
    assert '<span begin="12.040s" end="13.540s">One</span>' in text
    assert "<!-- this one is in frames -->" in text


def test_split_paragraphs_have_identifiers_of_their_own() -> None:
    document = opened(TTML)
    first = document.items[0]
    text = document.written({first.key: [at(first), at(first, 60.0, note="a -- b")]}).decode()
    assert 'xml:id="c1" begin="00:00:01.000"' in text
    assert '<!-- a - b --><p xml:id="c1-2" begin="00:01:01.000"' in text
    assert "Is anybody" not in text
    assert "<!-- this one is in frames -->" in text


def test_times_count_from_those_around_them_until_something_moves() -> None:
    content = document_of(
        '<div begin="10s" end="30s">\n<p begin="1s" end="2s">A</p>\n<p begin="5s">B</p>\n</div>'
    )
    document = read("a.ttml", content, frame_rate=25)
    assert times(document) == [(11.0, 12.0), (15.0, 30.0)]
    assert document.written(shifted(document)) == content
    written = document.written(
        {"1": [Placement(start=2.0, end=3.0)], "2": [Placement(start=4.5, end=40.0)]}
    )
    assert '<div>\n<p begin="2s" end="3s">A</p>\n<p end="40.000s" begin="4.5s">B</p>' in (
        written.decode()
    )
    assert times(read("a.ttml", written, frame_rate=25)) == [(2.0, 3.0), (4.5, 40.0)]


def test_times_within_an_item_stay() -> None:
    content = document_of('<div><p begin="5s" end="9s">A<span begin="1s">B</span></p></div>')
    document = read("a.ttml", content, frame_rate=25)
    assert times(document) == [(5.0, 9.0)]
    assert b'<p begin="6s" end="10s">A<span begin="1s">B' in document.written(
        shifted(document, 1.0)
    )


def test_images_are_timed_by_their_division() -> None:
    content = document_of('<div begin="1s" end="2s"><metadata/></div>\n<div begin="3s" dur="2s"/>')
    document = read("a.ttml", content, frame_rate=25)
    assert times(document) == [(1.0, 2.0), (3.0, 5.0)]
    assert document.written(shifted(document, 1.0)) == document_of(
        '<div begin="2s" end="3s"><metadata/></div>\n<div begin="4s" dur="2s"/>'
    )


def test_drop_frame_codes_of_smpte_time() -> None:
    parameters = (
        'ttp:timeBase="smpte" ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001" '
        'ttp:dropMode="dropNTSC"'
    )
    content = document_of('<div><p begin="01:00:59:29" end="01:01:00:02">A</p></div>', parameters)
    document = read("a.ttml", content, frame_rate=NTSC, starts=Starts(read=3600.0, written=3600.0))
    assert times(document) == about([(1799 / NTSC, 1800 / NTSC)])
    moved = document.written(shifted(document, 1 / NTSC))
    assert b'begin="01:01:00:02" end="01:01:00:03"' in moved


def test_frames_of_media_time_count_within_their_second() -> None:
    parameters = 'ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"'
    content = document_of('<div><p begin="00:10:00:15" end="00:10:01:00">A</p></div>', parameters)
    document = read("a.ttml", content, frame_rate=NTSC)
    assert times(document) == about([(600 + 15 / NTSC, 601.0)])
    assert b'begin="00:10:10:15" end="00:10:11:00"' in document.written(shifted(document, 10.0))


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (f"{TT}><body>\n<p begin='1s'></body></tt>", 2, "not well-formed XML: mismatched tag"),
        (f"{TT}>\n<body><div>\n<p begin='1 s'/></div></body></tt>", 3, "'1 s' is not a time"),
        (f"{TT}><body><div>\n<p begin='3s' end='1s'/></div></body></tt>", 2, "end is before"),
        (f"{TT}><body><div>\n<p begin='00:00:01:25'/></div></body></tt>", 2, "not at 25 a second"),
        (f"{TT}><body><div timeContainer='seq'><p dur='1s'/></div></body></tt>", 1, "seq"),
        (f"{TT} ttp:frameRate='x'/>", 1, "A rate"),
    ],
)
def test_bad_files_say_where_and_what(text: str, line: int, problem: str) -> None:
    with pytest.raises(UnreadableFile, match=problem) as caught:
        read("a.ttml", text.encode(), frame_rate=25)
    assert caught.value.line == line


def test_entities_are_refused_before_they_grow() -> None:
    bomb = '<!DOCTYPE tt [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(UnreadableFile, match="entities"):
        read("a.ttml", f"{bomb}{TT}><body>&b;</body></tt>".encode(), frame_rate=25)


def test_nothing_is_fetched() -> None:
    outside = '<!DOCTYPE tt SYSTEM "file:///etc/passwd">'
    content = f"{outside}{TT}><body><div><p begin='1s' end='2s'>A</p></div></body></tt>".encode()
    document = read("a.ttml", content, frame_rate=25)
    assert [item.text for item in document.items] == ["A"]


def test_deep_nesting_is_refused() -> None:
    content = f"{TT}>{'<div>' * 1000}".encode()
    with pytest.raises(UnreadableFile, match="nested more than"):
        read("a.ttml", content, frame_rate=25)
