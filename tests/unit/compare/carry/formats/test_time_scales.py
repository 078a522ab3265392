from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.carry.formats.time_scales import (
    FROM_ZERO,
    Starts,
    Timecodes,
    clock_like,
    clock_ticks,
    frame_text,
)

RATES = [24000 / 1001, 24.0, 25.0, 30000 / 1001, 30.0, 50.0, 60000 / 1001, 60.0, 23.98, 29.97]


@settings(deadline=None, max_examples=60)
@given(
    rate=st.sampled_from(RATES),
    like=st.sampled_from(["00:00:00:00", "00:00:00;00", "00;00;00;00", "00:00:00.00"]),
    hour=st.integers(0, 10),
    frame=st.integers(0, 1_000_000),
)
def test_every_frame_is_read_as_it_was_written(
    rate: float, like: str, hour: int, frame: int
) -> None:
    scale = Timecodes(rate, Starts(read=hour * 3600.0, written=hour * 3600.0)).scale(like)
    code = frame_text(scale.clock, scale.origin + frame, like)
    ticks = Timecodes(rate, Starts(read=hour * 3600.0, written=hour * 3600.0)).ticks(code, None)
    assert ticks == scale.origin + frame
    assert scale.ticks(scale.seconds(ticks)) == ticks
    assert scale.seconds(ticks) == pytest.approx(frame / scale.clock.exact_rate, abs=1e-6)


@pytest.mark.parametrize(
    ("rate", "code", "frame"),
    [
        (30000 / 1001, "00:01:00;02", 1800),
        (30000 / 1001, "00:01:00:02", 1802),
        (30000 / 1001, "00:10:00;00", 17982),
        (30000 / 1001, "00:01:00;00", 1800),  # a number that is left out
        (60000 / 1001, "00:01:00;04", 3600),
        (24000 / 1001, "01:00:00:00", 86400),
    ],
)
def test_codes_name_frames(rate: float, code: str, frame: int) -> None:
    assert Timecodes(rate, FROM_ZERO).ticks(code, None) == frame


@pytest.mark.parametrize(
    ("ticks", "like", "text"),
    [
        (5000, "0:04", "0:05"),
        (5500, "0:04", "0:05.5"),
        (65_000, "00:04", "01:05"),
        (3_605_000, "0:04", "1:00:05"),
        (5000, "0:00:04.500", "0:00:05.000"),
        (5000, "00:00:04,5", "00:00:05,0"),
    ],
)
def test_times_are_written_like_others(ticks: int, like: str, text: str) -> None:
    assert clock_like(ticks, 3, like) == text
    assert clock_ticks(text, 3, None) == ticks
