"""Times as editing software writes them: SMPTE time codes, and hours to milliseconds.

Drop-frame counting (SMPTE ST 12-1) skips the first two (at 59.94: four) frame numbers of every
minute but each tenth, so that 29.97 frames a second keep up with the clock.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property

# At these nominal rates, a real rate 0.1 % slower is counted with dropped numbers.
_DROPPED = {30: 2, 60: 4}
_NTSC = 1000 / 1001
_TIMECODE = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2})[:;.,](\d{1,3})")


@dataclass(frozen=True)
class FrameClock:
    """Counts frames at a rate; 23.976 and 29.97 stand for 24000/1001 and 30000/1001.

    Without `drops`, every number is counted at 29.97 and 59.94, too: non-drop time code.
    """

    frame_rate: float
    drops: bool = True

    @cached_property
    def exact_rate(self) -> float:
        return self.nominal * _NTSC if self._is_ntsc else self.frame_rate

    @cached_property
    def nominal(self) -> int:
        """Frame numbers in a second: 30 at 29.97."""
        return max(1, math.ceil(self.frame_rate - 1e-6))

    @cached_property
    def dropped(self) -> int:
        """Frame numbers left out in a minute; 0 without drop-frame counting."""
        return _DROPPED.get(self.nominal, 0) if self.drops and self._is_ntsc else 0

    def frame(self, seconds: float) -> int:
        """The frame that begins nearest to a time."""
        return max(0, round(seconds * self.exact_rate))

    def timecode(self, frame: int) -> str:
        """`hh:mm:ss:ff`; with a semicolon before the frames when numbers are dropped."""
        number = frame + self._skipped(frame)
        seconds, frames = divmod(number, self.nominal)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        separator = ";" if self.dropped else ":"
        width = len(str(self.nominal - 1))
        return f"{hours:02}:{minutes:02}:{seconds:02}{separator}{frames:0{max(2, width)}}"

    def frame_of(self, timecode: str) -> int:
        """The frame that a time code names; ValueError when there is none such at this rate.

        A number that drop-frame counting leaves out stands for the one that follows it.
        """
        match = _TIMECODE.fullmatch(timecode)
        if match is None:
            raise ValueError(f"{timecode!r} is not a time code like 01:02:03:04.")
        hours, minutes, seconds, frames = map(int, match.groups())
        if minutes > 59 or seconds > 59:
            raise ValueError(f"{timecode!r} has more than 59 minutes or seconds.")
        if frames >= self.nominal:
            raise ValueError(
                f"{timecode!r} has a frame that there is not at {self.frame_rate:.5g} a second."
            )
        minutes += 60 * hours
        if seconds == 0 and minutes % 10:
            frames = max(frames, self.dropped)
        counted = (60 * minutes + seconds) * self.nominal + frames
        return counted - self.dropped * (minutes - minutes // 10)

    @cached_property
    def _is_ntsc(self) -> bool:
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


def clock_time(seconds: float) -> str:
    """`h:mm:ss.mmm`, `m:ss.mmm` below an hour."""
    milliseconds = max(0, round(seconds * 1000))
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    rest = f"{milliseconds // 1000:02}.{milliseconds % 1000:03}"
    return f"{hours}:{minutes:02}:{rest}" if hours else f"{minutes}:{rest}"
