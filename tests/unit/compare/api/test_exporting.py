"""What a request for a file says about time codes."""

from __future__ import annotations

from typing import Any

import pytest

from sage.compare.v1 import compare_pb2
from sage.compare.v1.compare_pb2 import Comparison, ExportComparisonRequest, ExportFormat
from services.compare.api.exporting import document_of, export_options
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
    healed = document_of(request(), Comparison(), options, None)
    kept = document_of(request(heal_frames=0), Comparison(), options, None)
    assert (healed.heal_frames, kept.heal_frames) == (2, 0)
