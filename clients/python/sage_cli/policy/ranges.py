"""Stretches of A or B in which anything may differ, as policies write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_TIME = r"(?:(?:\d+:)?[0-5]?\d:)?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"(?:(?P<side>[abAB])\s+)?(?P<start>{_TIME})\s*-\s*(?P<end>{_TIME})")
_SECONDS_OF_A_MINUTE = 60
# Times in reports are rounded to milliseconds, and can be pasted into a policy.
_ROUNDING_SECONDS = 0.001


@dataclass(frozen=True, kw_only=True)
class AllowedRange:
    """side: whose time it is. start, end: seconds."""

    side: Literal["a", "b"]
    start: float
    end: float

    def holds(self, start: float, end: float) -> bool:
        """Whether a stretch of the same side lies wholly inside; ends that touch are inside."""
        return self.start - _ROUNDING_SECONDS <= start and end <= self.end + _ROUNDING_SECONDS


def parse_range(text: str) -> AllowedRange:
    """`[a|b ]START-END`, A by default; times as `h:mm:ss.mmm`, `m:ss` or seconds.

    Raises ValueError, saying what is wrong with it.
    """
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            f"`{text}` is not a range; `00:00:10-00:00:20.5` would be one in A, and "
            "`b 00:00:10-00:00:20.5` one in B. Frames are written as parts of a second"
        )
    side: Literal["a", "b"] = "b" if (match["side"] or "a").lower() == "b" else "a"
    start, end = _seconds(match["start"]), _seconds(match["end"])
    if end <= start:
        raise ValueError(f"`{text}` ends before it starts")
    return AllowedRange(side=side, start=start, end=end)


def _seconds(text: str) -> float:
    *larger, seconds = text.split(":")
    minutes = 0
    for part in larger:
        minutes = minutes * _SECONDS_OF_A_MINUTE + int(part)
    if larger and float(seconds) >= _SECONDS_OF_A_MINUTE:
        raise ValueError(f"`{text}` has more than 59 seconds in a minute")
    return minutes * _SECONDS_OF_A_MINUTE + float(seconds)
