"""XML as the text that it is: where its elements stand, so that single times can be rewritten.

Nothing is fetched and nothing is expanded: a document type that declares entities is refused.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from services.compare.carry.document import UnreadableFile

_START_TAG = re.compile(rb"<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>")
_ATTRIBUTE = re.compile(rb"\s+([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_MARKUP = re.compile(rb"<!--.*?-->|<[^>]*>", re.DOTALL)
_NAME = re.compile(rb"<[^\s/>]+")
_COMMENTED_BLANK = re.compile(rb"(?:\s|<!--.*?-->)*", re.DOTALL)
_MAX_ELEMENTS = 400_000
_MAX_DEPTH = 100
# Of what an element holds; enough for a report.
_MAX_TEXT = 2000


@dataclass(kw_only=True, slots=True, eq=False)
class Element:
    """An element of a document. Positions are bytes of its UTF-8 text.

    `name` is without prefix; `attributes` are those without a namespace by their name, and others
    by `namespace}name`.
    """

    name: str
    namespace: str
    attributes: dict[str, str]
    line: int
    begin: int
    tag_end: int
    content_end: int = 0
    end: int = 0
    parent: Element | None = None
    children: list[Element] = field(default_factory=list)


@dataclass(frozen=True)
class Edit:
    """Other bytes in place of those from `begin` to `end`."""

    begin: int
    end: int
    text: bytes


def parse(text: bytes) -> list[Element]:
    """All elements in the order of the text; the first is the root. Raises UnreadableFile."""
    reader = _Reader(text)
    try:
        reader.parser.Parse(text, True)
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code)
        raise UnreadableFile(error.lineno, f"The file is not well-formed XML: {problem}.") from None
    return reader.elements


def text_of(text: bytes, element: Element) -> str:
    """An element's text without its markup."""
    bare = _MARKUP.sub(b" ", text[element.tag_end : element.content_end][:_MAX_TEXT])
    return " ".join(html.unescape(bare.decode("utf-8", "replace")).split())


def attribute_edits(
    text: bytes, element: Element, values: Iterable[tuple[str, str | None]]
) -> list[Edit]:
    """Other values for attributes, by their names as written; None removes one."""
    spans = {
        match[1].decode(): match
        for match in _ATTRIBUTE.finditer(text, element.begin, element.tag_end)
    }
    edits = []
    for name, value in values:
        match = spans.get(name)
        if match is None:
            name_end = _end_of_name(text, element)
            if value is not None:
                edits.append(Edit(name_end, name_end, f' {name}="{value}"'.encode()))
        elif value is None:
            edits.append(Edit(match.start(), match.end(), b""))
        else:
            group = 2 if match[2] is not None else 3
            edits.append(Edit(match.start(group), match.end(group), value.encode()))
    return edits


def edited(text: bytes, begin: int, end: int, edits: Iterable[Edit]) -> bytes:
    """The bytes from `begin` to `end` with edits, which lie within and do not overlap."""
    parts: list[bytes] = []
    at = begin
    for edit in sorted(edits, key=lambda edit: edit.begin):
        parts += (text[at : edit.begin], edit.text)
        at = edit.end
    parts.append(text[at:end])
    return b"".join(parts)


def lead_begin(text: bytes, element: Element, before: int) -> int:
    """Where the blanks and comments between `before` and the element begin.

    What else stands there stays where it is.
    """
    match = _COMMENTED_BLANK.match(text, before, element.begin)
    if match is not None and match.end() == element.begin:
        return before
    return len(text[before : element.begin].rstrip()) + before


def comment(note: str) -> bytes:
    """A comment with a remark; two hyphens may not stand in one."""
    plain = " ".join(note.split())
    while "--" in plain:
        plain = plain.replace("--", "-")
    return f"<!-- {plain.strip('-')} -->".encode()


def _end_of_name(text: bytes, element: Element) -> int:
    match = _NAME.match(text, element.begin)
    return match.end() if match else element.begin


class _Reader:
    """Notes where each element begins and ends."""

    def __init__(self, text: bytes) -> None:
        self.elements: list[Element] = []
        self._text = text
        self._open: list[Element] = []
        # The text was decoded already, whatever its declaration says.
        self.parser = expat.ParserCreate("utf-8", "}")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._entity
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.elements) == _MAX_ELEMENTS:
            raise UnreadableFile(
                self.parser.CurrentLineNumber, f"The file has more than {_MAX_ELEMENTS:,} elements."
            )
        if len(self._open) == _MAX_DEPTH:
            raise UnreadableFile(
                self.parser.CurrentLineNumber, f"Elements are nested more than {_MAX_DEPTH} deep."
            )
        namespace, _, bare = name.rpartition("}")
        begin = self.parser.CurrentByteIndex
        tag = _START_TAG.match(self._text, begin)
        if tag is None:  # only text that came out of an entity stands elsewhere
            raise UnreadableFile(self.parser.CurrentLineNumber, "The file's XML uses entities.")
        element = Element(
            name=bare,
            namespace=namespace,
            attributes=attributes,
            line=self.parser.CurrentLineNumber,
            begin=begin,
            tag_end=tag.end(),
            parent=self._open[-1] if self._open else None,
        )
        if element.parent is not None:
            element.parent.children.append(element)
        self.elements.append(element)
        self._open.append(element)

    def _end(self, _: str) -> None:
        element = self._open.pop()
        if self._text[element.tag_end - 2 : element.tag_end] == b"/>":
            element.content_end = element.end = element.tag_end
        else:
            element.content_end = self.parser.CurrentByteIndex
            element.end = self._text.index(b">", element.content_end) + 1

    def _entity(self, *_: object) -> None:
        raise UnreadableFile(
            self.parser.CurrentLineNumber, "The file's XML declares entities, which are not read."
        )
