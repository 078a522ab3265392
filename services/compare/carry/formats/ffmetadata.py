"""FFmpeg's metadata files: [CHAPTER] sections with a time base, among others that stay."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.compare.carry.document import Document, Follows, Item, UnreadableFile
from services.compare.carry.formats.arrangement import Placed
from services.compare.carry.formats.blocks import Block, BlockDocument, without_gap
from services.compare.carry.formats.encoded_text import EncodedText, Line, lines
from services.compare.carry.formats.time_scales import (
    Starts,
    in_order,
    span,
)

_KEY = re.compile(r"\s*([A-Za-z_]+)\s*=(.*)")
_NUMBER = re.compile(r"(\s*\w+\s*=\s*)(-?\d{1,18})(\s*)")
_BASE = re.compile(r"\s*(\d{1,9})\s*/\s*(\d{1,10})\s*")


@dataclass(frozen=True, kw_only=True)
class _TimeBase:
    """A unit of time of above/below seconds."""

    above: int
    below: int
    starts: Starts

    def ticks(self, seconds: float) -> int:
        return round((seconds + self.starts.written) * self.below / self.above)

    def seconds(self, ticks: int) -> float:
        return ticks * self.above / self.below - self.starts.read


@dataclass(frozen=True, kw_only=True)
class _Chapter:
    item: Item
    scale: _TimeBase
    section: list[str]
    start: int
    end: int | None
    line_end: str

    def written(self, placed: Placed) -> str:
        start, end = span(self.scale, self.item, placed.placement)
        section = list(self.section)
        section[self.start] = _with_number(section[self.start], start)
        if self.end is not None and placed.placement.end is not None:
            section[self.end] = _with_number(section[self.end], end)
        note = " ".join(placed.placement.note.split())
        return (f"; {note}{self.line_end}" if note else "") + "".join(section)


def is_ffmetadata(text: str) -> bool:
    """By its first line, which FFmpeg asks for too."""
    return text.startswith(";FFMETADATA")


def read_ffmetadata(source: EncodedText, *, starts: Starts) -> Document:
    """Raises UnreadableFile."""
    if not is_ffmetadata(source.text):
        raise UnreadableFile(1, "The file does not begin with ;FFMETADATA1.")
    head: list[Line] = []
    lead: list[Line] = []
    blocks: list[Block] = []
    for section in _sections(list(lines(source.text))):
        if section[0].text.strip() != "[CHAPTER]":
            (lead if blocks else head).extend(section)
            continue
        blocks.append(
            _block(
                section,
                key=str(len(blocks) + 1),
                lead=_whole(lead),
                starts=starts,
                line_end=source.line_end,
            )
        )
        lead = []
    return BlockDocument(
        source=source,
        follows=Follows.PICTURE,
        head=_whole(head),
        blocks=blocks,
        tail=_whole(lead),
        separator=source.line_end,
    )


def _sections(every: list[Line]) -> list[list[Line]]:
    sections: list[list[Line]] = []
    continued = False
    for line in every:
        begins = not continued and re.match(r"\[[A-Z]+\]\s*$", line.text) is not None
        if begins or not sections:
            sections.append([line])
        else:
            sections[-1].append(line)
        backslashes = len(line.text) - len(line.text.rstrip("\\"))
        continued = backslashes % 2 == 1
    return sections


def _block(section: list[Line], *, key: str, lead: str, starts: Starts, line_end: str) -> Block:
    values: dict[str, tuple[int, str]] = {}
    for place, line in enumerate(section):
        match = _KEY.match(line.text)
        if match is not None:
            values.setdefault(match[1].lower(), (place, match[2]))
    first = section[0].number
    scale = _TimeBase(above=1, below=1_000_000_000, starts=starts)
    if "timebase" in values:
        place, said = values["timebase"]
        base = _BASE.fullmatch(said)
        if base is None or not int(base[1]) or not int(base[2]):
            raise UnreadableFile(
                section[place].number, f"{said[:40]!r} is not a time base like 1/1000."
            )
        scale = _TimeBase(above=int(base[1]), below=int(base[2]), starts=starts)
    if "start" not in values:
        raise UnreadableFile(first, "The chapter has no START.")
    start = _number(section, values["start"][0])
    end = _number(section, values["end"][0]) if "end" in values else None
    if end is not None:
        in_order(section[values["end"][0]].number, start, end)
    text, gap = without_gap(section)
    item = Item(
        key=key,
        start=scale.seconds(start),
        end=None if end is None else scale.seconds(end),
        text=re.sub(r"\\(.)", r"\1", values.get("title", (0, ""))[1]).strip(),
        location=f"line {first}",
    )
    return Block(
        item=item,
        lead=lead,
        written=_Chapter(
            item=item,
            scale=scale,
            section=_split(text),
            start=values["start"][0],
            end=values["end"][0] if "end" in values else None,
            line_end=line_end,
        ).written,
        gap=gap,
    )


def _number(section: list[Line], place: int) -> int:
    line = section[place]
    match = _NUMBER.fullmatch(line.text)
    if match is None:
        raise UnreadableFile(line.number, f"{line.text.strip()[:40]!r} has no whole number.")
    return int(match[2])


def _with_number(line: str, number: int) -> str:
    return _NUMBER.sub(lambda found: f"{found[1]}{number}{found[3]}", line, count=1)


def _split(text: str) -> list[str]:
    return [line.whole for line in lines(text)]


def _whole(some: list[Line]) -> str:
    return "".join(line.whole for line in some)
