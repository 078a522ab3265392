"""Markers that DaVinci Resolve exports as an edit list: |C: colour, |M: name, |D: frames."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.compare.carry.document import Document, Follows, Item, UnreadableFile
from services.compare.carry.formats.arrangement import Placed
from services.compare.carry.formats.blocks import Block, BlockDocument, without_gap
from services.compare.carry.formats.edl_lines import Event, Group, groups
from services.compare.carry.formats.encoded_text import EncodedText, lines
from services.compare.carry.formats.time_scales import (
    Starts,
    Timecodes,
    frame_text,
    span,
)

_MARKER = re.compile(r"([^|]*)\|C:([^|]*)\|M:(.*?)\|D:(\d{1,9})(.*)", re.DOTALL)
_HINT = re.compile(r"\|C:ResolveColor|\|C:[^|\r\n]*\|M:")


@dataclass(frozen=True, kw_only=True)
class _Marker:
    item: Item
    event: Event
    first_number: int
    # The event's line after its codes, with its line break; then the marker's own.
    after: str
    marker: str

    def written(self, placed: Placed) -> str:
        event = self.event
        start, end = span(event.scale, self.item, placed.placement)
        texts = list(event.texts)
        if placed.number is not None:
            texts[1] = f"{self.first_number + placed.number:0{len(event.number)}}"
        shift = start - event.record_in
        for place, old in (
            (3, event.source_in),
            (5, event.source_out),
            (7, event.record_in),
            (9, event.record_out),
        ):
            if shift or event.scale.changes:
                texts[place] = frame_text(event.scale.written, max(0, old + shift), texts[place])
        match = _MARKER.fullmatch(self.marker)
        marker = self.marker
        if match is not None:
            note = " ".join(placed.placement.note.split()).replace("|", "/")
            at = match.start(4)
            length = str(end - start) if self.item.end is not None else match[4]
            marker = marker[:at] + length + marker[match.end(4) :]
            if note:
                before = match[1].strip()
                marker = f"{before} [{note}] ".lstrip() + marker[match.end(1) :]
        return "".join(texts) + self.after + marker


def is_resolve_markers(text: str) -> bool:
    """By the colour of a marker (|C:), which no other edit list has."""
    return _HINT.search(text[:65_536]) is not None


def read_resolve_markers(
    source: EncodedText,
    *,
    frame_rate: float,
    starts: Starts,
    written_rate: float | None = None,
) -> Document:
    """Raises UnreadableFile."""
    timecodes = Timecodes(frame_rate, starts, written_rate)
    head, found = groups(list(lines(source.text)), timecodes)
    if not found:
        raise UnreadableFile(1, "There is no event with four time codes.")
    first = int(found[0].events[0][1].number)
    return BlockDocument(
        source=source,
        follows=Follows.PICTURE,
        head="".join(line.whole for line in head),
        blocks=[_block(group, str(number), first) for number, group in enumerate(found, start=1)],
        tail="",
        separator=source.line_end * 2,
    )


def _block(group: Group, key: str, first_number: int) -> Block:
    event = group.events[0][1]
    text, gap = without_gap(group.lines)
    own = len("".join(event.texts))
    first = len(group.lines[0].whole)
    after, marker = text[own:first], text[first:]
    match = _MARKER.fullmatch(marker)
    if match is None:
        raise UnreadableFile(event.line, "The event has no marker like |C:... |M:... |D:1.")
    frames = int(match[4])
    item = Item(
        key=key,
        start=event.scale.seconds(event.record_in),
        end=event.scale.seconds(event.record_in + frames) if frames > 1 else None,
        text=match[3].strip(),
        location=f"line {event.line}",
    )
    written = _Marker(
        item=item, event=event, first_number=first_number, after=after, marker=marker
    ).written
    return Block(item=item, lead="", written=written, gap=gap)
