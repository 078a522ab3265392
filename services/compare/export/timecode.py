"""Times as editing software writes them: SMPTE time codes, and hours to milliseconds.

Drop-frame counting (SMPTE ST 12-1) skips the first two (at 59.94: four) frame numbers of every
minute but each tenth, so that 29.97 frames a second keep up with the clock.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction

# At these nominal rates, a real rate 0.1 % slower is counted with dropped numbers.
_DROPPED = {30: 2, 60: 4}
_NTSC = 1000 / 1001


@dataclass(frozen=True)
class FrameClock:
    """Counts frames at a rate; 23.976 and 29.97 stand for 24000/1001 and 30000/1001.

    drop_frame: whether numbers are dropped at the rates at which that is done.
    start: how many frames after 00:00:00:00 frame 0 is.
    """

    frame_rate: float
    drop_frame: bool = True
    start: int = 0

    @property
    def rational_rate(self) -> Fraction:
        """Frames a second as a fraction: 24000/1001."""
        if self.is_ntsc:
            return Fraction(self.nominal * 1000, 1001)
        return Fraction(self.frame_rate).limit_denominator(1001)

    @property
    def exact_rate(self) -> float:
        """Frames a second, 24000/1001 for 23.976."""
        return self.nominal * _NTSC if self.is_ntsc else self.frame_rate

    @property
    def nominal(self) -> int:
        """Frame numbers in a second: 30 at 29.97."""
        return max(1, math.ceil(self.frame_rate - 1e-6))

    @property
    def dropped(self) -> int:
        """Frame numbers left out in a minute; 0 without drop-frame counting."""
        return _DROPPED.get(self.nominal, 0) if self.is_ntsc and self.drop_frame else 0

    @property
    def day(self) -> int:
        """Frames in 24 hours of time code, after which it begins anew."""
        return 24 * (3600 * self.nominal - 54 * self.dropped)

    def frame(self, seconds: float) -> int:
        """The frame that begins nearest to a time."""
        return max(0, round(seconds * self.exact_rate))

    def timecode(self, frame: int) -> str:
        """`hh:mm:ss:ff`; with a semicolon before the frames when numbers are dropped."""
        counted = (frame + self.start) % self.day
        number = counted + self._skipped(counted)
        seconds, frames = divmod(number, self.nominal)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        separator = ";" if self.dropped else ":"
        width = len(str(self.nominal - 1))
        return f"{hours:02}:{minutes:02}:{seconds:02}{separator}{frames:0{max(2, width)}}"

    def starting_at(self, timecode: str) -> FrameClock:
        """This clock, with frame 0 at `hh:mm:ss:ff`. Raises ValueError for a time code that does
        not exist at this rate: too many frames, a dropped number, more than a day."""
        hours, minutes, seconds, frames = _numbers(timecode)
        total_minutes = 60 * hours + minutes
        number = self.nominal * (60 * total_minutes + seconds) + frames
        start = number - self.dropped * (total_minutes - total_minutes // 10)
        clock = replace(self, start=start)
        if start < self.day and _numbers(clock.timecode(0)) == _numbers(timecode):
            return clock
        raise ValueError(
            f"There is no time code {timecode} at {self.frame_rate:.6g} frames a second."
        )

    @property
    def is_ntsc(self) -> bool:
        """Whether the rate is 0.1 % below a whole number."""
        return math.isclose(self.frame_rate, self.nominal * _NTSC, abs_tol=0.01)

    def _skipped(self, frame: int) -> int:
        if not self.dropped:
            return 0
        full_minute = self.nominal * 60
        minute = full_minute - self.dropped
        tens, rest = divmod(frame, full_minute + 9 * minute)
        skipped = 9 * self.dropped * tens
        if rest >= full_minute:
            skipped += self.dropped * (1 + (rest - full_minute) // minute)
        return skipped


def _numbers(timecode: str) -> list[int]:
    return [int(part) for part in re.split("[:;]", timecode)]


def clock_time(seconds: float) -> str:
    """`h:mm:ss.mmm`, `m:ss.mmm` below an hour."""
    milliseconds = max(0, round(seconds * 1000))
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    rest = f"{milliseconds // 1000:02}.{milliseconds % 1000:03}"
    return f"{hours}:{minutes:02}:{rest}" if hours else f"{minutes}:{rest}"
