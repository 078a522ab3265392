"""TTML and its profiles (IMSC, EBU-TT, SMPTE-TT): timed paragraphs in regions, with styles.

An item is the element that holds a subtitle's times: a paragraph, a division of images, or the
spans of a paragraph that has no times. Times inside an item count from its beginning and stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.compare.carry.document import Follows, Item, Placement, UnreadableFile
from services.compare.carry.formats.encoded_text import EncodedText
from services.compare.carry.formats.siblings import siblings_edit
from services.compare.carry.formats.time_scales import Starts
from services.compare.carry.formats.ttml_times import (
    TIMED,
    Rates,
    Time,
    interval,
    rates_of,
    time_of,
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

_XML_ID = "http://www.w3.org/XML/1998/namespace}id"
_BLOCKS = ("div", "p")


@dataclass(frozen=True, kw_only=True)
class _Timed:
    item: Item
    element: Element
    begin: Time | None
    end: Time | None
    dur: Time | None
    base: float
    identified: list[Element] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class TtmlDocument:
    """A `Document` of timed elements. text: the XML as UTF-8, in which places are counted."""

    source: EncodedText
    text: bytes
    rates: Rates
    timed: Sequence[_Timed]
    # Elements around items that have times of their own, from which the items' times count.
    around: Sequence[Element]

    @property
    def items(self) -> Sequence[Item]:
        return [timed.item for timed in self.timed]

    @property
    def follows(self) -> Follows:
        """Captions go with what is said."""
        return Follows.SOUND

    def written(self, placements: Mapping[str, Sequence[Placement]]) -> bytes:
        """Where items' times count from their parents' and any changes, all are made absolute."""
        if self._stays(placements):
            return self.source.encoded(self.source.text)
        edits: list[Edit] = []
        for element in self.around:
            edits += attribute_edits(self.text, element, [(name, None) for name in TIMED])
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
                values.append(("end", f"{placement.end + self.rates.starts.written:.3f}s"))
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
        start = max(0.0, placement.start + self.rates.starts.written - base)
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
        end = placement.end + self.rates.starts.written - base
        for time, value in ((timed.end, end), (timed.dur, end - start)):
            if time is None:
                continue
            least = 0.0 if time is timed.dur else start
            if timed.item.end is not None and timed.item.end > timed.item.start:
                least += time.scale.seconds(1) - time.scale.seconds(0)
            values.append((time.name, time.text, time.written(max(value, least))))
        return values


def is_ttml(text: str) -> bool:
    """By its outermost element, `tt`, near the beginning."""
    return re.search(r"<(?:[\w.-]+:)?tt[\s>]", text[:4096]) is not None


def read_ttml(source: EncodedText, *, frame_rate: float, starts: Starts) -> TtmlDocument:
    """Raises UnreadableFile."""
    text = source.text.encode("utf-8")
    elements = parse(text)
    root = elements[0]
    if root.name != "tt":
        raise UnreadableFile(root.line, f"The outermost element is <{root.name}>, not <tt>.")
    rates = rates_of(root, frame_rate, starts)
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


def _context(ancestors: Sequence[Element], rates: Rates) -> tuple[float, float | None]:
    """From when an element's times count, and when what is around it ends."""
    base: float = 0.0
    limit: float | None = None
    for ancestor in reversed(ancestors):
        if ancestor.attributes.get("timeContainer") == "seq":
            raise UnreadableFile(
                ancestor.line, "Times that follow each other (timeContainer seq) are not read."
            )
        begin, end, dur = (time_of(ancestor, name, rates) for name in TIMED)
        base, until = interval(begin, end, dur, base)
        limit = until if limit is None or until is None else min(limit, until)
    return base, limit


def _has_times(element: Element) -> bool:
    return not element.attributes.keys().isdisjoint(TIMED)


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


def _timed(
    text: bytes, element: Element, rates: Rates, base: float, limit: float | None, *, key: str
) -> _Timed:
    begin_time, end_time, dur_time = (time_of(element, name, rates) for name in TIMED)
    start, end = interval(begin_time, end_time, dur_time, base)
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
            start=start - rates.starts.read,
            end=None if end is None else max(start, end) - rates.starts.read,
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
