"""The arrow between the two times of a subtitle."""

from __future__ import annotations

import re

from services.compare.carry.document import UnreadableFile
from services.compare.carry.formats.encoded_text import Line

_TIME = r"\d{1,4}(?::\d{1,2}){1,2}[.,]\d{1,3}"
_BROKEN = re.compile(rf"\s*{_TIME}\s*[-=\u2013\u2014\u2192]*>*\s*{_TIME}.*")


def refuse_broken_arrow(line: Line) -> None:
    """UnreadableFile for two times without `-->` between them.

    Taken for text, they would stay where they are while everything else moves.
    """
    if _BROKEN.fullmatch(line.text):
        raise UnreadableFile(line.number, "Between the two times there is no arrow like -->.")
