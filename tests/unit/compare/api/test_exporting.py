"""What a request for a file says about time codes."""

from __future__ import annotations

from typing import Any

import pytest

from sage.compare.v1 import compare_pb2
from sage.compare.v1.compare_pb2 import Comparison, ExportComparisonRequest, ExportFormat
from services.compare.api.about_files import AboutFiles
from services.compare.api.exporting import document_of, export_options
from services.compare.export.thumbnails import NO_THUMBNAILS
from services.servicekit.errors import SageError

NTSC = 30000 / 1001


def request(**fields: Any) -> ExportComparisonRequest:
    named = {"format": ExportFormat.EXPORT_FORMAT_CHANGE_NOTES, **fields}
    return ExportComparisonRequest(a="videos/a", b="videos/b", **named)


def test_each_version_is_counted_at_its_own_rate() -> None:
    options = export_options(request(), (24.0, NTSC))
    assert (options.a_clock.frame_rate, options.b_clock.frame_rate) == (24, NTSC)


def test_a_version_whose_rate_is_not_known_is_counted_at_the_other_s() -> None:
    assert export_options(request(), (None, 50.0)).a_clock.frame_rate == 50


def test_a_rate_that_is_said_is_that_of_both() -> None:
    options = export_options(request(frame_rate=23.976), (25.0, 25.0))
    assert options.a_clock.exact_rate == options.b_clock.exact_rate == pytest.approx(24000 / 1001)


def test_time_codes_need_a_rate() -> None:
    with pytest.raises(SageError, match="frame_rate: The frame rate of these videos is not known"):
        export_options(request(), (None, None))


@pytest.mark.parametrize("name", ["JSON", "HTML"])
def test_formats_without_time_codes_need_none(name: str) -> None:
    said = request(format=ExportFormat.Value(f"EXPORT_FORMAT_{name}"))
    assert export_options(said, (None, None)).a_clock.start == 0


@pytest.mark.parametrize(
    ("start", "counting", "drop_frame"),
    [
        ("", "UNSPECIFIED", True),
        ("01:00:00;00", "UNSPECIFIED", True),
        ("01:00:00:00", "UNSPECIFIED", False),
        ("01:00:00:00", "DROP_FRAME", True),
        ("01:00:00;00", "NON_DROP_FRAME", False),
    ],
)
def test_time_codes_count_as_they_are_written(start: str, counting: str, drop_frame: bool) -> None:
    value = compare_pb2.TimecodeCounting.Value(f"TIMECODE_COUNTING_{counting}")
    clock = export_options(
        request(b_start_timecode=start, timecode_counting=value), (NTSC, NTSC)
    ).b_clock
    assert bool(clock.dropped) is drop_frame
    hour = {True: 107892, False: 108000}[drop_frame]
    assert clock.start == (hour if start else 0)


@pytest.mark.parametrize("start", ["01:00:00:25", "24:00:00:00"])
def test_time_codes_that_do_not_exist_are_refused(start: str) -> None:
    with pytest.raises(SageError, match=f"a_start_timecode: There is no time code {start}"):
        export_options(request(a_start_timecode=start), (25.0, 25.0))


def test_dropped_numbers_are_no_time_codes() -> None:
    with pytest.raises(SageError, match=r"There is no time code 00:01:00;00 at 29\.97"):
        export_options(request(b_start_timecode="00:01:00;00"), (NTSC, NTSC))


def test_healing_is_two_frames_unless_something_is_said() -> None:
    options = export_options(request(), (25.0, 25.0))
    about = AboutFiles(names=("a", "b"))
    healed, kept = (
        document_of(said, Comparison(), options, None, about, NO_THUMBNAILS)
        for said in (request(), request(heal_frames=0))
    )
    assert (healed.heal_frames, kept.heal_frames) == (2, 0)


def test_time_codes_begin_at_those_of_the_files() -> None:
    options = export_options(request(), (25.0, NTSC), ("01:00:00:00", "10:00:00;00"))
    assert options.a_clock.timecode(0) == "01:00:00:00"
    assert options.b_clock.timecode(0) == "10:00:00;00"


def test_a_file_that_counts_every_frame_is_counted_so() -> None:
    options = export_options(request(), (NTSC, NTSC), ("01:00:00:00", ""))
    assert (options.a_clock.dropped, options.b_clock.dropped) == (0, 2)


def test_a_start_that_is_said_replaces_that_of_the_file() -> None:
    said = request(a_start_timecode="00:00:00:00")
    assert export_options(said, (25.0, 25.0), ("01:00:00:00", "")).a_clock.start == 0


def test_a_start_of_a_file_that_does_not_exist_at_the_rate_that_is_said_is_refused() -> None:
    with pytest.raises(SageError, match="It is that of the file; say another one"):
        export_options(request(frame_rate=24), (25.0, 25.0), ("01:00:00:24", ""))


@pytest.mark.parametrize("rate", [23.976, 24.0, 25.0, 50.0, 60.0])
def test_where_no_numbers_are_dropped_drop_frame_is_refused(rate: float) -> None:
    said = request(timecode_counting=compare_pb2.TIMECODE_COUNTING_DROP_FRAME)
    with pytest.raises(SageError, match=r"timecode_counting: .* here are \d"):
        export_options(said, (rate, rate))


def test_where_one_version_drops_numbers_drop_frame_counts_for_it() -> None:
    said = request(timecode_counting=compare_pb2.TIMECODE_COUNTING_DROP_FRAME)
    options = export_options(said, (25.0, NTSC))
    assert (options.a_clock.dropped, options.b_clock.dropped) == (0, 2)


def test_a_start_written_as_drop_frame_is_refused_where_nothing_is_dropped() -> None:
    with pytest.raises(SageError, match=r"a_start_timecode: .* Write it with colons"):
        export_options(request(a_start_timecode="01:00:00;00"), (25.0, 25.0))
