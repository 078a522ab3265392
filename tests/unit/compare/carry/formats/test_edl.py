from __future__ import annotations

import pytest

from services.compare.carry.document import Placement, UnreadableFile
from services.compare.carry.formats import read
from tests.unit.compare.carry.formats.carrying import at, opened, shifted
from tests.unit.compare.carry.formats.samples import EDL, EDL_DROP, NTSC, RESOLVE


def test_a_trimmed_event_starts_later_in_its_source() -> None:
    document = opened(EDL)
    written = document.written(
        {"1": [Placement(start=10.0, end=12.0, taken_from=1.0, note="check this")]}
    ).decode()
    assert written == (
        "TITLE: A FILM\nFCM: NON-DROP FRAME\n\n"
        "001  TAPE1    V     C        05:00:01:00 05:00:03:00 01:00:10:00 01:00:12:00\n"
        "* FROM CLIP NAME: OPENING.MOV\n"
        "* LOC: 01:00:11:00 RED     LOOK HERE\n"
        "* check this\n"
    )


def test_a_split_event_is_two_numbered_events() -> None:
    document = opened(EDL)
    first, second, _ = document.items
    written = document.written(
        {
            first.key: [
                Placement(start=0.0, end=1.0),
                Placement(start=5.0, end=8.0, taken_from=1.0),
            ],
            second.key: [at(second, -3.0)],
        }
    ).decode()
    assert "001  TAPE1    V     C        05:00:00:00 05:00:01:00 01:00:00:00 01:00:01:00" in written
    assert "002  TAPE2    V     C        06:00:00:00 06:00:00:00 01:00:01:00 01:00:01:00" in written
    assert "002  TAPE3    V     D    010 07:00:00:00 07:00:02:00 01:00:01:00 01:00:03:00" in written
    assert "003  TAPE1    V     C        05:00:01:00 05:00:04:00 01:00:05:00 01:00:08:00" in written
    # The locator at the second second is in the second part.
    assert written.count("* LOC:") == 1
    assert "* LOC: 01:00:06:00 RED" in written


def test_what_is_cut_from_a_fast_source_is_cut_at_its_speed() -> None:
    document = opened(EDL)
    written = document.written({"3": [Placement(start=0.0, end=1.0, taken_from=7.0)]}).decode()
    assert "001  TAPE4    A     C        08:00:02:00 08:00:04:00 01:00:00:00 01:00:01:00" in written


def test_a_dissolve_that_lost_its_beginning_keeps_what_it_comes_from() -> None:
    document = opened(EDL)
    written = document.written({"2": [Placement(start=0.0, end=1.0, taken_from=5.0)]}).decode()
    assert "001  TAPE2    V     C        06:00:00:00 06:00:00:00 01:00:00:00 01:00:00:00" in written
    assert "001  TAPE3    V     D    010 07:00:01:00 07:00:02:00 01:00:00:00 01:00:01:00" in written


def test_a_locator_on_the_first_frame_that_was_cut_goes() -> None:
    document = opened(EDL)
    written = document.written({"1": [Placement(start=0.0, end=2.0)]}).decode()
    assert "LOC" not in written


def test_the_mode_counts_where_codes_have_colons() -> None:
    document = opened(EDL_DROP)
    written = document.written(shifted(document, 1 / NTSC)).decode()
    assert "00:00:00:00 00:00:01:00 00:01:00:02 00:01:01:02" in written
    assert "00;00;00;00 00;00;01;00 00;10;00;01 00;10;01;01" in written


def test_markers_of_resolve_keep_name_colour_and_note() -> None:
    document = opened(RESOLVE)
    first, second = document.items
    written = document.written(
        {
            first.key: [at(first, 8.6, note="why | here")],
            second.key: [Placement(start=5.0, end=6.0)],
        }
    ).decode()
    assert written == (
        "TITLE: Timeline 1\nFCM: NON-DROP FRAME\n\n"
        "001  001      V     C        01:00:05:00 01:00:05:01 01:00:05:00 01:00:05:01  \n"
        " |C:ResolveColorRed |M:Marker 2 |D:25\n\n"
        "002  001      V     C        01:00:10:00 01:00:10:01 01:00:10:00 01:00:10:01  \n"
        "3 people in frame [why / here] |C:ResolveColorBlue |M:Marker 1 |D:1\n\n"
    )


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("TITLE: x\n\n001  AX  V  C  00:00:00:00 00:00:01:00 00:00:0 00:00\n", 3, "four time"),
        ("TITLE: x\n001  AX  V  C  00:00:00:00 00:00:01:00 00:00:05:00 00:00:02:00\n", 2, "before"),
        ("TITLE: x\n001  AX  V  C  00:00:00:00 00:00:01:25 00:00:05:00 00:00:06:00\n", 2, "at 25"),
        (
            "TITLE: x\n001  AX  V  C  00:00:00:00 00:00:01:00 00:00:05:00 00:00:06:00\n |M:a\n"
            "002  AX  V  C  00:00:00:00 00:00:01:00 00:00:05:00 00:00:06:00\n |C:Red |M:a |D:1\n",
            2,
            "no marker",
        ),
    ],
)
def test_bad_files_say_where_and_what(text: str, line: int, problem: str) -> None:
    with pytest.raises(UnreadableFile, match=problem) as caught:
        read("a.edl", text.encode(), frame_rate=25)
    assert caught.value.line == line


def test_an_edit_list_is_not_counted_in_other_frames() -> None:
    with pytest.raises(UnreadableFile, match=r"25 a second here, and the other version has 29\.97"):
        read("cut.edl", EDL.content, frame_rate=25.0, written_rate=30000 / 1001)
