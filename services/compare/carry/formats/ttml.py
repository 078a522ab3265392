"""TTML and its profiles (IMSC, EBU-TT, SMPTE-TT): timed paragraphs in regions, with styles.

An item is the element that holds a subtitle's times: a paragraph, a division of images, or the
spans of a paragraph that has no times. Times inside an item count from its beginning and stay.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.compare.carry.document import Follows, Item, Placement, UnreadableFile
from services.compare.carry.formats.encoded_text import EncodedText
from services.compare.carry.formats.siblings import siblings_edit
from services.compare.carry.formats.time_scales import (
    Decimal,
    Frames,
    Scale,
    clock_text,
    clock_ticks,
    frame_of,
    frame_text,
    frames_from,
)
from services.compare.carry.formats.xml_text import (
    Edit,
    Element,
    attribute_edits,
    comment,
    edited,
    parse,
    text_of,
)
from services.compare.export.timecode import FrameClock

_PARAMETERS = "#parameter}"
_XML_ID = "http://www.w3.org/XML/1998/namespace}id"
_TIMED = ("begin", "end", "dur")
_BLOCKS = ("div", "p")
_FRAMES = re.compile(r"(\d{2,4}:\d{2}:\d{2}[:;]\d{2,3})(?:\.\d+)?")
_OFFSET = re.compile(r"(\d{1,12})(?:\.(\d{1,9}))?(h|m|s|ms|f|t)")
_UNIT_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


@dataclass(frozen=True, kw_only=True)
class _Rates:
    """What the document's parameters say about its frames and ticks."""

    clock: FrameClock
    tick_rate: float
    origin: float
    smpte: bool


@dataclass(frozen=True, kw_only=True)
class _Steps:
    """Units of a fixed length: ticks, or decimals of hours, minutes, seconds."""

    length: float

    def ticks(self, seconds: float) -> int:
        return max(0, round(seconds / self.length))

    def seconds(self, ticks: int) -> float:
        return ticks * self.length


@dataclass(frozen=True, kw_only=True)
class _MediaFrames:
    """Frames within a second of the clock: in media time no second is a frame longer."""

    clock: FrameClock

    def ticks(self, seconds: float) -> int:
        whole = math.floor(seconds + 1e-6)
        frames = round((seconds - whole) * self.clock.exact_rate)
        return max(0, whole * self.clock.nominal + min(frames, self.clock.nominal))

    def seconds(self, ticks: int) -> float:
        whole, frames = divmod(ticks, self.clock.nominal)
        return whole + frames / self.clock.exact_rate


@dataclass(frozen=True, kw_only=True)
class _Time:
    """A time of an attribute, in seconds from where its parent begins, and how it is written."""

    name: str
    text: str
    scale: Scale
    seconds: float

    def written(self, seconds: float) -> str:
        ticks = self.scale.ticks(seconds)
        if ticks == self.scale.ticks(self.seconds):
            return self.text
        if isinstance(self.scale, Decimal):
            hours = len(self.text.split(":")[0])
            return clock_text(ticks, self.scale.digits, hours=hours)
        if isinstance(self.scale, Frames):
            return frame_text(self.scale.clock, ticks, self.text)
        if isinstance(self.scale, _MediaFrames):
            return frame_text(FrameClock(self.scale.clock.nominal), ticks, self.text)
        match = _OFFSET.fullmatch(self.text)
        if match is None:
            return self.text
        unit = match[3]
        decimals = len(match[2] or "")
        if unit in _UNIT_SECONDS:
            value = self.scale.seconds(ticks) / _UNIT_SECONDS[unit]
            digits = max(decimals, _digits(unit))
            short = f"{value:.{digits}f}"
            return _trimmed(short, decimals) + unit
        return f"{ticks}{unit}"


