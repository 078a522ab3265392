"""Absolute change lists, read by pycmx and by OpenTimelineIO's own reader of CMX 3600."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import opentimelineio as otio
import pycmx
import pytest

from sage.compare.v1.compare_pb2 import ExportFormat
from sage.embed.v1.embed_pb2 import MODALITY_AUDIO
from services.compare.export import Document, write
from services.compare.export.change_edl import reel_name
from services.compare.export.timecode import FrameClock
from tests.unit.compare.export.edits import RATES, Part, edit_of

PARTS: list[Part] = [
    ("SAME", 1790),
    ("OTHER", 30, 25),
    ("MOVED", 40, 5),
    ("NEW", 60),
    ("SAME", 100),
    ("GONE", 70),
    ("SAME", 90),
]
# Source and record of each event, in frames; black has no source.
EVENTS = [
    ((0, 1790), (0, 1790)),
    (None, (1790, 1815)),
    (None, (1815, 1875)),
    ((1860, 1960), (1875, 1975)),
    ((1820, 1860), (1975, 2015)),
    ((2030, 2120), (2015, 2105)),
]


def text_of(document: Document, track: str = "PICTURE") -> str:
    file = write(ExportFormat.Value(f"EXPORT_FORMAT_CHANGE_EDL_{track}"), document)
    return file.data.decode("ascii")


def edits_in(text: str) -> Iterator[Any]:
    for event in pycmx.parse_cmx3600(io.StringIO(text)).events:
        yield from event.edits


def frames(timecode: str, rate: float) -> int:
    """By another implementation than ours."""
    return int(otio.opentime.from_timecode(timecode, rate).value)


@pytest.mark.parametrize("drop_frame", [True, False])
@pytest.mark.parametrize("rate", RATES)
def test_source_and_record_are_exact_to_the_frame(rate: float, drop_frame: bool) -> None:
    edit = edit_of(PARTS, rate, a_start="01:00:00:00", b_start="10:00:00:00", drop_frame=drop_frame)
    a_zero, b_zero = edit.document.a_clock.start, edit.document.b_clock.start
    found = []
    for each in edits_in(text_of(edit.document)):
        source = frames(each.source_in, rate) - a_zero, frames(each.source_out, rate) - a_zero
        record = frames(each.record_in, rate) - b_zero, frames(each.record_out, rate) - b_zero
        found.append((None if each.black else source, record))
    assert found == EVENTS


def test_the_head_says_how_frames_are_counted() -> None:
    ntsc = 30000 / 1001
    assert "FCM: DROP FRAME" in text_of(edit_of(PARTS, ntsc).document)
    assert "FCM: NON-DROP FRAME" in text_of(edit_of(PARTS, ntsc, drop_frame=False).document)


def test_the_sound_is_a_list_of_its_own() -> None:
    document = edit_of(PARTS).document
    picture, sound = (next(iter(edits_in(text_of(document, t)))) for t in ("PICTURE", "SOUND"))
    assert (picture.channels.v, picture.channels.a1) == (True, False)
    assert (sound.channels.v, sound.channels.a1) == (False, True)
    assert sound.clip_name == "first cut.mov"
    assert sound.source == "FIRSTCUT"


def test_a_list_of_what_was_not_compared_says_so() -> None:
    document = edit_of(PARTS).document
    for region in [r for r in document.comparison.regions if r.modality == MODALITY_AUDIO]:
        document.comparison.regions.remove(region)
    assert "* THE SOUND WAS NOT COMPARED" in text_of(document, "SOUND")


@pytest.mark.parametrize("rate", RATES)
def test_another_speed_is_an_m2_line(rate: float) -> None:
    document = edit_of([("SAME", 50), ("FASTER", 100, 80), ("SAME", 50)], rate).document
    timeline = otio.adapters.read_from_string(text_of(document), "cmx_3600", rate=rate)
    clip = timeline.tracks[0][1]
    assert clip.source_range.start_time.value == 50
    assert clip.source_range.duration.value == 80
    assert clip.effects[0].time_scalar == pytest.approx(1.25, abs=0.003)


def test_versions_of_different_rates_have_an_m2_line_and_their_own_time_codes() -> None:
    document = edit_of([("SAME", 250)]).document
    other = Document(
        comparison=document.comparison,
        a_name="a.mov",
        b_name="b.mov",
        a_clock=FrameClock(24),
        b_clock=FrameClock(25),
    )
    (edit,) = edits_in(text_of(other))
    assert (edit.source_out, edit.record_out) == ("00:00:10:00", "00:00:10:00")
    assert "M2   A        024.0                00:00:00:00" in text_of(other)


def test_what_is_left_out_of_a_is_said_where_it_was() -> None:
    lines = text_of(edit_of(PARTS).document).split("\r\n")
    assert "* OMITTED A: 00:01:18:10 00:01:21:05" in lines
    assert "* REPLACES A: 00:01:11:15 00:01:12:20" in lines


def test_an_omission_at_the_end_is_said_after_the_last_event() -> None:
    lines = text_of(edit_of([("SAME", 50), ("GONE", 25)]).document).split("\r\n")
    assert lines[-2] == "* OMITTED A: 00:00:02:00 00:00:03:00"


def test_lists_of_more_than_999_events_are_several_in_a_zip() -> None:
    document = edit_of([("SAME", 3), ("NEW", 2)] * 600).document
    file = write(ExportFormat.EXPORT_FORMAT_CHANGE_EDL_PICTURE, document)
    assert file.file_name.endswith(".zip")
    assert file.content_type.startswith("application/zip")
    with zipfile.ZipFile(io.BytesIO(file.data)) as packed:
        texts = [packed.read(name).decode() for name in packed.namelist()]
    lists = [list(edits_in(text)) for text in texts]
    assert [len(each) for each in lists] == [999, 201]
    assert lists[0][-1].record_out == lists[1][0].record_in
    titles = {text.split("\r\n")[0] for text in texts}
    assert len(titles) == 2
    assert file == write(ExportFormat.EXPORT_FORMAT_CHANGE_EDL_PICTURE, document)


@pytest.mark.parametrize(
    ("name", "reel"),
    [
        ("first cut.mov", "FIRSTCUT"),
        ("Ünï.mp4", "N"),
        ("日本.mp4", "A"),
        ("bl.mov", "ABL"),
        ("A_001_C012_very_long.mxf", "A001C012"),
    ],
)
def test_reels_are_up_to_eight_letters_and_digits(name: str, reel: str) -> None:
    assert reel_name(name) == reel
