"""Advanced SubStation Alpha and SubStation Alpha (.ass, .ssa): styled events to 1/100 s."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.compare.carry.document import Document, Follows, Item, UnreadableFile
from services.compare.carry.formats.arrangement import Placed
from services.compare.carry.formats.blocks import Block, BlockDocument
from services.compare.carry.formats.encoded_text import EncodedText, Line, lines
from services.compare.carry.formats.time_scales import (
    Decimal,
    Starts,
    clock_text,
    clock_ticks,
    in_order,
    span,
)

_DIGITS = 2
_EVENT = re.compile(r"((?:Dialogue|Comment):[ \t]*)(.*)", re.IGNORECASE)
_FORMAT = re.compile(r"Format:(.*)", re.IGNORECASE)
_USUAL = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
_OVERRIDE = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class _Columns:
    """Where an event's fields are. The text, last, may hold commas."""

    count: int
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class _Event:
    item: Item
    scale: Decimal
    columns: _Columns
    kind: str
    fields: list[str]
    line_end: str

    def written(self, placed: Placed) -> str:
        start, end = span(self.scale, self.item, placed.placement)
        fields = list(self.fields)
        if start != self.scale.ticks_read(self.item.start):
            fields[self.columns.start] = _like(fields[self.columns.start], start)
        if end != self.scale.ticks_read(self.item.end or 0.0):
            fields[self.columns.end] = _like(fields[self.columns.end], end)
        event = self.kind + ",".join(fields)
        if not placed.placement.note:
            return event
        remark = [*fields[:-1], " ".join(placed.placement.note.split())]
        return f"Comment: {','.join(remark)}{self.line_end}{event}"


def is_ass(text: str) -> bool:
    """By its first section, or that of its events near the beginning."""
    beginning = text[:4096].lower()
    return beginning.lstrip().startswith("[script info]") or "\n[events]" in beginning


def read_ass(source: EncodedText, *, starts: Starts) -> Document:
    """Raises UnreadableFile."""
    scale = Decimal(digits=_DIGITS, starts=starts)
    columns = _columns(_USUAL, None)
    section = ""
    pending: list[str] = []
    head: str | None = None
    blocks: list[Block] = []
    for line in lines(source.text):
        if line.text.startswith("["):
            section = line.text.strip().lower()
        if section == "[events]":
            named = _FORMAT.match(line.text)
            if named is not None:
                columns = _columns(named[1], line.number)
            event = _EVENT.match(line.text)
            if event is not None:
                if head is None:
                    head, pending = "".join(pending), []
                blocks.append(
                    _block(
                        line,
                        event,
                        columns,
                        key=str(len(blocks) + 1),
                        lead="".join(pending),
                        scale=scale,
                        line_end=source.line_end,
                    )
                )
                pending = []
                continue
        pending.append(line.whole)
    if head is None and "[events]" not in source.text.lower():
        raise UnreadableFile(1, "There is no section [Events].")
    return BlockDocument(
        source=source,
        follows=Follows.SOUND,
        head=head or "",
        blocks=blocks,
        tail="".join(pending),
        separator=source.line_end,
    )


def _columns(names: str, line: int | None) -> _Columns:
    known = [name.strip().lower() for name in names.split(",")]
    if "start" not in known or "end" not in known:
        raise UnreadableFile(line, "The events' Format names no Start and End.")
    return _Columns(len(known), known.index("start"), known.index("end"))


def _block(
    line: Line,
    event: re.Match[str],
    columns: _Columns,
    *,
    key: str,
    lead: str,
    scale: Decimal,
    line_end: str,
) -> Block:
    fields = event[2].split(",", columns.count - 1)
    if len(fields) < columns.count:
        raise UnreadableFile(
            line.number, f"The event has {len(fields)} of {columns.count} fields of its Format."
        )
    start = clock_ticks(fields[columns.start].strip(), _DIGITS, line.number)
    end = clock_ticks(fields[columns.end].strip(), _DIGITS, line.number)
    in_order(line.number, start, end)
    item = Item(
        key=key,
        start=scale.seconds(start),
        end=scale.seconds(end),
        text=_OVERRIDE.sub("", fields[-1]).replace("\\N", "\n").replace("\\n", "\n").strip(),
        location=f"line {line.number}",
    )
    written = _Event(
        item=item,
        scale=scale,
        columns=columns,
        kind=event[1],
        fields=fields,
        line_end=line_end,
    ).written
    return Block(item=item, lead=lead, written=written, gap=line.ending)


def _like(field: str, ticks: int) -> str:
    """The time with the spaces that stood around it."""
    return field.replace(field.strip(), clock_text(ticks, _DIGITS, hours=1), 1)
