"""Files as they come: in any encoding, empty, under a wrong name, with impossible times, or huge.

Each is read right, or refused with what is wrong and where; nothing else comes out.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace

import pytest

from services.compare.carry.carrying import carry_over
from services.compare.carry.document import UnknownFormat, UnreadableFile
from services.compare.carry.fates import Fate
from services.compare.carry.formats import FORMATS, read
from services.compare.timeline import RegionKind
from services.compare.timemap import Piece, PieceMap
from tests.unit.compare.carry.formats.carrying import about, opened, shifted, times
from tests.unit.compare.carry.formats.samples import NTSC, SAMPLES, Sample

EVERY = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())
EXTENSIONS = sorted({extension for each in FORMATS for extension in each.extensions} | {".xml"})
NO_TIMES = {
    "nothing": b"",
    "a UTF-8 mark": b"\xef\xbb\xbf",
    "a UTF-16 mark": b"\xff\xfe",
    "blank lines": b"\r\n\r\n",
    "zeros": b"\0" * 1000,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
}
MANY = 200_000


def cut_map() -> PieceMap:
    """A minute, of which B lacks the last half but one second."""
    kept = Piece(kind=RegionKind.UNCHANGED, a_start=0, a_end=30, b_start=0, b_end=30)
    cut = Piece(kind=RegionKind.DELETED, a_start=30, a_end=59, b_start=30, b_end=30)
    tail = Piece(kind=RegionKind.UNCHANGED, a_start=59, a_end=60, b_start=30, b_end=31)
    return PieceMap((kept, cut, tail))


@pytest.mark.parametrize("extension", EXTENSIONS)
@pytest.mark.parametrize("content", NO_TIMES.values(), ids=NO_TIMES.keys())
def test_a_file_without_times_has_no_items_or_is_refused(extension: str, content: bytes) -> None:
    try:
        document = read(f"film{extension}", content, frame_rate=25)
    except (UnreadableFile, UnknownFormat):
        return
    assert list(document.items) == []
    assert document.written({}) == content


@EVERY
@pytest.mark.parametrize("name", ["film.srt", "film.txt", "film", "film.doc"])
def test_a_wrong_name_does_not_matter(sample: Sample, name: str) -> None:
    assert times(opened(replace(sample, name=name))) == about(sample.times)


@EVERY
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8-sig", "utf-16", "utf-16-be"])
def test_letters_of_any_encoding_come_back(sample: Sample, encoding: str) -> None:
    """UTF-16 without a mark as well, as some programs write it."""
    own = "utf-16" if sample is SAMPLES["premiere"] else "utf-8-sig"
    text = sample.content.decode(own)
    content = text.encode(encoding, "replace")
    if 'encoding="UTF-8"' in text and encoding.startswith("utf-16"):
        content = text.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode(encoding)
    document = opened(sample, content)
    assert times(document) == about(sample.times)
    assert document.written(shifted(document)) == content


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.srt", "1\n99999:00:00,000 --> 99999:00:01,000\nx\n"),
        ("a.srt", "1\n" + "9" * 5000 + ":00:00,000 --> 00:00:01,000\nx\n"),
        ("a.srt", "1\n-00:00:01,000 --> 00:00:01,000\nx\n"),
        ("a.vtt", "WEBVTT\n\n999999999:00:00.000 --> 9999999999:00:00.000\nx\n"),
        ("a.ass", "[Events]\nDialogue: 0,99999999:00:00.00,99999999:00:00.00,A,,0,0,0,,x\n"),
        ("a.csv", "start,comment\n1e308,x\n"),
        ("a.csv", "start,comment\nnan,x\n"),
        ("a.csv", "frame,comment\n-5,x\n15,y\n"),
        ("a.csv", "frame,comment\n" + "9" * 400 + ",x\n"),
        ("a.txt", ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/0\nSTART=1\nEND=5\n"),
        ("a.txt", ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=" + "9" * 400 + "\nEND=5\n"),
        ("a.edl", "TITLE: x\n001  AX  V  C  00:00:00:29 00:00:01:29 00:00:00:29 00:00:01:29\n"),
    ],
)
def test_impossible_times_are_refused_with_their_line(name: str, text: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(name, text.encode(), frame_rate=25)
    assert refused.value.line is not None
    assert len(refused.value.problem) < 200


@EVERY
def test_no_time_of_a_carried_file_is_beyond_numbers(sample: Sample) -> None:
    carried = carry_over(opened(sample), cut_map(), 1 / sample.frame_rate)
    for each in carried.items:
        for place in each.placements:
            assert math.isfinite(place.start)
            assert place.start >= 0
            assert place.end is None or place.end >= place.start


DROP_FRAME = {
    "table.csv": "timecode,comment\n00:01:00;02,Hello\n",
    "list.edl": (
        "TITLE: x\nFCM: DROP FRAME\n"
        "001  AX  V  C  00:01:00:02 00:02:00:02 00:01:00:02 00:02:00:02\n"
    ),
    "markers.edl": (
        "TITLE: x\n\n001  001  V  C  00:01:00;02 00:01:00;03 00:01:00;02 00:01:00;03\n"
        " |C:Red |M:a |D:1\n"
    ),
    "avid.txt": "a\t00:01:00;02\tV1\tred\tHello\t1\n",
}


@pytest.mark.parametrize("name", DROP_FRAME)
@pytest.mark.parametrize("rate", [23.976, 24.0, 25.0, 30.0, 50.0, 60.0])
def test_drop_frame_counting_is_refused_where_there_is_none(name: str, rate: float) -> None:
    with pytest.raises(UnreadableFile, match=r"drop-frame, which there is not at .*frame rate"):
        read(name, DROP_FRAME[name].encode(), frame_rate=rate)
    document = read(name, DROP_FRAME[name].encode(), frame_rate=29.97)
    assert document.items[0].start == pytest.approx(1800 / NTSC)


def test_codes_are_written_without_drop_frame_where_there_is_none() -> None:
    document = read(
        "table.csv", DROP_FRAME["table.csv"].encode(), frame_rate=29.97, written_rate=25.0
    )
    written = document.written(shifted(document))
    assert written == b"timecode,comment\n00:01:00:02,Hello\n"
    assert times(read("table.csv", written, frame_rate=25.0)) == [(60.08, None)]


def test_overlapping_subtitles_go_each_their_own_way() -> None:
    text = "\n\n".join(
        f"{number}\n00:00:{start:02},000 --> 00:00:{end:02},000\nLine {number}"
        for number, (start, end) in enumerate([(20, 40), (22, 28), (22, 28), (35, 50)], 1)
    )
    document = read("film.srt", text.encode(), frame_rate=25)
    carried = carry_over(document, cut_map(), 0.04)
    fates = [each.fate for each in carried.items]
    assert fates == [Fate.TRIMMED, Fate.KEPT, Fate.KEPT, Fate.LOST]
    again = read("film.srt", carried.content, frame_rate=25)
    assert times(again) == about([(20, 30), (22, 28), (22, 28)])


HUGE = {
    "a.srt": "1\n00:00:01,000 --> 00:00:11,000\n" + "<i" * MANY,
    "arrows.srt": "-->" * MANY,
    "blanks.srt": "1\n" + " " * MANY + "00:00:01,000 --> 00:00:02,000\nx\n",
    "a.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<00:01.500" * MANY,
    "a.ass": "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,A,,0,0,0,," + "{\\k10" * MANY,
    "commas.ass": "[Events]\nFormat: " + "a," * MANY + "\nDialogue: " + "1," * MANY,
    "quotes.csv": 'start,comment\n1.0,"' + '""' * MANY,
    "commas.csv": "start,comment\n" + "," * MANY,
    "a.scc": "Scenarist_SCC V1.0\n\n00:00:01:00\t" + "9420 " * MANY,
    "a.ttml": '<tt xmlns="http://www.w3.org/ns/ttml">' + "<p>" * MANY,
    "a.otio": '{"OTIO_SCHEMA":"Timeline.1","tracks":' + "[" * MANY + "]" * MANY + "}",
    "bars.edl": "TITLE: x\n" + "|" * MANY,
    "labels.txt": "1.0\t" * MANY,
}


@pytest.mark.parametrize("name", HUGE)
def test_no_text_takes_more_than_its_length(name: str) -> None:
    """Two hundred thousand of what begins something and never ends it."""
    begun = time.process_time()
    try:
        document = read(name, HUGE[name].encode(), frame_rate=25)
        carry_over(document, cut_map(), 0.04)
    except (UnreadableFile, UnknownFormat):
        pass
    # Tenths of a second on a machine of its own; with the square it would be minutes.
    assert time.process_time() - begun < 10
