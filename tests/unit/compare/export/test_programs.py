"""Files for editing programs, read back by readers that nobody here wrote."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from sage.compare.v1.compare_pb2 import ExportFormat
from services.compare.export import Document, write
from services.compare.export.timecode import FrameClock
from tests.unit.compare.export.edits import RATES, Part, edit_of

PARTS: list[Part] = [
    ("SAME", 100),
    ("OTHER", 30, 25),
    ("SAME", 50),
    ("FASTER", 80, 40),
    ("MOVED", 20, 0),
    ("GONE", 15),
    ("SAME", 60),
]
# B made of A: (kind, first frame of A, frames that it lasts).
CONFORMED = [
    ("Clip", 260, 20),
    ("Clip", 0, 100),
    ("Gap", 0, 25),
    ("Clip", 130, 50),
    ("Clip", 180, 40),
    ("Clip", 295, 60),
]
B_LENGTHS = [20, 100, 25, 50, 40, 60]
RETIMED = 4
A_START, B_START = "01:00:00:00", "10:00:00:00"


def document_at(rate: float, *, drop_frame: bool = True) -> Document:
    return edit_of(PARTS, rate, a_start=A_START, b_start=B_START, drop_frame=drop_frame).document


def items_of(track: Any, zero: int) -> list[tuple[str, int, int]]:
    """zero: the start time code, in frames, from which the file's frames are counted."""
    found = []
    for item in track:
        is_clip = isinstance(item, otio.schema.Clip)
        span = item.source_range
        start = round(span.start_time.value) - zero if is_clip else 0
        found.append(("Clip" if is_clip else "Gap", start, round(span.duration.value)))
    return found


@pytest.mark.parametrize("drop_frame", [True, False])
@pytest.mark.parametrize("rate", RATES)
def test_otio_is_exact_to_the_frame(rate: float, drop_frame: bool) -> None:
    document = document_at(rate, drop_frame=drop_frame)
    text = write(ExportFormat.EXPORT_FORMAT_OTIO, document).data.decode()
    timeline = otio.adapters.read_from_string(text, "otio_json")
    assert timeline.global_start_time.value == document.b_clock.start
    dropped = bool(document.b_clock.dropped)
    start = otio.opentime.to_timecode(timeline.global_start_time, rate, dropped)
    assert start.replace(";", ":") == B_START
    tracks = {track.name: track for track in timeline.tracks}
    for sound in ("picture", "sound"):
        track = tracks[f"B made of A, {sound}"]
        assert items_of(track, document.a_clock.start) == CONFORMED
        lengths = [each.duration().value for each in tracks[f"B, {sound}"]]
        assert lengths == B_LENGTHS
        assert track[RETIMED].effects[0].time_scalar == pytest.approx(2)
    first = tracks["B, picture"].range_of_child_at_index(3)
    assert first.start_time.value == 145
    colors = {marker.name.split()[0]: marker.color for marker in timeline.tracks.markers}
    assert colors["Replaced"] == "ORANGE"
    assert colors["Moved"] == "PURPLE"


@pytest.mark.parametrize("drop_frame", [True, False])
@pytest.mark.parametrize("rate", RATES)
def test_final_cut_pro_7_xml_is_exact_to_the_frame(rate: float, drop_frame: bool) -> None:
    document = document_at(rate, drop_frame=drop_frame)
    text = write(ExportFormat.EXPORT_FORMAT_FCP7_XML, document).data.decode()
    conformed, b, a = otio.adapters.read_from_string(text, "fcp_xml")
    assert conformed.global_start_time.value == document.b_clock.start
    assert a.global_start_time.value == document.a_clock.start
    for track in conformed.tracks:
        found = items_of(track, document.a_clock.start)
        # At twice the speed, the file's frame 180 is number 90.
        assert found == [
            (kind, 90 if at == RETIMED else start, length)
            for at, (kind, start, length) in enumerate(CONFORMED)
        ]
        speed = track[RETIMED].effects[0].metadata["fcp_xml"]["parameter"]
        values = {each["parameterid"]: each["value"] for each in speed}
        assert float(values["speed"]) == pytest.approx(200)
    assert [round(clip.duration().value) for clip in b.tracks[0]] == B_LENGTHS
    assert {track.kind for track in b.tracks} == {"Video", "Audio"}
    spans = [
        (m.marked_range.start_time.value, m.marked_range.duration.value) for m in b.tracks.markers
    ]
    assert (120, 25) in spans
    names = [m.name for m in a.tracks.markers]
    assert "Deleted (picture)" in names


