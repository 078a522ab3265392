"""Rewriting those children of an XML element that are items: dropped, repeated, put in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.compare.carry.formats.xml_text import Edit, Element, lead_begin


def siblings_edit(
    text: bytes,
    siblings: Sequence[Element],
    written: Mapping[int, Sequence[tuple[float, bytes]]],
    *,
    sort: bool,
) -> Edit:
    """One edit for all item children of a parent, which are in the order of the text.

    `written` has for each child, by its `begin`, its copies as (start, text). The blanks and
    comments before a child go with it; what else stands between the children stays, before the
    child that it was before.
    """
    leads = [_lead(text, siblings, place) for place in range(len(siblings))]
    pieces: list[tuple[float, bytes]] = []
    reached = float("-inf")
    for child, (fixed, lead) in zip(siblings, leads, strict=True):
        copies = written[child.begin]
        if fixed or (not copies and lead.strip()):
            kept = fixed + (b"" if copies else lead.rstrip())
            at = copies[0][0] if copies else reached
            pieces.append((at, kept))
        for number, (start, copy) in enumerate(copies):
            blank = lead if number == 0 else lead[len(lead.rstrip()) :]
            pieces.append((start, blank + copy))
            reached = start
    if sort:
        pieces.sort(key=lambda piece: piece[0])
    first, last = siblings[0], siblings[-1]
    begin = _region_begin(text, first)
    return Edit(begin, last.end, b"".join(piece for _, piece in pieces))


def _lead(text: bytes, siblings: Sequence[Element], place: int) -> tuple[bytes, bytes]:
    """What stands before a child: first what is no part of it, then its blanks and comments."""
    child = siblings[place]
    before = siblings[place - 1].end if place else _region_begin(text, child)
    own = lead_begin(text, child, before)
    return text[before:own], text[own : child.begin]


def _region_begin(text: bytes, first: Element) -> int:
    """Where the first item child's blanks begin; comments above it may be the parent's."""
    parent_begin = first.parent.tag_end if first.parent else 0
    return len(text[parent_begin : first.begin].rstrip()) + parent_begin
