"""Times in the report: by the clock, and as time codes where the frame rate is known."""

from __future__ import annotations

from services.compare.export.timecode import FrameClock, clock_time

# Formats without time codes count milliseconds where the frame rate is not known.
_HIGHEST_RATE = 240.0


def span(clock: FrameClock, start: float, end: float) -> str:
    """A stretch of one version, as HTML."""
    if end <= start:
        return f"at {clock_time(start)}{_code(clock, start)}"
    times = f"{clock_time(start)} &ndash; {clock_time(end)}"
    if not _counts_frames(clock):
        return times
    first, last = clock.frame(start), max(clock.frame(start), clock.frame(end) - 1)
    return (
        f'{times}<span class="code">{clock.timecode(first)} &ndash; {clock.timecode(last)}</span>'
    )


def moment(clock: FrameClock, seconds: float) -> str:
    """A moment of one version, as plain text."""
    if not _counts_frames(clock):
        return clock_time(seconds)
    return f"{clock_time(seconds)} ({clock.timecode(clock.frame(seconds))})"


def rate(clock: FrameClock) -> str:
    """`25 frames a second`; empty where that is not known."""
    return f"{clock.exact_rate:.6g} frames a second" if _counts_frames(clock) else ""


def _code(clock: FrameClock, seconds: float) -> str:
    if not _counts_frames(clock):
        return ""
    return f'<span class="code">{clock.timecode(clock.frame(seconds))}</span>'


def _counts_frames(clock: FrameClock) -> bool:
    return clock.frame_rate <= _HIGHEST_RATE
