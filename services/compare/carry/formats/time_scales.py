"""How a file writes times: as whole ticks of a scale, read and written exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from services.compare.carry.document import Item, Placement, UnreadableFile
from services.compare.export.timecode import FrameClock

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?")
_TIMECODE = re.compile(r"(\d{1,3})[:;](\d{1,2})[:;](\d{1,2})[:;.,](\d{1,3})")
_SEPARATOR = re.compile(r"[:;.,]")


class Scale(Protocol):
    """Ticks are whole units of what the format can say: frames, milliseconds.

    Seconds are those of the media; ticks count from the zero of the file's own clock.
    """

    def ticks(self, seconds: float) -> int:
        """The nearest tick as the file writes it, 0 at least."""
        ...

    def seconds(self, ticks: int) -> float:
        """Where a tick that was read begins."""
        ...


@dataclass(frozen=True, kw_only=True)
class Starts:
    """What a file's times show where the video begins, in seconds as they are read, 3600.0 for
    01:00:00:00: in the version that it was made for, and in the one that it is written for."""

    read: float = 0.0
    written: float = 0.0


FROM_ZERO = Starts()


@dataclass(frozen=True, kw_only=True)
class Decimal:
    """Seconds with a number of decimals."""

    digits: int
    starts: Starts = FROM_ZERO

    @property
    def second(self) -> int:
        """Ticks of a second."""
        return int(10**self.digits)

    def ticks(self, seconds: float) -> int:
        """As written."""
        return max(0, round((seconds + self.starts.written) * self.second))

    def ticks_read(self, seconds: float) -> int:
        """As the file had it."""
        return max(0, round((seconds + self.starts.read) * self.second))

    def seconds(self, ticks: int) -> float:
        """ticks: as the file had them."""
        return ticks / self.second - self.starts.read


@dataclass(frozen=True, kw_only=True)
class Frames:
    """Frame numbers, read by the frames of one version and written by those of the other.

    `origin`, `written_origin`: the frame number that the file's clock shows at media time 0.
    """

    clock: FrameClock
    origin: int
    written: FrameClock
    written_origin: int

    @cached_property
    def rate(self) -> float:
        """Frames a second of the version that the numbers are read by."""
        return self.clock.exact_rate

    @cached_property
    def written_rate(self) -> float:
        """Frames a second of the version that the numbers are written for."""
        return self.written.exact_rate

    @property
    def changes(self) -> bool:
        """Whether the two versions count differently."""
        return self.clock != self.written or self.origin != self.written_origin

    def ticks(self, seconds: float) -> int:
        """As written."""
        return max(0, round(seconds * self.written_rate) + self.written_origin)

    def ticks_read(self, seconds: float) -> int:
        """As the file had it."""
        return max(0, round(seconds * self.rate) + self.origin)

    def seconds(self, ticks: int) -> float:
        """ticks: as the file had them."""
        return (ticks - self.origin) / self.rate


def frames_from(clock: FrameClock, starts: Starts, written: FrameClock | None = None) -> Frames:
    """written: by what the other version is counted; None for the same."""
    written = written or clock
    return Frames(
        clock=clock,
        origin=_origin(clock, starts.read),
        written=written,
        written_origin=_origin(written, starts.written),
    )


def _origin(clock: FrameClock, start: float) -> int:
    seconds, rest = divmod(start, 1)
    minutes, second = divmod(int(seconds), 60)
    frame = round(rest * clock.nominal)
    code = f"{minutes // 60:02}:{minutes % 60:02}:{second:02}:{min(frame, clock.nominal - 1):02}"
    return frame_of(clock, code, None)


def span(scale: Scale, item: Item, placement: Placement) -> tuple[int, int]:
    """Start and end in ticks. What lasted does not vanish: it keeps one tick at least."""
    start = scale.ticks(placement.start)
    if placement.end is None:
        return start, start
    shortest = 0 if item.end is None or item.end == item.start else 1
    return start, max(scale.ticks(placement.end), start + shortest)


def clock_ticks(text: str, digits: int, line: int | None) -> int:
    """`h:mm:ss.fff` or `mm:ss.fff` in units of 10^-`digits` seconds. Raises UnreadableFile."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise UnreadableFile(line, f"{text[:40]!r} is not a time like 00:01:02.345.")
    hours, minutes, seconds, fraction = match.groups()
    if int(minutes) > 59 or int(seconds) > 59:
        raise UnreadableFile(line, f"{text[:40]!r} has more than 59 minutes or seconds.")
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return int(whole * 10**digits) + int((fraction or "").ljust(digits, "0")[:digits] or 0)


