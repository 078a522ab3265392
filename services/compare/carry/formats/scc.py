"""Scenarist closed captions (.scc): caption data of CEA-608, two bytes a frame, with time codes.

A caption is loaded out of sight and shown by a command at the end of its line; so a line begins
earlier than its caption. Captions are moved by moving their lines, whose bytes stay as they are. A
caption that ends earlier than what follows it would end it gets a command of its own that erases
it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from services.compare.carry.document import Follows, Item, Placement, UnreadableFile
from services.compare.carry.formats.arrangement import arrange
from services.compare.carry.formats.encoded_text import EncodedText, lines
from services.compare.carry.formats.time_scales import (
    Frames,
    Starts,
    Timecodes,
    frame_of,
    frame_text,
    span,
)

_HEADER = "Scenarist_SCC V1.0"
_RATE = 30000 / 1001
_LINE = re.compile(
    r"(\d{2}:\d{2}:\d{2}[:;.,]\d{2})([ \t]+)([0-9a-fA-F]{4}(?:[ \t]+[0-9a-fA-F]{4})*)([ \t]*)"
)
# The second byte of commands: load out of sight, erase what is seen, show what was loaded.
_LOAD, _ERASE, _ERASE_LOADED, _SHOW = 0x20, 0x2C, 0x2E, 0x2F
_OTHER_LETTERS = str.maketrans("*\\^_`{|}~\x7f", "áéíóúç÷Ññ█")


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Words of one line up to a command that shows a caption, and when the first is sent."""

    line: int
    frame: int
    words: Sequence[str]
    code: str
    space: str
    after: str  # blanks at the line's end
    offset: int  # words of the line before these

    @property
    def end(self) -> int:
        return self.frame + len(self.words)

    def moved(self, frames: int) -> _Part:
        return replace(self, frame=max(0, self.frame + frames))

    def first(self, command: int) -> int | None:
        """When a command is first sent."""
        for place, word in enumerate(self.words):
            if _command(word) == command:
                return self.frame + place
        return None

    @property
    def only_erases(self) -> bool:
        return all(_command(word) in (_ERASE, _ERASE_LOADED) for word in self.words)


@dataclass(frozen=True, kw_only=True)
class _Caption:
    """`parts` load and show it. `erases` come before the next is shown, if there are any."""

    item: Item
    start: int
    end: int | None
    parts: Sequence[_Part]
    erases: Sequence[_Part]

    def erased_before(self) -> int:
        """When loading and showing this caption takes away what was seen before it."""
        times = [part.first(_ERASE) for part in self.parts]
        return min([self.start, *(time for time in times if time is not None)])


@dataclass(frozen=True, kw_only=True)
class _Sent:
    """A caption's place in the new file."""

    caption: _Caption
    index: int
    start: int
    end: int

    @property
    def shift(self) -> int:
        return self.start - self.caption.start


