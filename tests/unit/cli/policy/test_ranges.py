"""Ranges in policies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage_cli.policy.ranges import AllowedRange, parse_range
from sage_cli.report import timecode


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00:00:10-00:00:20", AllowedRange(side="a", start=10, end=20)),
        ("b 1:02:03.5 - 1:02:04", AllowedRange(side="b", start=3723.5, end=3724)),
        ("B 1:30-90.25", AllowedRange(side="b", start=90, end=90.25)),
        ("a 0-75", AllowedRange(side="a", start=0, end=75)),
    ],
)
def test_times_are_hours_minutes_seconds(text: str, expected: AllowedRange) -> None:
    assert parse_range(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not a range"),
        ("00:00:10:12-00:00:20:00", "Frames are written as parts of a second"),
        ("c 1-2", "is not a range"),
        ("20-10", "ends before it starts"),
        ("1:75-2:00", "more than 59 seconds"),
        ("10", "is not a range"),
    ],
)
def test_what_is_no_range_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_range(text)


@given(start=st.floats(0, 86_400), length=st.floats(0.002, 1_000))
def test_time_codes_of_reports_can_be_pasted(start: float, length: float) -> None:
    allowed = parse_range(f"b {timecode(start)}-{timecode(start + length)}")
    assert allowed.holds(start, start + length)