@dataclass(frozen=True, kw_only=True)
class _Timed:
    item: Item
    element: Element
    begin: _Time | None
    end: _Time | None
    dur: _Time | None
    base: float
    identified: list[Element] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class TtmlDocument:
    source: EncodedText
    text: bytes
    rates: _Rates
    timed: Sequence[_Timed]
    # Elements around items that have times of their own, from which the items' times count.
    around: Sequence[Element]

    @property
    def items(self) -> Sequence[Item]:
        return [timed.item for timed in self.timed]

    @property
    def follows(self) -> Follows:
        return Follows.SOUND

    def written(self, placements: Mapping[str, Sequence[Placement]]) -> bytes:
        """Where items' times count from their parents' and any changes, all are made absolute."""
        if self._stays(placements):
            return self.source.encoded(self.source.text)
        edits: list[Edit] = []
        for element in self.around:
            edits += attribute_edits(self.text, element, [(name, None) for name in _TIMED])
        groups: dict[int, list[_Timed]] = {}
        for timed in self.timed:
            groups.setdefault(timed.element.parent.begin if timed.element.parent else 0, []).append(
                timed
            )
        for group in groups.values():
            starts = [timed.item.start for timed in group]
            edits.append(
                siblings_edit(
                    self.text,
                    [timed.element for timed in group],
                    {
                        timed.element.begin: self._copies(timed, placements.get(timed.item.key, ()))
                        for timed in group
                    },
                    sort=starts == sorted(starts),
                )
            )
        whole = edited(self.text, 0, len(self.text), edits)
        return self.source.encoded(whole.decode("utf-8"))

    def _stays(self, placements: Mapping[str, Sequence[Placement]]) -> bool:
        for timed in self.timed:
            placed = placements.get(timed.item.key, ())
            if len(placed) != 1 or placed[0].note:
                return False
            if any(new != old for _, old, new in self._values(timed, placed[0], timed.base)):
                return False
        return True

    def _copies(self, timed: _Timed, placements: Sequence[Placement]) -> list[tuple[float, bytes]]:
        copies = []
        for repeat, placement in enumerate(sorted(placements, key=lambda one: one.start)):
            values: list[tuple[str, str | None]] = [
                (name, new) for name, _, new in self._values(timed, placement, 0.0)
            ]
            if placement.end is not None and timed.end is None and timed.dur is None:
                values.append(("end", f"{placement.end + self.rates.origin:.3f}s"))
            edits = attribute_edits(self.text, timed.element, values)
            if repeat:
                for element in timed.identified:
                    unique = f"{element.attributes[_XML_ID]}-{repeat + 1}"
                    edits += attribute_edits(self.text, element, [("xml:id", unique)])
            copy = edited(self.text, timed.element.begin, timed.element.end, edits)
            remark = comment(placement.note) if placement.note else b""
            copies.append((placement.start, remark + copy))
        return copies

    def _values(
        self, timed: _Timed, placement: Placement, base: float
    ) -> list[tuple[str, str, str]]:
        """Attributes as (name, old text, new text)."""
        start = max(0.0, placement.start + self.rates.origin - base)
        values = []
        begin = timed.begin
        if begin is None:
            if start > 0.0:
                values.append(("begin", "", f"{start:.3f}s"))
        else:
            values.append(("begin", begin.text, begin.written(start)))
            start = begin.scale.seconds(begin.scale.ticks(start))
        if placement.end is None:
            return values
        end = placement.end + self.rates.origin - base
        for time, value in ((timed.end, end), (timed.dur, end - start)):
            if time is None:
                continue
            least = 0.0 if time is timed.dur else start
            if timed.item.end is not None and timed.item.end > timed.item.start:
                least += time.scale.seconds(1) - time.scale.seconds(0)
            values.append((time.name, time.text, time.written(max(value, least))))
        return values


def is_ttml(text: str) -> bool:
    return re.search(r"<(?:[\w.-]+:)?tt[\s>]", text[:4096]) is not None


def read_ttml(
    source: EncodedText, *, frame_rate: float, start_timecode: float | None
) -> TtmlDocument:
    text = source.text.encode("utf-8")
    elements = parse(text)
    root = elements[0]
    if root.name != "tt":
        raise UnreadableFile(root.line, f"The outermost element is <{root.name}>, not <tt>.")
    rates = _rates(root, frame_rate, start_timecode)
    holders = _holders(elements)
    timed: list[_Timed] = []
    around: dict[int, Element] = {}
    contexts: dict[int, tuple[float, float | None]] = {}
    for element in elements:
        if element.begin not in holders or element.parent is None:
            continue
        if element.parent.begin not in contexts:
            ancestors = _ancestors(element)
            contexts[element.parent.begin] = _context(ancestors, rates)
            around |= {one.begin: one for one in ancestors if _has_times(one)}
        base, limit = contexts[element.parent.begin]
        timed.append(_timed(text, element, rates, base, limit, key=str(len(timed) + 1)))
    return TtmlDocument(
        source=source, text=text, rates=rates, timed=timed, around=list(around.values())
    )


def _context(ancestors: Sequence[Element], rates: _Rates) -> tuple[float, float | None]:
    """From when an element's times count, and when what is around it ends."""
    base: float = 0.0
    limit: float | None = None
    for ancestor in reversed(ancestors):
        if ancestor.attributes.get("timeContainer") == "seq":
            raise UnreadableFile(
                ancestor.line, "Times that follow each other (timeContainer seq) are not read."
            )
        begin, end, dur = (_time(ancestor, name, rates) for name in _TIMED)
        base, until = _interval(begin, end, dur, base)
        limit = until if limit is None or until is None else min(limit, until)
    return base, limit


def _has_times(element: Element) -> bool:
    return not element.attributes.keys().isdisjoint(_TIMED)


def _holders(elements: Sequence[Element]) -> set[int]:
    """Where the items' elements begin: see the module."""
    inside: set[int] = set()
    for element in reversed(elements):
        timed = _has_times(element)
        if element.parent is not None and (
            element.begin in inside or (timed and element.name in (*_BLOCKS, "span"))
        ):
            inside.add(element.parent.begin)
    chosen: set[int] = set()
    covered: set[int] = set()
    for element in elements:
        if element.parent is not None and element.parent.begin in covered:
            covered.add(element.begin)
            continue
        if not _has_times(element):
            continue
        if (
            element.name == "p"
            or element.name == "span"
            or (element.name == "div" and element.begin not in inside)
        ):
            chosen.add(element.begin)
            covered.add(element.begin)
    return chosen


