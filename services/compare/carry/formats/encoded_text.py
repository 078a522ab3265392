"""Bytes as text and back, so that what is not touched comes back byte for byte."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from services.compare.carry.document import UnreadableFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAX_LINES = 400_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, kw_only=True)
class EncodedText:
    """The text of a file, and how it was coded. `mark` is its byte order mark, or empty."""

    text: str
    encoding: str
    mark: bytes

    def encoded(self, text: str) -> bytes:
        """As the file was; in an old code page, letters that it lacks become question marks."""
        return self.mark + text.encode(self.encoding, "replace")

    @property
    def line_end(self) -> str:
        """The file's first; a new line's where it has none."""
        match = re.search(r"\r\n|\r|\n", self.text)
        return match.group() if match else "\n"


class Line(NamedTuple):
    """A line with its number from 1; `ending` is its line break, empty for an unended last one."""

    number: int
    text: str
    ending: str

    @property
    def whole(self) -> str:
        """With its line break, as it stands in the file."""
        return self.text + self.ending


def decode(content: bytes) -> EncodedText:
    """UTF-8, UTF-16, or else Windows-1252.

    Other old code pages are read as Windows-1252 or Latin-1 as well: letters look wrong in reports,
    but are written as they were, for times are digits in all of them.

    Raises UnreadableFile.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                text = content[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise UnreadableFile(
                    content[: len(mark) + error.start].count(b"\n") + 1,
                    f"The file begins as {encoding.upper()} but has bytes which are not that.",
                ) from None
            return EncodedText(text=text, encoding=encoding, mark=mark)
    for encoding in (*_unmarked_utf_16(content), "utf-8", "cp1252"):
        try:
            return EncodedText(text=content.decode(encoding), encoding=encoding, mark=b"")
        except UnicodeDecodeError:
            continue
    return EncodedText(text=content.decode("latin-1"), encoding="latin-1", mark=b"")


def lines(text: str) -> Iterator[Line]:
    """Only carriage returns and line feeds end a line; subtitles may hold other separators.

    Raises UnreadableFile for too many.
    """
    for number, match in enumerate(_LINE.finditer(text), 1):
        if number > _MAX_LINES:
            raise UnreadableFile(number, f"The file has more than {_MAX_LINES:,} lines.")
        whole = match.group()
        bare = whole.rstrip("\r\n")
        yield Line(number, bare, whole[len(bare) :])


def _unmarked_utf_16(content: bytes) -> Iterator[str]:
    """What UTF-16 without a mark seems to be, by the zero bytes of its digits and spaces."""
    beginning = content[:256]
    half = len(beginning) // 2
    if len(content) % 2 or half < 2:
        return
    if beginning[1::2].count(0) > half / 2:
        yield "utf-16-le"
    if beginning[0::2].count(0) > half / 2:
        yield "utf-16-be"
