"""Simple (OGM) chapters: CHAPTER01=00:00:00.000 and CHAPTER01NAME=Beginning."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.compare.carry.document import Document, Extent, Follows, Item, UnreadableFile
from services.compare.carry.formats.arrangement import Placed
from services.compare.carry.formats.blocks import Block, BlockDocument, without_gap
from services.compare.carry.formats.encoded_text import EncodedText, Line, lines
from services.compare.carry.formats.time_scales import (
    Decimal,
    Starts,
    clock_text,
    clock_ticks,
)

_DIGITS = 3
_TIME = re.compile(r"\s*CHAPTER(\d{1,4})\s*=(.*)", re.IGNORECASE)
_NAME = re.compile(r"\s*CHAPTER(\d{1,4})NAME\s*=(.*)", re.IGNORECASE)
_NUMBER = re.compile(r"^(\s*CHAPTER)(\d{1,4})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class _Chapter:
    item: Item
    scale: Decimal
    first_number: int
    before: str
    time: str
    after: str

    def written(self, placed: Placed) -> str:
        start = self.scale.ticks(placed.placement.start)
        kept = start == self.scale.ticks_read(self.item.start)
        time = self.time if kept else clock_text(start, _DIGITS)
        text = f"{self.before}{time}{self.after}"
        if placed.number is None:
            return text
        number = self.first_number + placed.number
        return _NUMBER.sub(lambda found: f"{found[1]}{number:0{len(found[2])}}", text)


def is_ogm_chapters(text: str) -> bool:
    """By its first line, the time of a chapter."""
    return _TIME.match(text.lstrip()) is not None


def read_ogm_chapters(source: EncodedText, *, starts: Starts) -> Document:
    """Raises UnreadableFile."""
    every = list(lines(source.text))
    begins = [place for place, line in enumerate(every) if _TIME.match(line.text)]
    if not begins:
        raise UnreadableFile(1, "There is no chapter like CHAPTER01=00:00:00.000.")
    first = _TIME.match(every[begins[0]].text)
    scale = Decimal(digits=_DIGITS, starts=starts)
    blocks = [
        _block(
            every[begin:end],
            key=str(number),
            scale=scale,
            first_number=int(first[1]) if first else 1,
            following=every[end] if end < len(every) else None,
        )
        for number, (begin, end) in enumerate(
            zip(begins, [*begins[1:], len(every)], strict=True), start=1
        )
    ]
    return BlockDocument(
        source=source,
        follows=Follows.PICTURE,
        head="".join(line.whole for line in every[: begins[0]]),
        blocks=blocks,
        tail="",
        separator=source.line_end,
    )


def _block(
    block: list[Line], *, key: str, scale: Decimal, first_number: int, following: Line | None
) -> Block:
    """following: the next chapter's first line: a chapter lasts until then."""
    match = _TIME.match(block[0].text)
    said = match[2] if match else ""
    time = said.strip()
    ticks = clock_ticks(time, _DIGITS, block[0].number)
    text, gap = without_gap(block)
    at = block[0].text.index("=") + 1 + len(said) - len(said.lstrip())
    names = [found[2] for line in block[1:] if (found := _NAME.match(line.text))]
    start = scale.seconds(ticks)
    item = Item(
        key=key,
        start=start,
        end=None if following is None else _later(start, following, scale),
        extent=Extent.SPANNED,
        text=names[0].strip() if names else "",
        location=f"line {block[0].number}",
    )
    chapter = _Chapter(
        item=item,
        scale=scale,
        first_number=first_number,
        before=text[:at],
        time=time,
        after=text[at + len(time) :],
    )
    return Block(item=item, lead="", written=chapter.written, gap=gap)


def _later(start: float, following: Line, scale: Decimal) -> float | None:
    """When the next chapter begins; None unless that is later."""
    match = _TIME.match(following.text)
    said = match[2].strip() if match else ""
    begins = scale.seconds(clock_ticks(said, _DIGITS, following.number))
    return begins if begins > start else None
