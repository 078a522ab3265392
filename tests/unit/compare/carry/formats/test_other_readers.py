"""What is written is read back by programs that nobody here wrote."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from pathlib import Path

import av
import opentimelineio
import pycmx
import pysubs2
import pytest
import ttconv.imsc.reader
import ttconv.scc.reader
import webvtt
from ttconv.model import ContentDocument

from services.compare.carry.document import Placement
from tests.unit.compare.carry.formats.carrying import about, at, opened, shifted
from tests.unit.compare.carry.formats.samples import (
    ASS,
    EDL,
    FFMETADATA,
    NTSC,
    OTIO,
    SCC,
    SRT,
    TTML,
    WEBVTT,
    Sample,
)


def moved(sample: Sample, shift: float) -> bytes:
    document = opened(sample)
    return document.written(shifted(document, shift))


def split(sample: Sample) -> bytes:
    """The first item twice, the second not at all."""
    document = opened(sample)
    places = shifted(document)
    first, second = document.items[:2]
    places[first.key] = [at(first), at(first, 1.0, note="check")]
    places[second.key] = []
    return document.written(places)


@pytest.mark.parametrize("sample", [SRT, ASS], ids=["srt", "ass"])
def test_pysubs2_reads_subtitles(sample: Sample) -> None:
    old = pysubs2.SSAFile.from_string(sample.content.decode("utf-8-sig"))
    new = pysubs2.SSAFile.from_string(moved(sample, 2.5).decode("utf-8-sig"))
    assert [(event.start + 2500, event.end + 2500, event.text, event.style) for event in old] == [
        (event.start, event.end, event.text, event.style) for event in new
    ]
    assert new.styles == old.styles
    assert len(pysubs2.SSAFile.from_string(split(sample).decode("utf-8-sig"))) >= 3


def test_webvtt_py_reads_cues() -> None:
    old = webvtt.from_string(WEBVTT.content.decode())
    new = webvtt.from_string(moved(WEBVTT, 2.5).decode())
    assert [cue.start for cue in new.captions] == ["00:00:03.500", "00:00:06.500", "01:00:06.540"]
    assert [cue.identifier for cue in new.captions] == [cue.identifier for cue in old.captions]
    assert [cue.text for cue in new.captions] == [cue.text for cue in old.captions]
    assert len(new.styles) == len(old.styles) == 1
    again = webvtt.from_string(split(WEBVTT).decode())
    assert [cue.identifier for cue in again.captions] == [
        "intro",
        "intro-2",
        "3",
    ]


def ttconv_times(document: ContentDocument | None) -> list[tuple[float, float | None]]:
    assert document is not None
    body = document.get_body()
    assert body is not None
    timed = [(element.get_begin(), element.get_end()) for element in body.dfs_iterator()]
    return [
        (float(begin), None if end is None else float(end))
        for begin, end in timed
        if begin is not None
    ]


def test_ttconv_reads_ttml() -> None:
    tree = ET.ElementTree(ET.fromstring(moved(TTML, 2.0)))
    assert ttconv_times(ttconv.imsc.reader.to_model(tree)) == about(
        [(start + 2.0, end + 2.0) for start, end in TTML.times if end is not None]
    )
    tree = ET.ElementTree(ET.fromstring(split(TTML)))
    assert ttconv_times(ttconv.imsc.reader.to_model(tree))[:2] == [(1.0, 3.5), (2.0, 4.5)]


def test_ttconv_reads_scc() -> None:
    """Captions are shown and erased in the frame that was asked for."""
    document = opened(SCC)
    second = document.items[1]
    places = shifted(document, 100 / NTSC)
    places[second.key] = [Placement(start=2098 / NTSC, end=2158 / NTSC)]
    read = ttconv_times(ttconv.scc.reader.to_model(document.written(places).decode()))
    third = document.items[2]
    assert read == about(
        [
            (141 / NTSC, 222 / NTSC),
            (2098 / NTSC, 2158 / NTSC),
            (third.start + 100 / NTSC, (third.end or 0.0) + 100 / NTSC),
        ]
    )


def test_ffmpeg_reads_its_chapters(tmp_path: Path) -> None:
    path = tmp_path / "chapters.txt"
    path.write_bytes(moved(FFMETADATA, 2.0))
    with av.open(str(path), format="ffmetadata") as container:
        chapters = container.chapters()
    assert [chapter["start"] * (chapter["time_base"] or 0) for chapter in chapters] == [2, 62]
    assert [chapter["metadata"]["title"] for chapter in chapters] == ["Beginning", "The ; middle"]


def test_pycmx_reads_edit_lists() -> None:
    edits = pycmx.parse_cmx3600(io.StringIO(moved(EDL, 2.0).decode()))
    assert [
        (edit.record_in, edit.record_out, edit.source_in)
        for event in edits.events
        for edit in event.edits
    ] == [
        ("01:00:02:00", "01:00:06:00", "05:00:00:00"),
        ("01:00:06:00", "01:00:06:00", "06:00:00:00"),
        ("01:00:06:00", "01:00:08:00", "07:00:00:00"),
        ("01:00:08:00", "01:00:10:00", "08:00:00:00"),
    ]


def test_opentimelineio_reads_timelines() -> None:
    timeline = opentimelineio.adapters.read_from_string(moved(OTIO, 2.0).decode(), "otio_json")
    assert [
        (clip.name, clip.range_in_parent().start_time.to_seconds())
        for clip in timeline.find_clips()
    ] == [("opening", 3.0), ("second", 7.0)]
    assert timeline.tracks.markers[0].marked_range.start_time.to_seconds() == 4.0
    assert timeline.metadata["tool"]["kept"] is True
    again = opentimelineio.adapters.read_from_string(split(OTIO).decode(), "otio_json")
    assert [clip.name for clip in again.find_clips()] == ["opening", "opening"]
