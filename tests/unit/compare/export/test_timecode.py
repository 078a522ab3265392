from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentimelineio import opentime

from services.compare.export.timecode import FrameClock, clock_time
from tests.unit.compare.export.edits import RATES

NTSC = 30000 / 1001


@pytest.mark.parametrize(
    ("frame_rate", "frame", "timecode"),
    [
        (25, 0, "00:00:00:00"),
        (25, 100, "00:00:04:00"),
        (25, 3600 * 25 + 24, "01:00:00:24"),
        (24000 / 1001, 24, "00:00:01:00"),
        (30, 1800, "00:01:00:00"),
        # SMPTE ST 12-1: ;00 and ;01 are left out in every minute but each tenth.
        (NTSC, 1799, "00:00:59;29"),
        (NTSC, 1800, "00:01:00;02"),
        (NTSC, 17981, "00:09:59;29"),
        (NTSC, 17982, "00:10:00;00"),
        (29.97, 107892, "01:00:00;00"),
        (59.94, 3600, "00:01:00;04"),
        (120, 119, "00:00:00:119"),
    ],
)
def test_frames_as_timecode(frame_rate: float, frame: int, timecode: str) -> None:
    assert FrameClock(frame_rate).timecode(frame) == timecode


@pytest.mark.parametrize(("said", "meant"), [(29.97, NTSC), (23.98, 24000 / 1001), (25, 25)])
def test_rounded_rates_mean_the_exact_ones(said: float, meant: float) -> None:
    assert FrameClock(said).exact_rate == pytest.approx(meant, abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 500_000))
def test_drop_frame_keeps_up_with_the_clock(frame: int) -> None:
    hours, minutes, rest = FrameClock(NTSC).timecode(frame).split(":")
    seconds, frames = rest.split(";")
    shown = int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(frames) / 30
    assert shown == pytest.approx(frame / NTSC, abs=0.1)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 500_000), st.sampled_from([NTSC, 60000 / 1001, 25.0]))
def test_no_two_frames_share_a_timecode(frame: int, frame_rate: float) -> None:
    clock = FrameClock(frame_rate)
    assert clock.timecode(frame) < clock.timecode(frame + 1)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2_000_000), st.sampled_from([*RATES, 120.0]), st.booleans())
def test_a_clock_starts_where_its_time_code_says(
    frame: int, frame_rate: float, drop_frame: bool
) -> None:
    clock = FrameClock(frame_rate, drop_frame=drop_frame)
    start = frame % clock.day
    moved = clock.starting_at(clock.timecode(start))
    assert moved.start == start
    assert moved.timecode(7) == clock.timecode(start + 7)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2_000_000), st.sampled_from(RATES), st.booleans())
def test_time_codes_are_those_of_another_implementation(
    frame: int, frame_rate: float, drop_frame: bool
) -> None:
    clock = FrameClock(frame_rate, drop_frame=drop_frame)
    counted = frame % clock.day
    time = opentime.RationalTime(counted, frame_rate)
    assert clock.timecode(counted) == opentime.to_timecode(time, frame_rate, bool(clock.dropped))


@pytest.mark.parametrize("timecode", ["00:00:00:25", "24:00:00:00"])
def test_a_time_code_that_does_not_exist_is_refused(timecode: str) -> None:
    with pytest.raises(ValueError, match="There is no time code"):
        FrameClock(25).starting_at(timecode)


def test_a_day_of_time_code_begins_anew() -> None:
    assert FrameClock(25).starting_at("23:59:59:24").timecode(1) == "00:00:00:00"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00.000"), (59.9996, "1:00.000"), (3661.5, "1:01:01.500"), (-0.001, "0:00.000")],
)
def test_times_for_people(seconds: float, shown: str) -> None:
    assert clock_time(seconds) == shown
