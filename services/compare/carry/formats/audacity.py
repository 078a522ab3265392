"""Audacity's label tracks: start, end and label between tabs, in seconds of the sound."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.compare.carry.document import Document, Follows, Item, UnreadableFile
from services.compare.carry.formats.arrangement import Placed
from services.compare.carry.formats.blocks import Block, BlockDocument, without_gap
from services.compare.carry.formats.encoded_text import EncodedText, Line, lines
from services.compare.carry.formats.time_scales import (
    Decimal,
    Starts,
    in_order,
    span,
)

_LABEL = re.compile(r"(\d{1,9}(?:[.,]\d{1,9})?)\t(\d{1,9}(?:[.,]\d{1,9})?)(?:\t(.*))?")
_DIGITS = 6
_SECOND = 1_000_000


@dataclass(frozen=True, kw_only=True)
class _Label:
    item: Item
    scale: Decimal
    start: str
    end: str
    after: str

    def written(self, placed: Placed) -> str:
        start, end = span(self.scale, self.item, placed.placement)
        return f"{self._time(start, self.start)}\t{self._time(end, self.end)}{self.after}"

    def _time(self, ticks: int, old: str) -> str:
        if ticks == _ticks(old):
            return old
        whole, fraction = divmod(ticks, _SECOND)
        return f"{whole}{',' if ',' in old else '.'}{fraction:0{_DIGITS}}"


def is_audacity(text: str) -> bool:
    """By its first line, which holds two times and a label between tabs."""
    first = next((line for line in lines(text[:4096]) if line.text), None)
    return first is not None and _LABEL.fullmatch(first.text) is not None


def read_audacity(source: EncodedText, *, starts: Starts) -> Document:
    """The labels as items; lines with frequencies stay with the label above them.

    Raises UnreadableFile for a line that is no label.
    """
    scale = Decimal(digits=_DIGITS, starts=starts)
    groups: list[list[Line]] = []
    for line in lines(source.text):
        # A line with a backslash holds the frequencies of the label above.
        if groups and (line.text.startswith("\\") or not line.text.strip()):
            groups[-1].append(line)
        else:
            groups.append([line])
    return BlockDocument(
        source=source,
        follows=Follows.SOUND,
        head="",
        blocks=[_block(group, str(number), scale) for number, group in enumerate(groups, 1)],
        tail="",
        separator=source.line_end,
    )


def _block(group: list[Line], key: str, scale: Decimal) -> Block:
    label = group[0]
    match = _LABEL.fullmatch(label.text)
    if match is None:
        raise UnreadableFile(label.number, "This is not a start, an end and a label between tabs.")
    start, end = _ticks(match[1]), _ticks(match[2])
    in_order(label.number, start, end)
    text, gap = without_gap(group)
    item = Item(
        key=key,
        start=scale.seconds(start),
        end=scale.seconds(end) if end > start else None,
        text=match[3] or "",
        location=f"line {label.number}",
    )
    written = _Label(
        item=item, scale=scale, start=match[1], end=match[2], after=text[match.end(2) :]
    ).written
    return Block(item=item, lead="", written=written, gap=gap)


def _ticks(text: str) -> int:
    whole, _, fraction = text.replace(",", ".").partition(".")
    return int(whole) * _SECOND + int(fraction.ljust(_DIGITS, "0")[:_DIGITS])