def _ancestors(element: Element) -> list[Element]:
    found = []
    while element.parent is not None:
        element = element.parent
        found.append(element)
    return found


def _rates(root: Element, frame_rate: float, start_timecode: float | None) -> _Rates:
    parameters = {
        name.rpartition("}")[2]: value
        for name, value in root.attributes.items()
        if _PARAMETERS in name
    }
    said = parameters.get("frameRate")
    rate = frame_rate
    try:
        if said is not None:
            above, below = map(
                float, re.split(r"[\s:]+", parameters.get("frameRateMultiplier", "1 1").strip())
            )
            rate = float(said) * above / below
        tick_rate = float(parameters.get("tickRate", 0)) or (
            rate * float(parameters.get("subFrameRate", 1)) if said is not None else 1.0
        )
        if not (0 < rate < 10_000 and 0 < tick_rate < 1e12):
            raise ValueError
    except (ValueError, ZeroDivisionError):
        raise UnreadableFile(root.line, "A rate on <tt> is no number that can be.") from None
    smpte = parameters.get("timeBase") == "smpte"
    clock = FrameClock(rate, drop_frame=parameters.get("dropMode") == "dropNTSC")
    origin = start_timecode or 0.0
    if smpte:
        origin = frames_from(clock, start_timecode).origin / clock.exact_rate
    return _Rates(clock=clock, tick_rate=tick_rate, origin=origin, smpte=smpte)


def _interval(
    begin: _Time | None, end: _Time | None, dur: _Time | None, base: float
) -> tuple[float, float | None]:
    """When an element begins and ends, where its parent begins at `base`."""
    start = base + (begin.seconds if begin else 0.0)
    ends = [base + end.seconds] if end else []
    if dur:
        ends.append(start + dur.seconds)
    return start, min(ends) if ends else None


def _timed(
    text: bytes, element: Element, rates: _Rates, base: float, limit: float | None, *, key: str
) -> _Timed:
    begin_time, end_time, dur_time = (_time(element, name, rates) for name in _TIMED)
    start, end = _interval(begin_time, end_time, dur_time, base)
    if end is not None and end < start - 1e-9:
        raise UnreadableFile(element.line, "The end is before the start.")
    if end is None:
        end = limit
    identified = []
    waiting = [element]
    while waiting:
        inner = waiting.pop()
        waiting += inner.children
        if _XML_ID in inner.attributes:
            identified.append(inner)
    return _Timed(
        item=Item(
            key=key,
            start=start - rates.origin,
            end=None if end is None else max(start, end) - rates.origin,
            text=text_of(text, element),
            location=f"line {element.line}",
        ),
        element=element,
        begin=begin_time,
        end=end_time,
        dur=dur_time,
        base=base,
        identified=identified,
    )


def _time(element: Element, name: str, rates: _Rates) -> _Time | None:
    text = element.attributes.get(name)
    if text is None:
        return None
    frames = _FRAMES.fullmatch(text)
    offset = _OFFSET.fullmatch(text)
    scale: Scale
    if frames is not None:
        scale = frames_from(rates.clock, None) if rates.smpte else _MediaFrames(clock=rates.clock)
        counting = rates.clock if rates.smpte else FrameClock(rates.clock.nominal)
        ticks = frame_of(counting, frames[1], element.line)
        return _Time(name=name, text=text, scale=scale, seconds=scale.seconds(ticks))
    if offset is not None:
        unit = offset[3]
        amount = float(f"{offset[1]}.{offset[2] or 0}")
        if unit == "f":
            scale = _Steps(length=1 / rates.clock.exact_rate)
        elif unit == "t":
            scale = _Steps(length=1 / rates.tick_rate)
        else:
            digits = max(len(offset[2] or ""), _digits(unit))
            scale = _Steps(length=_UNIT_SECONDS[unit] / 10**digits)
            amount *= 10**digits
        return _Time(name=name, text=text, scale=scale, seconds=scale.seconds(round(amount)))
    digits = max(3, len(text.partition(".")[2]))
    decimal = Decimal(digits=min(digits, 9))
    ticks = clock_ticks(text, decimal.digits, element.line)
    return _Time(name=name, text=text, scale=decimal, seconds=decimal.seconds(ticks))


def _digits(unit: str) -> int:
    """Decimals of a unit down to a millisecond or less."""
    return {"h": 7, "m": 5, "s": 3, "ms": 0}[unit]


def _trimmed(number: str, decimals: int) -> str:
    """Without zeros at the end, down to so many decimals."""
    whole, _, fraction = number.partition(".")
    kept = fraction.rstrip("0")
    kept = fraction[: max(len(kept), decimals)]
    return f"{whole}.{kept}" if kept else whole
