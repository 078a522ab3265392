"""Times and parameters of TTML: clock times, frames, ticks, and units of the hour and below."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from services.compare.carry.document import UnreadableFile
from services.compare.carry.formats.time_scales import (
    FROM_ZERO,
    Decimal,
    Frames,
    Scale,
    Starts,
    clock_text,
    clock_ticks,
    frame_of,
    frame_text,
    frames_from,
)
from services.compare.carry.formats.xml_text import Element
from services.compare.export.timecode import FrameClock

# The attributes that hold times.
TIMED = ("begin", "end", "dur")
_PARAMETERS = "#parameter}"
_FRAMES = re.compile(r"(\d{2,4}:\d{2}:\d{2}[:;]\d{2,3})(?:\.\d+)?")
_OFFSET = re.compile(r"(\d{1,12})(?:\.(\d{1,9}))?(h|m|s|ms|f|t)")
_UNIT_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What the document's parameters say about its frames and ticks."""

    clock: FrameClock
    tick_rate: float
    # What its times show where the video begins, read and written.
    starts: Starts
    smpte: bool


@dataclass(frozen=True, kw_only=True)
class _Steps:
    """Units of a fixed length: ticks, or decimals of hours, minutes, seconds."""

    length: float

    def ticks(self, seconds: float) -> int:
        return max(0, round(seconds / self.length))

    def seconds(self, ticks: int) -> float:
        return ticks * self.length


@dataclass(frozen=True, kw_only=True)
class _MediaFrames:
    """Frames within a second of the clock: in media time no second is a frame longer."""

    clock: FrameClock

    def ticks(self, seconds: float) -> int:
        whole = math.floor(seconds + 1e-6)
        frames = round((seconds - whole) * self.clock.exact_rate)
        return max(0, whole * self.clock.nominal + min(frames, self.clock.nominal))

    def seconds(self, ticks: int) -> float:
        whole, frames = divmod(ticks, self.clock.nominal)
        return whole + frames / self.clock.exact_rate


@dataclass(frozen=True, kw_only=True)
class Time:
    """A time of an attribute, in seconds from where its parent begins, and how it is written."""

    name: str
    text: str
    scale: Scale
    seconds: float

    def written(self, seconds: float) -> str:
        """Another time in this one's unit, with as few more digits as it needs.

        The same text when no tick lies between. seconds: from where the parent begins.
        """
        ticks = self.scale.ticks(seconds)
        if ticks == self.scale.ticks(self.seconds):
            return self.text
        if isinstance(self.scale, Decimal):
            hours = len(self.text.split(":")[0])
            return clock_text(ticks, self.scale.digits, hours=hours)
        if isinstance(self.scale, Frames):
            return frame_text(self.scale.clock, ticks, self.text)
        if isinstance(self.scale, _MediaFrames):
            return frame_text(FrameClock(self.scale.clock.nominal), ticks, self.text)
        match = _OFFSET.fullmatch(self.text)
        if match is None:
            return self.text
        unit = match[3]
        decimals = len(match[2] or "")
        if unit in _UNIT_SECONDS:
            value = self.scale.seconds(ticks) / _UNIT_SECONDS[unit]
            digits = max(decimals, _digits(unit))
            short = f"{value:.{digits}f}"
            return _trimmed(short, decimals) + unit
        return f"{ticks}{unit}"


def rates_of(root: Element, frame_rate: float, starts: Starts) -> Rates:
    """What <tt> says; where it says no rate, `frame_rate` counts. Raises UnreadableFile."""
    parameters = {
        name.rpartition("}")[2]: value
        for name, value in root.attributes.items()
        if _PARAMETERS in name
    }
    said = parameters.get("frameRate")
    rate = frame_rate
    try:
        if said is not None:
            above, below = map(
                float, re.split(r"[\s:]+", parameters.get("frameRateMultiplier", "1 1").strip())
            )
            rate = float(said) * above / below
        tick_rate = float(parameters.get("tickRate", 0)) or (
            rate * float(parameters.get("subFrameRate", 1)) if said is not None else 1.0
        )
        if not (0 < rate < 10_000 and 0 < tick_rate < 1e12):
            raise ValueError
    except (ValueError, ZeroDivisionError):
        raise UnreadableFile(root.line, "A rate on <tt> is no number that can be.") from None
    smpte = parameters.get("timeBase") == "smpte"
    clock = FrameClock(rate, drop_frame=parameters.get("dropMode") == "dropNTSC")
    if smpte:
        counted = frames_from(clock, starts)
        starts = Starts(
            read=counted.origin / clock.exact_rate,
            written=counted.written_origin / clock.exact_rate,
        )
    return Rates(clock=clock, tick_rate=tick_rate, starts=starts, smpte=smpte)


def interval(
    begin: Time | None, end: Time | None, dur: Time | None, base: float
) -> tuple[float, float | None]:
    """When an element begins and ends, where its parent begins at `base`."""
    start = base + (begin.seconds if begin else 0.0)
    ends = [base + end.seconds] if end else []
    if dur:
        ends.append(start + dur.seconds)
    return start, min(ends) if ends else None


def time_of(element: Element, name: str, rates: Rates) -> Time | None:
    """An attribute's time, None where there is none. Raises UnreadableFile for what is no time."""
    text = element.attributes.get(name)
    if text is None:
        return None
    frames = _FRAMES.fullmatch(text)
    offset = _OFFSET.fullmatch(text)
    scale: Scale
    if frames is not None:
        scale = (
            frames_from(rates.clock, FROM_ZERO) if rates.smpte else _MediaFrames(clock=rates.clock)
        )
        counting = rates.clock if rates.smpte else FrameClock(rates.clock.nominal)
        ticks = frame_of(counting, frames[1], element.line)
        return Time(name=name, text=text, scale=scale, seconds=scale.seconds(ticks))
    if offset is not None:
        unit = offset[3]
        amount = float(f"{offset[1]}.{offset[2] or 0}")
        if unit == "f":
            scale = _Steps(length=1 / rates.clock.exact_rate)
        elif unit == "t":
            scale = _Steps(length=1 / rates.tick_rate)
        else:
            digits = max(len(offset[2] or ""), _digits(unit))
            scale = _Steps(length=_UNIT_SECONDS[unit] / 10**digits)
            amount *= 10**digits
        return Time(name=name, text=text, scale=scale, seconds=scale.seconds(round(amount)))
    digits = max(3, len(text.partition(".")[2]))
    decimal = Decimal(digits=min(digits, 9))
    ticks = clock_ticks(text, decimal.digits, element.line)
    return Time(name=name, text=text, scale=decimal, seconds=decimal.seconds(ticks))


def _digits(unit: str) -> int:
    """Decimals of a unit down to a millisecond or less."""
    return {"h": 7, "m": 5, "s": 3, "ms": 0}[unit]


def _trimmed(number: str, decimals: int) -> str:
    """Without zeros at the end, down to so many decimals."""
    whole, _, fraction = number.partition(".")
    kept = fraction.rstrip("0")
    kept = fraction[: max(len(kept), decimals)]
    return f"{whole}.{kept}" if kept else whole
