"""Whether a file's times are time codes, or count from the beginning of the video."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from services.compare.carry.document import Document, Item
from services.compare.carry.formats.time_scales import Starts
from services.compare.export.timecode import FrameClock, clock_time

_TIMECODE = re.compile(r"(\d{2}):(\d{2}):(\d{2})[:;](\d{2,3})")
_HOUR = 3600


def seconds_read(timecode: str, rate: float) -> float | None:
    """A time code in seconds as it is read, 3600.0 for 01:00:00:00; None for what is none."""
    match = _TIMECODE.fullmatch(timecode)
    if match is None:
        return None
    hours, minutes, seconds, frames = map(int, match.groups())
    nominal = FrameClock(rate).nominal
    return _HOUR * hours + 60 * minutes + seconds + min(frames, nominal - 1) / nominal


def starts_from(
    read: float, own: tuple[float | None, float | None], said_other: float | None
) -> Starts:
    """What times show where both versions begin, when they show `read` where the first one does.

    own: the videos' start time codes. said_other: where the other one begins, if somebody says so.
    Times that are no time codes are none in the other version, either.
    """
    other = said_other
    if other is None:
        other = (read if own[1] is None else own[1]) if read else 0.0
    return Starts(read=read, written=other)


def best_fit(
    read: Callable[[Starts], Document], choices: Sequence[Starts], duration: float
) -> tuple[Document, Starts]:
    """The way of reading by which most items lie in the video, the first of several.

    read: reads the file in that way. duration: of the video, in seconds.
    """
    documents = [read(each) for each in choices]
    inside = [_inside(document.items, duration) for document in documents]
    best = inside.index(max(inside))
    return documents[best], choices[best]


def told(chosen: Starts, by_timecode: Starts, side: str) -> str:
    """What to say of how times were read where the video has a start time code."""
    begins = _as_timecode(by_timecode.read)
    if chosen == by_timecode:
        return (
            f"Its times were read as time codes: {side} begins at {begins}, the other version at "
            f"{_as_timecode(chosen.written)}."
        )
    return f"Its times were read from the beginning of {side}, not from its time code {begins}."


def beyond_the_end(document: Document, end: float, side: str) -> Iterable[str]:
    """What to say when nothing of the file is in the video. end: of the video, in seconds."""
    items = document.items
    if not items or any(0 <= each.start < end for each in items):
        return
    first = min(each.start for each in items)
    if first < 0:
        yield f"All of its times lie before the beginning of {side}. Say another start time code."
        return
    hour = f"{int(first // _HOUR):02}:00:00:00"
    yield (
        f"All of its times lie after the end of {side}, which lasts {clock_time(end)}; the first "
        f"is {clock_time(first)}. If they are time codes, say which one {side} begins with (the "
        f"start time code), perhaps {hour}."
    )


def _inside(items: Sequence[Item], duration: float) -> int:
    return sum(0 <= each.start < duration for each in items)


def _as_timecode(seconds: float) -> str:
    whole = int(seconds)
    clock = f"{whole // _HOUR:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    return clock if seconds == whole else f"{clock} and {seconds - whole:.2f} s"