def test_each_channel_of_the_sound_is_a_track() -> None:
    document = document_at(25)
    pair = document.comparison.summary.sound_tracks.add(compared=True)
    pair.a.channels.extend(["FL", "FR"])
    text = write(ExportFormat.EXPORT_FORMAT_FCP7_XML, document).data.decode()
    conformed, b, _ = otio.adapters.read_from_string(text, "fcp_xml")
    assert [track.kind for track in conformed.tracks] == ["Video", "Audio", "Audio"]
    assert [track.kind for track in b.tracks] == ["Video", "Audio"]
    channels = [
        track[0].metadata["fcp_xml"]["sourcetrack"]["trackindex"] for track in conformed.tracks[1:]
    ]
    assert channels == ["1", "2"]
    assert 'audioChannels="2"' in write(ExportFormat.EXPORT_FORMAT_FCPXML, document).data.decode()


@pytest.mark.parametrize("rate", RATES)
def test_fcpxml_is_exact_to_the_frame(rate: float) -> None:
    """The reader knows whole rates only: a file at 23.976 is one at 24 that runs 0.1 % slower."""
    document = document_at(rate)
    text = write(ExportFormat.EXPORT_FORMAT_FCPXML, document).data.decode()
    clock = document.b_clock
    if clock.is_ntsc:
        text = re.sub(r'"(\d+)(?:/(\d+))?s"', _faster, text)
    (conformed, *_), b, _ = _projects(text)
    zero = document.a_clock.start
    tracks = conformed.tracks
    assert len(tracks) == 2
    for track in tracks:
        lead, *items = items_of(track, zero)
        assert lead == ("Gap", 0, clock.start)
        assert items[:RETIMED] == CONFORMED[:RETIMED]
        assert items[RETIMED] == ("Clip", -zero, 40)
        assert items[RETIMED + 1 :] == CONFORMED[RETIMED + 1 :]
    assert [round(clip.duration().value) for clip in b[0].tracks[0]][1:] == B_LENGTHS
    markers = [marker.name for clip in b[0].tracks[1] for marker in clip.markers]
    assert "Replaced (picture)" in markers


def _projects(text: str) -> Any:
    found = otio.adapters.read_from_string(text, "fcpx_xml")
    return [[timeline] for timeline in found]


def _faster(found: re.Match[str]) -> str:
    seconds = Fraction(int(found[1]), int(found[2] or 1)) * Fraction(1000, 1001)
    return f'"{seconds.numerator}/{seconds.denominator}s"'


def test_fcpxml_plays_what_was_retimed_by_a_map_of_times() -> None:
    text = write(ExportFormat.EXPORT_FORMAT_FCPXML, document_at(25)).data.decode()
    assert text.count("<timeMap>") == 2
    points = re.findall(r'<timept time="([^"]*)s" value="([^"]*)s"', text)[:2]
    (start, first), (end, last) = [tuple(map(Fraction, point)) for point in points]
    assert (start, end) == (Fraction(0), Fraction(40, 25))
    assert (first, last) == (3600 + Fraction(180, 25), 3600 + Fraction(260, 25))


@pytest.mark.slow("makes and reads an AAF file of half a megabyte at every rate")
@pytest.mark.parametrize("rate", RATES)
def test_aaf_is_exact_to_the_frame(rate: float, tmp_path: Path) -> None:
    document = document_at(rate, drop_frame=False)
    path = tmp_path / "b.aaf"
    path.write_bytes(write(ExportFormat.EXPORT_FORMAT_AAF, document).data)
    timeline = otio.adapters.read_from_file(str(path))
    assert timeline.global_start_time.value == document.b_clock.start
    assert [track.kind for track in timeline.tracks] == ["Video", "Audio"]
    for track in timeline.tracks:
        assert items_of(track, 0) == CONFORMED
        assert track[RETIMED].effects[0].time_scalar == pytest.approx(2)
    markers = [marker for item in timeline.tracks[0] for marker in item.markers]
    assert any(marker.name.startswith("Replaced (picture)") for marker in markers)
    media = timeline.tracks[0][0].media_reference
    assert media.target_url == "file:///first%20cut.mov"


def test_versions_of_different_rates_keep_their_time() -> None:
    document = edit_of([("SAME", 250)]).document
    other = Document(
        comparison=document.comparison,
        a_name="a.mov",
        b_name="b.mov",
        a_clock=FrameClock(24000 / 1001),
        b_clock=FrameClock(25),
    )
    text = write(ExportFormat.EXPORT_FORMAT_OTIO, other).data.decode()
    timeline = otio.adapters.read_from_string(text, "otio_json")
    clip = next(track for track in timeline.tracks if track.name == "B made of A, picture")[0]
    assert clip.duration() == otio.opentime.RationalTime(250, 25)
    assert clip.effects[0].time_scalar == pytest.approx(1, abs=0.002)
    text = write(ExportFormat.EXPORT_FORMAT_FCP7_XML, other).data.decode()
    speeds = re.findall(r"<value>(9\d|10\d)\.(\d+)</value>", text)
    assert all(float(f"{whole}.{rest}") == pytest.approx(100, abs=0.2) for whole, rest in speeds)
