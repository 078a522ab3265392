"""Chapters as Matroska tools write them in XML: atoms, which may hold atoms."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.compare.carry.document import Follows, Item, Placement, UnreadableFile
from services.compare.carry.formats.encoded_text import EncodedText
from services.compare.carry.formats.siblings import siblings_edit
from services.compare.carry.formats.time_scales import (
    Decimal,
    Starts,
    clock_text,
    clock_ticks,
    in_order,
    span,
)
from services.compare.carry.formats.xml_text import (
    Edit,
    Element,
    comment,
    edited,
    parse,
    text_of,
)

_DIGITS = 9  # nanoseconds


@dataclass(frozen=True, kw_only=True)
class _Atom:
    item: Item
    element: Element
    start: Element
    end: Element | None
    uid: Element | None
    atoms: Sequence[_Atom]


@dataclass(frozen=True, kw_only=True)
class MatroskaChapters:
    """A `Document` of chapter atoms. text: the XML as UTF-8, in which places are counted."""

    source: EncodedText
    text: bytes
    scale: Decimal
    # The outermost atoms of each edition.
    editions: Sequence[Sequence[_Atom]]

    @property
    def items(self) -> Sequence[Item]:
        found: list[_Atom] = []
        for edition in self.editions:
            waiting = list(reversed(edition))
            while waiting:
                atom = waiting.pop()
                found.append(atom)
                waiting += reversed(atom.atoms)
        return [atom.item for atom in found]

    @property
    def follows(self) -> Follows:
        """Chapters begin with a picture."""
        return Follows.PICTURE

    def written(self, placements: Mapping[str, Sequence[Placement]]) -> bytes:
        edits = [self._edit(atoms, placements) for atoms in self.editions if atoms]
        return self.source.encoded(edited(self.text, 0, len(self.text), edits).decode("utf-8"))

    def _edit(self, atoms: Sequence[_Atom], placements: Mapping[str, Sequence[Placement]]) -> Edit:
        starts = [atom.item.start for atom in atoms]
        return siblings_edit(
            self.text,
            [atom.element for atom in atoms],
            {atom.element.begin: self._copies(atom, placements) for atom in atoms},
            sort=starts == sorted(starts),
        )

    def _copies(
        self, atom: _Atom, placements: Mapping[str, Sequence[Placement]]
    ) -> list[tuple[float, bytes]]:
        """An atom's copies. Atoms within go into the copy that they start in.

        What is within an atom that is dropped takes its place.
        """
        placed = sorted(placements.get(atom.item.key, ()), key=lambda one: one.start)
        if not placed:
            return [copy for inner in atom.atoms for copy in self._copies(inner, placements)]
        copies = []
        for repeat, placement in enumerate(placed):
            since = placement.start if repeat else float("-inf")
            until = placed[repeat + 1].start if repeat + 1 < len(placed) else float("inf")
            inside = {
                key: [one for one in places if since <= one.start < until]
                for inner in atom.atoms
                for key, places in _places(inner, placements)
            }
            copies.append((placement.start, self._copy(atom, placement, repeat, inside)))
        return copies

    def _copy(
        self,
        atom: _Atom,
        placement: Placement,
        repeat: int,
        inside: Mapping[str, Sequence[Placement]],
    ) -> bytes:
        edits = []
        start, end = span(self.scale, atom.item, placement)
        edits += self._time_edit(atom.start, start)
        if atom.end is not None and placement.end is not None:
            edits += self._time_edit(atom.end, end)
        if repeat and atom.uid is not None:
            digest = hashlib.sha256(self._content(atom.uid).encode() + bytes([repeat % 256]))
            unique = int.from_bytes(digest.digest()[:7], "big") or 1
            edits.append(Edit(atom.uid.tag_end, atom.uid.content_end, str(unique).encode()))
        if atom.atoms:
            edits.append(self._edit(atom.atoms, inside))
        remark = comment(placement.note) if placement.note else b""
        return remark + edited(self.text, atom.element.begin, atom.element.end, edits)

    def _time_edit(self, element: Element, ticks: int) -> list[Edit]:
        content = self._content(element)
        if clock_ticks(content.strip(), _DIGITS, element.line) == ticks:
            return []
        time = _like(content.strip(), ticks).encode()
        return [Edit(element.tag_end, element.content_end, time)]

    def _content(self, element: Element) -> str:
        return self.text[element.tag_end : element.content_end].decode("utf-8")


def is_matroska_chapters(text: str) -> bool:
    """By its outermost element, near the beginning."""
    return re.search(r"<Chapters[\s>]", text[:4096]) is not None


def read_matroska_chapters(source: EncodedText, *, starts: Starts) -> MatroskaChapters:
    """Raises UnreadableFile."""
    text = source.text.encode("utf-8")
    elements = parse(text)
    if elements[0].name != "Chapters":
        raise UnreadableFile(
            elements[0].line, f"The outermost element is <{elements[0].name}>, not <Chapters>."
        )
    scale = Decimal(digits=_DIGITS, starts=starts)
    keys = {
        element.begin: str(number)
        for number, element in enumerate(
            (element for element in elements if element.name == "ChapterAtom"), start=1
        )
    }
    return MatroskaChapters(
        source=source,
        text=text,
        scale=scale,
        editions=[
            _lasting([_atom(text, child, keys, scale) for child in _named(edition, "ChapterAtom")])
            for edition in _named(elements[0], "EditionEntry")
        ],
    )


def _atom(text: bytes, element: Element, keys: Mapping[int, str], scale: Decimal) -> _Atom:
    starts = _named(element, "ChapterTimeStart")
    if not starts:
        raise UnreadableFile(element.line, "The chapter has no ChapterTimeStart.")
    start = _ticks(text, starts[0])
    end_element = next(iter(_named(element, "ChapterTimeEnd")), None)
    end = None if end_element is None else _ticks(text, end_element)
    if end_element is not None and end is not None:
        in_order(end_element.line, start, end)
    displays = [
        text_of(text, name)
        for display in _named(element, "ChapterDisplay")
        for name in _named(display, "ChapterString")
    ]
    return _Atom(
        item=Item(
            key=keys[element.begin],
            start=scale.seconds(start),
            end=None if end is None else scale.seconds(end),
            text=displays[0] if displays else "",
            location=f"line {element.line}",
        ),
        element=element,
        start=starts[0],
        end=end_element,
        uid=next(iter(_named(element, "ChapterUID")), None),
        atoms=_lasting(
            [_atom(text, child, keys, scale) for child in _named(element, "ChapterAtom")]
        ),
    )


def _lasting(atoms: list[_Atom]) -> list[_Atom]:
    """The atoms, those without an end lasting until the next one begins."""
    lasting = [
        replace(atom, item=replace(atom.item, end=following.item.start))
        if atom.item.end is None and following.item.start > atom.item.start
        else atom
        for atom, following in itertools.pairwise(atoms)
    ]
    return lasting + atoms[-1:]


def _named(element: Element, name: str) -> list[Element]:
    return [child for child in element.children if child.name == name]


def _ticks(text: bytes, element: Element) -> int:
    return clock_ticks(text_of(text, element), _DIGITS, element.line)


def _places(
    atom: _Atom, placements: Mapping[str, Sequence[Placement]]
) -> list[tuple[str, Sequence[Placement]]]:
    """The placements of an atom and of all within it."""
    found = []
    waiting = [atom]
    while waiting:
        inner = waiting.pop()
        waiting += inner.atoms
        found.append((inner.item.key, placements.get(inner.item.key, ())))
    return found


def _like(text: str, ticks: int) -> str:
    digits = len(text.partition(".")[2])
    fine = clock_text(ticks, _DIGITS)
    short = fine[: len(fine) - _DIGITS + digits] if digits else fine.partition(".")[0]
    # Fewer decimals than the old time had are not enough for the new one.
    return short if clock_ticks(short, _DIGITS, None) == ticks else fine
