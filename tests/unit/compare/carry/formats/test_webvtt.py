from __future__ import annotations

import pytest

from services.compare.carry.document import Placement, UnreadableFile
from services.compare.carry.formats import read
from tests.unit.compare.carry.formats.carrying import at, opened, shifted
from tests.unit.compare.carry.formats.samples import WEBVTT


def test_settings_styles_regions_and_notes_survive() -> None:
    document = opened(WEBVTT)
    text = document.written(shifted(document, 1.0)).decode()
    assert text.startswith(WEBVTT.content.decode().partition("intro")[0])
    assert (
        "intro\n00:02.000 --> 00:04.500 region:bottom align:start position:10%,line-left\n" in text
    )
    assert "NOTE this one is karaoke\n\n00:05.000 --> 00:09.000 line:-2 size:80%\n" in text


def test_times_within_a_cue_move_with_it() -> None:
    document = opened(WEBVTT)
    text = document.written(shifted(document, 1.0)).decode()
    assert "<00:05.000>Sing <00:06.500>with <00:08.000>me" in text


def test_times_within_a_cue_that_lost_its_beginning() -> None:
    document = opened(WEBVTT)
    places = shifted(document)
    places["2"] = [Placement(start=10.0, end=13.0, taken_from=5.0)]
    assert "00:10.000 --> 00:13.000 line:-2 size:80%\nSing <00:10.500>with <00:12.000>me" in (
        document.written(places).decode()
    )


def test_identifiers_stay_unique_and_notes_stay() -> None:
    document = opened(WEBVTT)
    intro = document.items[0]
    text = document.written(
        {intro.key: [at(intro), at(intro, 9.0, note="check --> this")]}
    ).decode()
    assert "\nintro\n00:01.000" in text
    assert "NOTE check -> this\n\nintro-2\n00:10.000 --> 00:12.500 region" in text
    assert "NOTE this one is karaoke" in text


def test_hours_are_written_when_they_are_needed() -> None:
    document = opened(WEBVTT)
    text = document.written({"1": [Placement(start=3599.0, end=3601.0)]}).decode()
    assert "59:59.000 --> 01:00:01.000 region" in text


def test_a_cue_right_below_the_signature() -> None:
    content = b"WEBVTT\n00:01.000 --> 00:02.000\nA\n"
    document = read("a.vtt", content, frame_rate=25)
    assert document.written({}) == b"WEBVTT\n"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("1\n00:01.000 --> 00:02.000\nA\n", 1, "does not begin with WEBVTT"),
        ("WEBVTT\n\n00:01.000 --> 00:0x\nA\n", 3, "'00:0x' is not a time"),
        ("WEBVTT\n\nid\n00:03.000 --> 00:01.000\nA\n", 4, "end is before"),
        ("WEBVTT\n\n00:03.000 -->\nA\n", 3, "no two times"),
    ],
)
def test_bad_files_say_where_and_what(text: str, line: int, problem: str) -> None:
    with pytest.raises(UnreadableFile, match=problem) as caught:
        read("a.vtt", text.encode(), frame_rate=25)
    assert caught.value.line == line


def test_times_with_a_broken_arrow_are_refused_with_their_line() -> None:
    content = b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\na\n\n00:00:20.000 -> 00:00:22.000\nb\n"
    with pytest.raises(UnreadableFile, match="no arrow like -->") as caught:
        read("subtitles.vtt", content, frame_rate=25.0)
    assert caught.value.line == 6
