"""Markers as texts of single programs."""

from __future__ import annotations

import csv
import io

import opentimelineio as otio
import pycmx
import pytest

from sage.compare.v1.compare_pb2 import ExportFormat
from services.compare.export import write
from tests.unit.compare.export.edits import RATES, Part, edit_of

PARTS: list[Part] = [("SAME", 100), ("OTHER", 30, 25), ("SAME", 1800), ("GONE", 15), ("NEW", 60)]
STARTS = [100, 100, 1925, 1925, 1925, 1925]


def text_of(name: str, rate: float) -> tuple[str, int]:
    document = edit_of(PARTS, rate, b_start="10:00:00:00").document
    file = write(ExportFormat.Value(f"EXPORT_FORMAT_MARKERS_{name}"), document)
    return file.data.decode(), document.b_clock.start


def frames(timecode: str, rate: float) -> int:
    return int(otio.opentime.from_timecode(timecode.strip(), rate).value)


@pytest.mark.parametrize("rate", RATES)
def test_markers_for_media_composer(rate: float) -> None:
    text, start = text_of("AVID", rate)
    rows = [line.split("\t") for line in text.split("\r\n")[:-1]]
    assert [frames(row[1], rate) - start for row in rows] == STARTS
    assert {row[2] for row in rows} == {"V1", "A1"}
    assert rows[0][3] == "yellow"
    assert rows[0][5] == "25"


def test_markers_say_where_it_is_in_a() -> None:
    text, _ = text_of("AVID", 25)
    comments = {line.split("\t")[4] for line in text.split("\r\n")[:-1]}
    assert comments >= {
        "Replaced (picture): A 00:00:04:00 - 00:00:05:05",
        "Deleted (sound): A 00:01:17:05 - 00:01:17:20",
        "Inserted (picture): not in A",
    }


@pytest.mark.parametrize("drop_frame", [True, False])
@pytest.mark.parametrize("rate", RATES)
def test_markers_for_resolve_are_a_list_that_pycmx_reads(rate: float, drop_frame: bool) -> None:
    edit = edit_of(PARTS, rate, b_start="10:00:00:00", drop_frame=drop_frame)
    text = write(ExportFormat.EXPORT_FORMAT_EDL, edit.document).data.decode("ascii")
    events = pycmx.parse_cmx3600(io.StringIO(text)).events
    starts = [
        frames(each.record_in, rate) - edit.document.b_clock.start
        for event in events
        for each in event.edits
        if each.channels.video
    ]
    assert set(starts) == set(STARTS)
    assert starts == sorted(starts)


@pytest.mark.parametrize("rate", RATES)
def test_markers_for_premiere_pro(rate: float) -> None:
    text, start = text_of("PREMIERE", rate)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [frames(row["In"], rate) - start for row in rows] == STARTS
    assert frames(rows[0]["Duration"], rate) == 25
    assert frames(rows[0]["Out"], rate) - start == 125
    assert {row["Marker Type"] for row in rows} == {"Comment"}


@pytest.mark.parametrize("rate", RATES)
def test_markers_for_pro_tools(rate: float) -> None:
    text, start = text_of("PRO_TOOLS", rate)
    lines = text.split("\n")
    at = lines.index("M A R K E R S  L I S T I N G")
    rows = [line.split("\t") for line in lines[at + 2 : -1]]
    assert [frames(row[1], rate) - start for row in rows] == STARTS
    for row, frame in zip(rows, STARTS, strict=True):
        assert int(row[2]) == pytest.approx(frame / rate * 48000, abs=1)
