"""The lines of an edit decision list in the style of CMX 3600."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.compare.carry.document import UnreadableFile
from services.compare.carry.formats.encoded_text import Line
from services.compare.carry.formats.time_scales import Frames, Timecodes

TIMECODE = r"\d{2,3}[:;]\d{2}[:;]\d{2}[:;.,]\d{2,3}"
_CODE = re.compile(TIMECODE)
_EVENT = re.compile(
    rf"(\s*)(\d{{1,6}})(\s+\S.*?\s)({TIMECODE})(\s+)({TIMECODE})(\s+)({TIMECODE})(\s+)({TIMECODE})(.*)"
)
_SEEMS_EVENT = re.compile(
    r"\s*\d{3,6}\s+\S+\s+(?:NONE|[VAB]\d*|A+/V|A\d?/V|AA(?:/V)?|V\d*)\s+(?:C|D|W\d+|K[BO]?)(?:\s|$)"
)


@dataclass(frozen=True, kw_only=True)
class Event:
    """A line with an event: source in and out, record in and out, as frame numbers.

    `texts` are the parts of the line between and around its number (index 1) and its time codes
    (indices 3, 5, 7 and 9).
    """

    line: int
    number: str
    texts: Sequence[str]
    scale: Frames
    source_in: int
    source_out: int
    record_in: int
    record_out: int


@dataclass(frozen=True, kw_only=True)
class Group:
    """The lines of one event number with the comments after them, up to the next number."""

    lines: Sequence[Line]
    events: Sequence[tuple[int, Event]]  # with the index of their line
    dropping: bool


def is_edl(text: str) -> bool:
    """By its title, or an event in one of the first 50 lines."""
    beginning = text[:4096]
    if re.match(r"\s*TITLE:", beginning):
        return True
    return any(_EVENT.fullmatch(line) for line in beginning.splitlines()[:50])


def groups(every: Sequence[Line], timecodes: Timecodes) -> tuple[list[Line], list[Group]]:
    """What stands before the first event, and the events. Raises UnreadableFile."""
    head: list[Line] = []
    found: list[tuple[list[Line], list[tuple[int, Event]], bool]] = []
    dropping = False
    for line in every:
        mode = re.match(r"\s*FCM:\s*(NON[- ]?DROP|DROP)", line.text, re.IGNORECASE)
        if mode is not None:
            dropping = mode[1].upper() == "DROP"
        event = _event(line, timecodes, dropping=dropping)
        if event is None:
            (found[-1][0] if found else head).append(line)
        elif found and found[-1][1][0][1].number == event.number:
            found[-1][1].append((len(found[-1][0]), event))
            found[-1][0].append(line)
        else:
            found.append(([line], [(0, event)], dropping))
    return head, [Group(lines=lines, events=events, dropping=mode) for lines, events, mode in found]


def _event(line: Line, timecodes: Timecodes, *, dropping: bool) -> Event | None:
    match = _EVENT.fullmatch(line.text) if _CODE.search(line.text) else None
    if match is None:
        if _SEEMS_EVENT.match(line.text):
            raise UnreadableFile(line.number, "The event has no four time codes like 01:02:03:04.")
        return None
    texts = match.groups()
    codes = [
        timecodes.ticks(code, line.number, dropping=dropping)
        for code in (texts[3], texts[5], texts[7], texts[9])
    ]
    if codes[3] < codes[2]:
        raise UnreadableFile(line.number, "The record out is before the record in.")
    return Event(
        line=line.number,
        number=texts[1],
        texts=texts,
        scale=timecodes.scale(texts[7], dropping=dropping),
        source_in=codes[0],
        source_out=codes[1],
        record_in=codes[2],
        record_out=codes[3],
    )
