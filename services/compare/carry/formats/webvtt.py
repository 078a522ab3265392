"""WebVTT: cues with settings, and styles, regions and notes around them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.compare.carry.document import Document, Follows, Item, Placement, UnreadableFile
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
_HOUR = 3_600_000
_TIMES = re.compile(r"(\s*)(\S+)(\s*-->\s*)(\S+)(.*)")
_BESIDE = re.compile(r"(?:NOTE|STYLE|REGION)\b")
_INNER = re.compile(r"<((?:\d{2,4}:)?\d{2}:\d{2}\.\d{3})>")


@dataclass(frozen=True, kw_only=True)
class _Cue:
    item: Item
    scale: Decimal
    identifier: str
    before: str
    start: str
    arrow: str
    end: str
    after: str
    line_end: str

    def written(self, placed: Placed) -> str:
        placement = placed.placement
        start, end = span(self.scale, self.item, placement)
        old_start = self.scale.ticks_read(self.item.start)
        old_end = self.scale.ticks_read(self.item.end or 0.0)
        identifier = self.identifier
        if identifier and placed.repeat:
            bare = identifier.rstrip("\r\n")
            identifier = f"{bare}-{placed.repeat + 1}{identifier[len(bare) :]}"
        taken_from = old_start
        if placement.taken_from is not None:
            taken_from = self.scale.ticks_read(placement.taken_from)
        after = self.after
        if (start, end, taken_from) != (old_start, old_end, old_start):
            shift = start - taken_from
            after = _INNER.sub(lambda found: _inner(found[1], shift, start, end), after)
        return "".join(
            (
                self._remark(placement),
                identifier,
                self.before,
                self.start if start == old_start else _text(start, self.start),
                self.arrow,
                self.end if end == old_end else _text(end, self.end),
                after,
            )
        )

    def _remark(self, placement: Placement) -> str:
        if not placement.note:
            return ""
        note = " ".join(placement.note.split()).replace("-->", "->")
        return f"NOTE {note}{self.line_end * 2}"


def is_webvtt(text: str) -> bool:
    """By its first word, as browsers know it."""
    return re.match(r"WEBVTT(?:[ \t\r\n]|$)", text) is not None


def read_webvtt(source: EncodedText, *, starts: Starts) -> Document:
    """Raises UnreadableFile."""
    if not is_webvtt(source.text):
        raise UnreadableFile(1, "The file does not begin with WEBVTT.")
    scale = Decimal(digits=_DIGITS, starts=starts)
    signature, *rest = lines(source.text)
    head = [signature]
    lead: list[Line] = []
    blocks: list[Block] = []
    for group in _groups(rest):
        if not _is_cue(group):
            if not _BESIDE.match(group[0].text):
                for line in group[:2]:
                    refuse_broken_arrow(line)
            (lead if blocks else head).extend(group)
            continue
        blocks.append(_block(group, str(len(blocks) + 1), _whole(lead), scale, source.line_end))
        lead = []
    return BlockDocument(
        source=source,
        follows=Follows.SOUND,
        head=_whole(head),
        blocks=blocks,
        tail=_whole(lead),
        separator=source.line_end * 2,
    )


def _groups(every: list[Line]) -> list[list[Line]]:
    """The lines between blank lines, with the blank lines after them."""
    groups: list[list[Line]] = []
    ended = True
    for line in every:
        blank = not line.text
        if groups and (blank or not ended):
            groups[-1].append(line)
        else:
            groups.append([line])
        ended = blank
    return groups


def _is_cue(group: list[Line]) -> bool:
    return any("-->" in line.text for line in group[:2])


def _block(group: list[Line], key: str, lead: str, scale: Decimal, line_end: str) -> Block:
    place = 0 if "-->" in group[0].text else 1
    times = group[place]
    match = _TIMES.fullmatch(times.text)
    if match is None:
        raise UnreadableFile(times.number, "There are no two times beside the arrow -->.")
    before, start, arrow, end, settings = match.groups()
    start_ticks = clock_ticks(start, _DIGITS, times.number)
    end_ticks = clock_ticks(end, _DIGITS, times.number)
    in_order(times.number, start_ticks, end_ticks)
    body = group[place + 1 :]
    after, gap = without_gap([Line(times.number, settings, times.ending), *body])
    item = Item(
        key=key,
        start=scale.seconds(start_ticks),
        end=scale.seconds(end_ticks),
        text="\n".join(line.text for line in body).strip(),
        location=f"line {group[0].number}",
    )
    cue = _Cue(
        item=item,
        scale=scale,
        identifier=group[0].whole if place else "",
        before=before,
        start=start,
        arrow=arrow,
        end=end,
        after=after,
        line_end=line_end,
    )
    return Block(item=item, lead=lead, written=cue.written, gap=gap)


def _inner(time: str, shift: int, start: int, end: int) -> str:
    """A time within a cue's text moves with it; outside of the cue it would not be valid."""
    ticks = clock_ticks(time, _DIGITS, None) + shift
    return f"<{_text(ticks, time)}>" if start <= ticks <= end else ""


def _text(ticks: int, like: str) -> str:
    hours = len(like.split(":", maxsplit=1)[0]) if like.count(":") == 2 else 0
    return clock_text(ticks, _DIGITS, hours=hours if ticks < _HOUR else max(2, hours))


def _whole(some: list[Line]) -> str:
    return "".join(line.whole for line in some)