@dataclass(frozen=True, kw_only=True)
class SccDocument:
    """A `Document` of captions with their codes as they were sent. gap: what parts two captions."""

    source: EncodedText
    scale: Frames
    head: str
    before: Sequence[_Part]  # what is sent before the first caption
    captions: Sequence[_Caption]
    gap: str
    last_gap: str

    @property
    def items(self) -> Sequence[Item]:
        return [caption.item for caption in self.captions]

    @property
    def follows(self) -> Follows:
        """Captions go with what is said."""
        return Follows.SOUND

    def written(self, placements: Mapping[str, Sequence[Placement]]) -> bytes:
        sent = []
        for placed in arrange(self.items, placements):
            caption = self.captions[placed.index]
            start, end = span(self.scale, caption.item, placed.placement)
            sent.append(_Sent(caption=caption, index=placed.index, start=start, end=end))
        later = self.scale.written_origin - self.scale.origin
        parts = [(part.moved(later), False) for part in self.before]
        for place, one in enumerate(sent):
            following = sent[place + 1] if place + 1 < len(sent) else None
            parts += self._parts(one, following)
        return self.source.encoded(self.head + self._text(_spread(parts)))

    def _parts(self, one: _Sent, following: _Sent | None) -> list[tuple[_Part, bool]]:
        """The parts of a caption, and whether each may not lie over what is sent around it."""
        caption = one.caption
        old_end = caption.end if caption.end is not None else caption.start
        as_before = one.end - one.start == old_end - caption.start and (
            one.index == len(self.captions) - 1
            if following is None
            else following.index == one.index + 1 and following.shift == one.shift
        )
        parts = [(part.moved(one.shift), not as_before) for part in caption.parts]
        if as_before:
            return parts + [(part.moved(one.shift), False) for part in caption.erases]
        if caption.end is None and one.end == one.start:
            return parts
        if following is not None:
            natural = following.caption.erased_before() + following.shift
            if one.start < natural <= one.end:
                return parts
        model = caption.erases[0] if caption.erases else None
        erase = self._erase(caption, one.end) if model is None else replace(model, frame=one.end)
        return [*parts, (replace(erase, offset=0), True)]

    def _erase(self, caption: _Caption, frame: int) -> _Part:
        """A command for the channel of the caption; commands are sent twice."""
        shown = caption.parts[-1]
        high = next((word[:2] for word in shown.words if _command(word) is not None), "94")
        return replace(shown, frame=frame, words=[f"{high}2c"] * 2, after="", offset=0)

    def _text(self, parts: Sequence[_Part]) -> str:
        rows: list[str] = []
        previous: _Part | None = None
        for part in parts:
            words = " ".join(part.words)
            if (
                previous is not None
                and part.offset
                and part.line == previous.line
                and part.frame == previous.end
                and part.offset == previous.offset + len(previous.words)
            ):
                rows[-1] += f"{part.space} {words}{part.after}".removeprefix(part.space)
            else:
                code = frame_text(self.scale.clock, part.frame, part.code)
                rows.append(f"{code}{part.space}{words}{part.after}")
            previous = part
        return self.gap.join(rows) + self.last_gap if rows else ""


def is_scc(text: str) -> bool:
    """By its first line, which names the format."""
    return text.lstrip().startswith("Scenarist_SCC")


def read_scc(source: EncodedText, *, starts: Starts) -> SccDocument:
    """Raises UnreadableFile."""
    if not is_scc(source.text):
        raise UnreadableFile(1, f"The file does not begin with {_HEADER}.")
    timecodes = Timecodes(_RATE, starts)
    head = ""
    parts: list[_Part] = []
    gaps: list[str] = []
    scale = timecodes.scale("")
    for line in lines(source.text):
        if not line.text.strip() or "Scenarist_SCC" in line.text:
            if gaps:
                gaps[-1] += line.whole
            else:
                head += line.whole
            continue
        match = _LINE.fullmatch(line.text)
        if match is None:
            raise UnreadableFile(
                line.number, "This is not a time code with words of four hexadecimal digits."
            )
        if not parts:
            scale = timecodes.scale(match[1])
        parts += _split(line.number, frame_of(scale.clock, match[1], line.number), match)
        gaps.append(line.ending)
    before, captions = _captions(parts, scale)
    return SccDocument(
        source=source,
        scale=scale,
        head=head,
        before=before,
        captions=captions,
        gap=gaps[0] if gaps and gaps[0] else source.line_end * 2,
        last_gap=gaps[-1] if gaps else "",
    )


def _split(number: int, frame: int, match: re.Match[str]) -> list[_Part]:
    """A line's parts: after a caption is shown, the next one's words may follow."""
    words = match[3].split()
    ends = [
        place + 1
        for place, word in enumerate(words)
        if _command(word) == _SHOW
        and (place + 1 == len(words) or _command(words[place + 1]) != _SHOW)
    ]
    bounds = [0, *(end for end in ends if end < len(words)), len(words)]
    return [
        _Part(
            line=number,
            frame=frame + begin,
            words=words[begin:end],
            code=match[1],
            space=match[2],
            after=match[4] if end == len(words) else "",
            offset=begin,
        )
        for begin, end in pairwise(bounds)
    ]


