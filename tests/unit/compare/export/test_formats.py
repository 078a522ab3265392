"""Every export format, written from the same comparison."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from sage.compare.v1.compare_pb2 import (
    LOOK_KIND_MIRRORED,
    LOOK_KIND_OVERLAY,
    Box,
    ExportFormat,
    SoundDifference,
)
from sage.embed.v1.embed_pb2 import SoundTrack
from services.compare.export import Document, write
from services.compare.export.document import verdict
from services.compare.export.timecode import FrameClock
from tests.unit.compare.export.conftest import SPANS, region

FORMATS = [each for each in ExportFormat.values() if each]


def text_of(document: Document, name: str) -> str:
    return write(ExportFormat.Value(f"EXPORT_FORMAT_{name}"), document).data.decode()


@pytest.mark.parametrize("export_format", FORMATS)
def test_file_names_are_safe_everywhere(
    document: Document, export_format: ExportFormat.ValueType
) -> None:
    file = write(export_format, document)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", file.file_name)
    assert file.content_type.endswith(f'name="{file.file_name}"')


@pytest.mark.parametrize("export_format", FORMATS)
def test_a_comparison_without_regions_can_be_written(
    document: Document, export_format: ExportFormat.ValueType
) -> None:
    document.comparison.ClearField("regions")
    assert write(export_format, document).data


def test_json_has_regions_summary_and_segments(document: Document) -> None:
    written = json.loads(text_of(document, "JSON"))
    assert written["a"] == document.a_name
    assert (written["duration_a"], written["duration_b"]) == (14, 12.8)
    assert [
        (each["kind"], each["a_start"], each["a_end"], each["b_start"], each["b_end"])
        for each in written["regions"][:6]
    ] == [(kind.lower(), *span) for kind, *span in SPANS]
    assert {each["modality"] for each in written["regions"]} == {"visual", "audio"}
    assert written["regions"][1]["box"]["left"] == 0.8
    assert written["regions"][1]["a_start_frame"] == 100
    assert "a_end_frame" not in written["regions"][1]
    assert written["summary"]["verdict"] == "different"
    assert written["summary"]["modalities"][1]["similarity_percent"] is None
    assert written["segments"][0]["distance"] == 0.125
    assert written["segments"][1] == {
        "modality": "visual",
        "presence": "only_in_b",
        "a_start": None,
        "a_end": None,
        "b_start": 6.0,
        "b_end": 8.0,
        "distance": None,
    }


def test_csv_has_a_line_for_each_region(document: Document) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(document, "CSV"))))
    assert [row["kind"] for row in rows[:6]] == [kind.lower() for kind, *_ in SPANS]
    assert (rows[1]["a_start"], rows[1]["a_end_timecode"]) == ("4.000", "00:00:06:00")


def test_an_edl_event_plays_b_against_itself(document: Document) -> None:
    lines = text_of(document, "EDL").split("\r\n")
    assert lines[0].startswith("TITLE: ")
    assert lines[1] == "FCM: NON-DROP FRAME"
    events = [line for line in lines if re.match(r"\d{3} ", line)]
    assert events[1] == (
        "002  B        V     C        00:00:04:00 00:00:06:00 00:00:04:00 00:00:06:00"
    )
    assert [event.split()[2] for event in events] == ["A", "V", "V", "V", "V"]
    for event in events:
        source_in, source_out, record_in, record_out = event.split()[4:]
        assert (source_in, source_out) == (record_in, record_out)
        assert source_in < source_out


def test_records_of_an_edl_never_overlap(document: Document) -> None:
    # The deletion has no length in B; its frame belongs to the stretch after it.
    lines = text_of(document, "EDL").split("\r\n")
    spans = [line.split()[6:] for line in lines if re.match(r"\d{3}  B +V", line)]
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans))
    at = next(index for index, line in enumerate(lines) if "DELETED (VISUAL)" in line)
    assert "RETIMED (VISUAL)" in lines[at + 2]


def test_every_line_of_an_edl_is_an_event_a_comment_or_its_head(document: Document) -> None:
    lines = text_of(document, "EDL").split("\r\n")[3:-1]
    assert all(re.match(r"\d{3} |\* | \|C:", line) for line in lines)
    assert "* LOC: 00:00:04:00 YELLOW  REPLACED (VISUAL)" in lines


def test_an_edl_has_markers_that_resolve_imports(document: Document) -> None:
    lines = text_of(document, "EDL").split("\r\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("002  B"))
    assert lines[at + 1] == " |C:ResolveColorYellow |M:REPLACED (PICTURE) |D:50"


def test_an_edl_says_when_frame_numbers_are_dropped(document: Document) -> None:
    ntsc = dataclasses.replace(document, b_clock=FrameClock(29.97))
    text = text_of(ntsc, "EDL")
    assert "FCM: DROP FRAME" in text
    assert "00:00:04;00" in text


def test_an_edl_is_ascii_on_single_lines_whatever_the_names(document: Document) -> None:
    text = text_of(document, "EDL")
    assert text.isascii()
    assert all(line.isprintable() for line in text.split("\r\n"))


def test_an_edl_says_what_it_leaves_out(document: Document) -> None:
    document.comparison.regions.extend(
        region("REPLACED", at, at + 1, at, at + 1) for at in range(1200)
    )
    text = text_of(document, "EDL")
    assert "* THE FIRST 999 OF 1194 EVENTS" in text
    assert "\r\n999  B" in text
    assert "\r\n1000" not in text


def test_otio_has_both_versions_as_tracks_with_markers(document: Document) -> None:
    timeline = json.loads(text_of(document, "OTIO"))
    assert timeline["OTIO_SCHEMA"] == "Timeline.1"
    names = [track["name"] for track in timeline["tracks"]["children"]]
    assert names == [
        f"{version}, {track}"
        for version in ("A", "B", "B made of A")
        for track in ("picture", "sound")
    ]
    clip = timeline["tracks"]["children"][0]["children"][0]
    assert clip["name"] == document.a_name
    assert clip["source_range"]["duration"] == {
        "OTIO_SCHEMA": "RationalTime.1",
        "rate": 25,
        "value": 100.0,
    }
    markers = [marker["name"] for marker in timeline["tracks"]["markers"]]
    kinds = ["Replaced", "Inserted", "Deleted", "Retimed", "Moved"]
    assert markers == ["Replaced (sound)", *(f"{kind} (picture)" for kind in kinds)]
    assert all("OTIO_SCHEMA" in each for each in _objects(timeline))


def test_html_is_one_page_that_runs_and_loads_nothing(document: Document) -> None:
    page = _Page()
    page.feed(text_of(document, "HTML"))
    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert not page.sources
    assert page.language == "en"
    assert document.a_name in page.text
    assert "Mind the <b>gap</b>." in page.text
    assert page.tags >= {"caption", "th", "main", "h1", "title"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "different"),
        ({"difference_count": 0}, "same"),
        ({"difference_count": 0, "reencode_only": True}, "re-encode only"),
    ],
)
def test_the_verdict(document: Document, changes: dict[str, Any], said: str) -> None:
    for field, value in changes.items():
        setattr(document.comparison.summary, field, value)
    assert verdict(document.comparison) == said


def test_looks_are_told_in_json_and_on_the_page(document: Document) -> None:
    box = Box(left=0.75, top=0.0, width=0.25, height=0.125)
    document.comparison.looks.add(kind=LOOK_KIND_MIRRORED, sentence="B is mirrored.", a_end=9.0)
    document.comparison.looks.add(kind=LOOK_KIND_OVERLAY, sentence="There is a logo.", box=box)
    mirrored, overlay = json.loads(text_of(document, "JSON"))["looks"]
    assert (mirrored["kind"], mirrored["a_end"]) == ("mirrored", 9.0)
    assert (overlay["box"]["left"], overlay["sentence"]) == (0.75, "There is a logo.")
    assert "B is mirrored." in text_of(document, "HTML")


def test_another_look_alone_is_different(document: Document) -> None:
    document.comparison.summary.difference_count = 0
    document.comparison.looks.add(kind=LOOK_KIND_MIRRORED, sentence="B is mirrored.")
    assert verdict(document.comparison) == "different"
    assert "The same content; it looks different." in text_of(document, "HTML")


def test_sound_that_differs_beside_its_regions_makes_a_difference(document: Document) -> None:
    summary = document.comparison.summary
    summary.difference_count = 0
    summary.sound_tracks.add(a=SoundTrack(number=1, layout="stereo"), compared=False)
    summary.sound_differences.add(
        kind=SoundDifference.KIND_LOUDNESS, a_track=1, b_track=1, description="Louder.", amount=3
    )
    assert verdict(document.comparison) == "different"
    written = json.loads(text_of(document, "JSON"))["summary"]
    assert written["sound_tracks"][0]["a"]["layout"] == "stereo"
    assert written["sound_tracks"][0]["b"] is None
    assert written["sound_differences"] == [
        {"kind": "loudness", "a_track": 1, "b_track": 1, "description": "Louder.", "amount": 3.0}
    ]


def test_the_same_bytes_are_identical(document: Document) -> None:
    header = document.comparison.header
    header.b.video_sha256 = header.a.video_sha256
    # Compared at other times, they differ all the same.
    assert verdict(document.comparison) == "different"
    document.comparison.summary.difference_count = 0
    assert verdict(document.comparison) == "identical"


class _Page(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.sources: list[str | None] = []
        self.language: str | None = None
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        attributes = dict(attrs)
        self.sources += [attributes[name] for name in ("src", "href") if name in attributes]
        if tag == "html":
            self.language = attributes.get("lang")

    def handle_data(self, data: str) -> None:
        self.text += data


def _objects(value: Any) -> list[dict[str, Any]]:
    """Every object in OTIO's own places (metadata is free, and left out)."""
    if isinstance(value, list):
        return [found for each in value for found in _objects(each)]
    if not isinstance(value, dict):
        return []
    inner = [
        found
        for name, each in value.items()
        if name not in ("metadata", "media_references")
        for found in _objects(each)
    ]
    return [value, *inner]