def clock_text(ticks: int, digits: int, *, hours: int = 2, point: str = ".") -> str:
    """`hh:mm:ss.fff`. `hours` is the least number of digits of the hours; 0 leaves out no hours."""
    seconds, fraction = divmod(ticks, 10**digits)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    front = f"{hour:0{hours}}:" if hours or hour else ""
    return f"{front}{minute:02}:{second:02}{point}{fraction:0{digits}}"


def clock_like(ticks: int, digits: int, like: str) -> str:
    """A time as another is written: with hours or without, with as few digits as are exact."""
    front, _, rest = like.partition(":")
    point = "," if "," in like else "."
    decimals = len(rest.rpartition(point)[2]) if point in rest else 0
    if ":" in rest or ticks >= 3600 * 10**digits:
        text = clock_text(ticks, digits, hours=len(front) if ":" in rest else 1, point=point)
    else:
        text = clock_text(ticks, digits, hours=0, point=point)
        text = text[1:] if len(front) == 1 and text.startswith("0") else text
    whole, _, fraction = text.partition(point)
    kept = fraction[: max(len(fraction.rstrip("0")), decimals)]
    return f"{whole}{point}{kept}" if kept else whole


def in_order(line: int | None, start: int, end: int) -> None:
    """UnreadableFile when a thing ends before it starts."""
    if end < start:
        raise UnreadableFile(line, "The end is before the start.")


class Timecodes:
    """Reads time codes of a video.

    `written_rate`: frames a second of the version that they are written for; None for the same.
    Codes with a semicolon drop numbers at 29.97 and 59.94; those with colons do when `dropping`.
    """

    def __init__(
        self, frame_rate: float, starts: Starts, written_rate: float | None = None
    ) -> None:
        self._scales = {
            dropping: frames_from(
                FrameClock(frame_rate, dropping),
                starts,
                FrameClock(written_rate or frame_rate, dropping),
            )
            for dropping in (False, True)
        }

    def scale(self, text: str, *, dropping: bool = False) -> Frames:
        """How to read this code: its separators say whether it drops numbers."""
        separators = _SEPARATOR.findall(text)
        return self._scales[dropping or (separators != [] and separators[-1] != ":")]

    def ticks(self, text: str, line: int | None, *, dropping: bool = False) -> int:
        """The number of the frame, counted as the file does.

        Raises UnreadableFile for drop-frame counting at a rate that has none: the file was made for
        another one, and every time would be a little wrong.
        """
        clock = self.scale(text, dropping=dropping).clock
        if (dropping or ";" in text) and not clock.dropped:
            problem = (
                f"{text[:40]!r} is counted in drop-frame, which there is not at "
                f"{clock.frame_rate:.5g} frames a second. Say by which frame rate the file counts."
            )
            raise UnreadableFile(line, problem)
        return frame_of(clock, text, line)


def frame_of(clock: FrameClock, code: str, line: int | None) -> int:
    """The frame that a time code names, counted from 00:00:00:00.

    A number that drop-frame counting leaves out stands for the one that follows it.

    Raises UnreadableFile.
    """
    match = _TIMECODE.fullmatch(code)
    if match is None:
        raise UnreadableFile(line, f"{code[:40]!r} is not a time code like 01:02:03:04.")
    hours, minutes, seconds, frames = map(int, match.groups())
    nominal, dropped = clock.nominal, clock.dropped
    if minutes > 59 or seconds > 59:
        raise UnreadableFile(line, f"{code!r} has more than 59 minutes or seconds.")
    if frames >= nominal:
        problem = f"{code!r} has a frame that there is not at {clock.frame_rate:.5g} a second."
        raise UnreadableFile(line, problem)
    minutes += 60 * hours
    if seconds == 0 and minutes % 10:
        frames = max(frames, dropped)
    return (60 * minutes + seconds) * nominal + frames - dropped * (minutes - minutes // 10)


def frame_text(clock: FrameClock, ticks: int, like: str) -> str:
    """A time code with the separators of another one, but for semicolons where nothing drops."""
    parts = _SEPARATOR.split(clock.timecode(ticks))
    separators = _SEPARATOR.findall(like if clock.dropped else like.replace(";", ":"))
    code = [part + separator for part, separator in zip(parts, separators, strict=False)]
    return "".join([*code, parts[-1]])