def _captions(parts: Sequence[_Part], scale: Frames) -> tuple[list[_Part], list[_Caption]]:
    """What comes before the first caption, and the captions."""
    before: list[_Part] = []
    found: list[tuple[list[_Part], list[_Part], int]] = []
    loading: list[_Part] = []
    for part in parts:
        shown = part.first(_SHOW)
        if part.only_erases:
            (found[-1][1] if found else before).append(part)
        elif shown is not None or (not loading and part.first(_LOAD) is None):
            start = shown if shown is not None else part.frame
            found.append(([*loading, part], [], start))
            loading = []
        else:
            loading.append(part)
    if found:
        found[-1][1].extend(loading)
    else:
        before += loading
    captions = [
        _Caption(
            item=Item(key="", start=0.0, end=None, text="", location=""),
            start=start,
            end=None,
            parts=shown_by,
            erases=erases,
        )
        for shown_by, erases, start in found
    ]
    return before, [
        _timed(caption, captions[place + 1] if place + 1 < len(captions) else None, place, scale)
        for place, caption in enumerate(captions)
    ]


def _timed(caption: _Caption, following: _Caption | None, place: int, scale: Frames) -> _Caption:
    ends = [part.frame for part in caption.erases if part.only_erases]
    if following is not None:
        ends.append(following.erased_before())
    ends = [end for end in ends if end > caption.start]
    end = min(ends, default=None)
    first = caption.parts[0].line
    item = Item(
        key=str(place + 1),
        start=scale.seconds(caption.start),
        end=None if end is None else scale.seconds(end),
        text=_letters(caption.parts),
        location=f"line {first}",
    )
    return replace(caption, item=item, end=end)


def _spread(parts: Sequence[tuple[_Part, bool]]) -> list[_Part]:
    """In the order of sending. What was moved waits until what is sent before it is through.

    A command that erases while a caption is loaded goes between that caption's words.
    """
    sent: list[tuple[_Part, bool]] = []
    for part, moved in sorted(parts, key=lambda entry: entry[0].frame):
        if not sent or part.frame >= sent[-1][0].end or not (moved or sent[-1][1]):
            sent.append((part, moved))
            continue
        last, last_moved = sent[-1]
        if part.only_erases and not last.only_erases:
            sent[-1] = (_with_erase(last, part), last_moved)
        else:
            sent.append((part.moved(last.end - part.frame), moved))
    return [part for part, _ in sent]


def _with_erase(part: _Part, erase: _Part) -> _Part:
    """The words that erase among others, which are sent as much earlier."""
    count = len(erase.words)
    frame = max(0, part.frame - count)
    at = min(max(0, erase.frame - frame), len(part.words))
    while (
        0 < at < len(part.words)
        and _command(part.words[at]) is not None
        and (part.words[at] == part.words[at - 1])
    ):
        at += 1
    return replace(
        part, frame=frame, words=[*part.words[:at], *erase.words, *part.words[at:]], offset=0
    )


def _command(word: str) -> int | None:
    """The second byte of a command, without parity; None for letters and other codes."""
    value = int(word, 16) & 0x7F7F
    return value & 0xFF if value >> 8 in (0x14, 0x15, 0x1C, 0x1D) and value & 0x60 == 0x20 else None


def _letters(parts: Sequence[_Part]) -> str:
    said = []
    for part in parts:
        for word in part.words:
            value = int(word, 16) & 0x7F7F
            pair = (value >> 8, value & 0xFF)
            if pair[0] < 0x20:
                said.append(" ")
            else:
                said.append("".join(chr(code) for code in pair if code >= 0x20))
    return " ".join("".join(said).translate(_OTHER_LETTERS).split())
