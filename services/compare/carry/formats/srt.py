"""SubRip (.srt): numbers, times to the millisecond, text that may hold tags and positions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.compare.carry.document import Document, Follows, Item, UnreadableFile
from services.compare.carry.formats.arrangement import Placed
from services.compare.carry.formats.arrows import refuse_broken_arrow
from services.compare.carry.formats.blocks import Block, BlockDocument, without_gap
from services.compare.carry.formats.encoded_text import EncodedText, Line, lines
from services.compare.carry.formats.time_scales import (
    Decimal,
    Starts,
    clock_text,
    clock_ticks,
    in_order,
    span,
)

_DIGITS = 3
_TIMES = re.compile(r"(\s*)(\S+)(\s*-->\s*)(\S+)(.*)")
_NUMBER = re.compile(r"\s*(\d{1,9})\s*")
_SEEMS_TIMED = re.compile(r"\s*(?=\S*\d)\S+\s*-->")


@dataclass(frozen=True, kw_only=True)
class _Subtitle:
    item: Item
    scale: Decimal
    first_number: int
    number: str
    before: str
    start: str
    arrow: str
    end: str
    after: str

    def written(self, placed: Placed) -> str:
        start, end = span(self.scale, self.item, placed.placement)
        was = self.item.start, self.item.end or 0.0
        number = self.number
        if number and placed.number is not None:
            number = _NUMBER.sub(
                lambda found: found.group().replace(
                    found.group(1), str(self.first_number + (placed.number or 0))
                ),
                number,
                count=1,
            )
        return "".join(
            (
                number,
                self.before,
                self.start if start == self.scale.ticks_read(was[0]) else _text(start, self.start),
                self.arrow,
                self.end if end == self.scale.ticks_read(was[1]) else _text(end, self.end),
                self.after,
            )
        )


def is_srt(text: str) -> bool:
    """Whether one of the first lines is a subtitle's times."""
    for line in lines(text[:4096]):
        if line.text.strip() and not _NUMBER.fullmatch(line.text):
            match = _TIMES.fullmatch(line.text)
            return match is not None and _is_time(match[2]) and "," in match[2]
    return False


def read_srt(source: EncodedText, *, starts: Starts) -> Document:
    """Raises UnreadableFile."""
    scale = Decimal(digits=_DIGITS, starts=starts)
    every = list(lines(source.text))
    firsts = _beginnings(every)
    if not firsts and source.text.strip():
        raise UnreadableFile(1, "There are no times like 00:00:01,000 --> 00:00:02,000.")
    head = every[: firsts[0]] if firsts else every
    stray = next((line for line in head if line.text.strip()), None)
    if firsts and stray is not None:
        raise UnreadableFile(stray.number, "There is text before the first subtitle's times.")
    numbered = _NUMBER.fullmatch(every[firsts[0]].text) if firsts else None
    first = int(numbered[1]) if numbered else 1
    blocks = [
        _block(every[begin:end], key=str(place), scale=scale, first_number=first)
        for place, (begin, end) in enumerate(
            zip(firsts, [*firsts[1:], len(every)], strict=False), start=1
        )
    ]
    return BlockDocument(
        source=source,
        follows=Follows.SOUND,
        head="".join(line.whole for line in head),
        blocks=blocks,
        tail="",
        separator=source.line_end * 2,
    )


def _beginnings(every: list[Line]) -> list[int]:
    """The index of each subtitle's first line: its number, or its times where it has none."""
    found: list[int] = []
    for index, line in enumerate(every):
        if "-->" not in line.text:
            refuse_broken_arrow(line)
            continue
        numbered = (
            index > 0
            and _NUMBER.fullmatch(every[index - 1].text) is not None
            and (not found or index - 1 > found[-1])
        )
        if numbered or _SEEMS_TIMED.match(line.text):
            found.append(index - 1 if numbered else index)
    return found


def _block(block: list[Line], *, key: str, scale: Decimal, first_number: int) -> Block:
    numbered = "-->" not in block[0].text
    times = block[1 if numbered else 0]
    match = _TIMES.fullmatch(times.text)
    if match is None:
        raise UnreadableFile(times.number, "There are no two times beside the arrow -->.")
    before, start, arrow, end, after = match.groups()
    start_ticks = clock_ticks(start, _DIGITS, times.number)
    end_ticks = clock_ticks(end, _DIGITS, times.number)
    in_order(times.number, start_ticks, end_ticks)
    body = block[2 if numbered else 1 :]
    text, gap = without_gap([Line(times.number, after, times.ending), *body])
    item = Item(
        key=key,
        start=scale.seconds(start_ticks),
        end=scale.seconds(end_ticks),
        text="\n".join(line.text for line in body).strip(),
        location=f"line {block[0].number}",
    )
    subtitle = _Subtitle(
        item=item,
        scale=scale,
        first_number=first_number,
        number=block[0].whole if numbered else "",
        before=before,
        start=start,
        arrow=arrow,
        end=end,
        after=text,
    )
    return Block(item=item, lead="", written=subtitle.written, gap=gap)


def _is_time(text: str) -> bool:
    try:
        clock_ticks(text, _DIGITS, None)
    except UnreadableFile:
        return False
    return True


def _text(ticks: int, like: str) -> str:
    hours, colon, _ = like.partition(":")
    return clock_text(
        ticks,
        _DIGITS,
        hours=len(hours) if colon and like.count(":") == 2 else 2,
        point="." if "." in like else ",",
    )
