"""Reads files of timed items, by the extension of their names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from services.compare.carry.document import (
    Document,
    Follows,
    Item,
    Placement,
    UnknownFormat,
    UnreadableFile,
)

_TIMES = re.compile(r"(\d+):(\d\d):(\d\d)[,.](\d{3}) --> (\d+):(\d\d):(\d\d)[,.](\d{3})(.*)")


def read(name: str, content: bytes, *, frame_rate: float, start_timecode: float | None) -> Document:
    """The file as a document.

    Raises UnreadableFile, and UnknownFormat for an extension that no format has.
    """
    if PurePath(name).suffix.lower() != ".srt":
        raise UnknownFormat(None, "Files of this kind cannot be carried over.")
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableFile(line, "It is no UTF-8.") from error
    return _SubRip(_items(lines))


def _items(lines: Sequence[str]) -> list[Item]:
    items: list[Item] = []
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        times = _TIMES.fullmatch(lines[at + 1].strip()) if at + 1 < len(lines) else None
        if times is None:
            raise UnreadableFile(at + 2, "Here should be times like 00:00:01,000 --> 00:00:02,000.")
        end = next((n for n in range(at + 2, len(lines)) if not lines[n].strip()), len(lines))
        items.append(
            Item(
                key=str(len(items)),
                start=_seconds(times.groups()[:4]),
                end=_seconds(times.groups()[4:8]),
                text="\n".join(lines[at + 2 : end]),
                location=f"line {at + 1}",
            )
        )
        at = end
    if not items:
        raise UnreadableFile(None, "It has no subtitles.")
    return items


def _seconds(parts: Sequence[str]) -> float:
    hours, minutes, seconds, milliseconds = (int(part) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000


def _clock(seconds: float) -> str:
    minutes, milliseconds = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02},{milliseconds % 1000:03}"


class _SubRip:
    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items

    @property
    def items(self) -> Sequence[Item]:
        return self._items

    @property
    def follows(self) -> Follows:
        return Follows.SOUND

    def written(self, placements: Mapping[str, Sequence[Placement]]) -> bytes:
        placed = [(each, item) for item in self._items for each in placements.get(item.key, ())]
        placed.sort(key=lambda pair: pair[0].start)
        return "\n".join(
            f"{number}\n{_clock(each.start)} --> {_clock(each.end or each.start)}\n{item.text}\n"
            for number, (each, item) in enumerate(placed, 1)
        ).encode()
