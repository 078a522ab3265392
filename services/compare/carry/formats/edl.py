"""Edit decision lists (CMX 3600): events whose record times are carried, with their comments."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.compare.carry.document import Document, Extent, Follows, Item, UnreadableFile
from services.compare.carry.formats.arrangement import Placed
from services.compare.carry.formats.blocks import Block, BlockDocument, without_gap
from services.compare.carry.formats.edl_lines import TIMECODE, Event, Group, groups
from services.compare.carry.formats.encoded_text import EncodedText, lines
from services.compare.carry.formats.time_scales import (
    Frames,
    Starts,
    Timecodes,
    frame_text,
    span,
)
from services.compare.export.timecode import FrameClock

_LOCATOR = re.compile(rf"(\*\s*LOC:\s*)({TIMECODE})", re.IGNORECASE)
_NAME = re.compile(r"\*\s*FROM CLIP NAME:\s*(.*)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class _Move:
    """Frames of the record: the event's old and new stretch, and how far what is kept moves."""

    old_start: int
    old_end: int
    start: int
    end: int
    shift: int

    def record(self, event: Event) -> tuple[int, int]:
        begin = self.start if event.record_in == self.old_start else event.record_in + self.shift
        end = self.end if event.record_out == self.old_end else event.record_out + self.shift
        begin = min(max(begin, self.start), self.end)
        return begin, min(max(end, begin), self.end)


@dataclass(frozen=True, kw_only=True)
class _Record:
    item: Item
    scale: Frames
    group: Group
    texts: list[str]
    start: int
    end: int
    first_number: int
    timecodes: Timecodes
    line_end: str

    def written(self, placed: Placed) -> str:
        placement = placed.placement
        start, end = span(self.scale, self.item, placement)
        taken = self.start
        if placement.taken_from is not None:
            taken = self.scale.ticks_read(placement.taken_from)
        move = _Move(
            old_start=self.start, old_end=self.end, start=start, end=end, shift=start - taken
        )
        texts: list[str] = list(self.texts)
        for index, event in self.group.events:
            rest = texts[index][len("".join(event.texts)) :]
            number = event.number
            if placed.number is not None:
                number = f"{self.first_number + placed.number:0{len(number)}}"
            texts[index] = _line(event, move, number) + rest
        texts = [text for text in (self._located(text, move) for text in texts) if text]
        note = " ".join(placement.note.split())
        remark = f"{self.line_end}* {note}" if note else ""
        return "".join(texts).rstrip("\r\n") + remark

    def _located(self, text: str, move: _Move) -> str:
        """A locator moves with the event that it is in; outside of what is kept it goes."""
        match = _LOCATOR.match(text)
        if match is None or (move.shift == 0 and (move.start, move.end) == (self.start, self.end)):
            return text
        old = self.timecodes.ticks(match[2], None, dropping=self.group.dropping)
        new = old + move.shift
        within = move.start <= new < move.end
        if not within and self.start <= old < self.end:
            return ""
        code = frame_text(self.scale.written, max(0, new), match[2])
        return f"{match[1]}{code}{text[match.end() :]}"


def read_edl(
    source: EncodedText,
    *,
    frame_rate: float,
    starts: Starts,
    written_rate: float | None = None,
) -> Document:
    """written_rate: only of the same frames in a second of time code, such as 23.976 for 24: what
    an event takes of its source, which goes on at its own rate, has no place in other frames.

    Raises UnreadableFile.
    """
    if written_rate and FrameClock(written_rate).nominal != FrameClock(frame_rate).nominal:
        raise UnreadableFile(
            None,
            f"An edit list counts frames, {frame_rate:.5g} a second here, and the other version "
            f"has {written_rate:.5g}. Carry over an OTIO file instead, which has times with rates.",
        )
    timecodes = Timecodes(frame_rate, starts, written_rate)
    head, found = groups(list(lines(source.text)), timecodes)
    if not found and source.text.strip() and not any("TITLE:" in line.text for line in head):
        raise UnreadableFile(1, "There is no event with four time codes.")
    first = int(found[0].events[0][1].number) if found else 1
    blocks = [
        _block(group, str(number), first, timecodes, source.line_end)
        for number, group in enumerate(found, start=1)
    ]
    return BlockDocument(
        source=source,
        follows=Follows.PICTURE,
        head="".join(line.whole for line in head),
        blocks=blocks,
        tail="",
        separator=source.line_end,
    )


def _block(group: Group, key: str, first_number: int, timecodes: Timecodes, line_end: str) -> Block:
    events = [event for _, event in group.events]
    start = min(event.record_in for event in events)
    end = max(event.record_out for event in events)
    scale = events[0].scale
    for line in group.lines:
        locator = _LOCATOR.match(line.text)
        if locator is not None:
            timecodes.ticks(locator[2], line.number, dropping=group.dropping)
    text, gap = without_gap(group.lines)
    names = [match[1] for line in group.lines if (match := _NAME.match(line.text))]
    item = Item(
        key=key,
        start=scale.seconds(start),
        end=scale.seconds(end),
        text=names[0].strip() if names else events[0].texts[2].split()[0],
        location=f"line {events[0].line}",
        extent=Extent.PLAYED,
    )
    record = _Record(
        item=item,
        scale=scale,
        group=group,
        texts=[line.whole for line in lines(text)],
        start=start,
        end=end,
        first_number=first_number,
        timecodes=timecodes,
        line_end=line_end,
    )
    return Block(item=item, lead="", written=record.written, gap=gap)


def _line(event: Event, move: _Move, number: str) -> str:
    """The event's line. What is cut from a record is cut from its source, at the source's speed."""
    begin, end = move.record(event)
    length = event.record_out - event.record_in
    speed = (event.source_out - event.source_in) / length if length else 1.0
    source_in, source_out = event.source_in, event.source_out
    cut = begin - move.shift - event.record_in
    if cut > 0 and length:
        source_in += round(cut * speed)
    if end - begin != length:
        source_out = source_in + round((end - begin) * speed)
    texts = list(event.texts)
    texts[1] = number
    for place, old, new in (
        (3, event.source_in, source_in),
        (5, event.source_out, source_out),
        (7, event.record_in, begin),
        (9, event.record_out, end),
    ):
        if new != old:
            texts[place] = frame_text(event.scale.written, max(0, new), texts[place])
    return "".join(texts)
