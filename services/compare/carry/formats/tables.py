"""Markers and comments in tables: CSV, and the tables of Frame.io, Premiere and Avid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.compare.carry.document import Document, Follows, Item, UnreadableFile
from services.compare.carry.formats.arrangement import Placed
from services.compare.carry.formats.blocks import Block, BlockDocument
from services.compare.carry.formats.encoded_text import EncodedText
from services.compare.carry.formats.table_cells import Row, cell_text, remarked, replaced, rows
from services.compare.carry.formats.time_scales import (
    FROM_ZERO,
    Decimal,
    Frames,
    Scale,
    Starts,
    Timecodes,
    clock_like,
    clock_ticks,
    frame_text,
)

_STARTS = [
    *("timecode in", "tc in", "start timecode", "start tc", "timecode", "time code", "tc"),
    *("in", "in point", "start", "start time", "begin", "time", "timestamp", "position"),
    *("seconds", "start seconds", "media time"),
]
_ENDS = [
    *("timecode out", "tc out", "end timecode", "end tc", "out", "out point", "end", "end time"),
    *("stop", "finish", "end seconds"),
]
_FRAMES = ["frame", "frame number", "start frame", "frame in"]
_END_FRAMES = ["end frame", "frame out"]
_LENGTHS = ["duration", "length", "dur"]
_FRAME_LENGTHS = ["duration frames", "length frames", "frames"]
_TEXTS = [
    *("comment", "comments", "comment text", "text", "note", "notes", "message", "body"),
    *("description", "marker name", "name", "label", "title", "subtitle", "dialogue", "legend"),
]
_HEADER_ROWS = 20
_SAMPLE = 65_536
_TIMECODE = re.compile(r"\d{1,3}[:;]\d{2}[:;]\d{2}[:;]\d{2,3}")
_CLOCK = re.compile(r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,9})?")
_DECIMAL = re.compile(r"(\d{1,9})(?:([.,])(\d{1,9}))?")
_WHOLE = re.compile(r"\d{1,9}")
_AVID_TRACK = re.compile(r"[A-Z]{1,3}\d{0,2}")


@dataclass(frozen=True, kw_only=True)
class _Columns:
    """Where times stand in a row. All of `starts` are written, the first is read."""

    starts: Sequence[int]
    ends: Sequence[int]
    lengths: Sequence[int]
    text: int | None
    counted: frozenset[int]  # these hold numbers of frames


@dataclass(frozen=True)
class _Time:
    """A cell's time."""

    scale: Scale
    ticks: int
    said: str

    @property
    def seconds(self) -> float:
        return self.scale.seconds(self.ticks)

    def written(self, seconds: float) -> str:
        ticks = self.scale.ticks(seconds)
        counts_anew = isinstance(self.scale, Frames) and self.scale.changes
        if ticks == self.ticks and not counts_anew:
            return self.said
        if isinstance(self.scale, Frames):
            if _WHOLE.fullmatch(self.said):
                return str(ticks)
            return frame_text(self.scale.written, ticks, self.said)
        digits = self.scale.digits if isinstance(self.scale, Decimal) else 3
        point = "," if "," in self.said else "."
        if ":" in self.said:
            return clock_like(ticks, digits, self.said)
        written = len(self.said) - len(self.said.rstrip("0123456789"))
        least = written if "." in self.said or "," in self.said else 0
        whole, fraction = divmod(ticks, 10**digits)
        decimals = f"{fraction:0{digits}}"
        kept = decimals[: max(len(decimals.rstrip("0")), least)]
        return f"{whole}{point}{kept}" if kept else str(whole)


@dataclass(frozen=True, kw_only=True)
class _Entry:
    item: Item
    row: Row
    columns: _Columns
    delimiter: str
    starts: dict[int, _Time]
    ends: dict[int, _Time]
    lengths: dict[int, _Time]

    def written(self, placed: Placed) -> str:
        placement = placed.placement
        cells = list(self.row.cells)
        # What the columns of a row say need not agree; each moves as far as the item does.
        later = placement.start - self.item.start
        longer = 0.0
        if self.item.end is not None and placement.end is not None:
            longer = placement.end - self.item.end - later
        moved = [(self.starts, later), (self.ends, later + longer), (self.lengths, longer)]
        for times, change in moved:
            for column, time in times.items():
                cells[column] = replaced(cells[column], time.written(time.seconds + change))
        column = self.columns.text if self.columns.text is not None else len(cells)
        if placement.note and column < len(cells):
            cells[column] = remarked(cells[column], placement.note, self.delimiter)
        return self.delimiter.join(cells)


class _Reader:
    """Reads the times of cells."""

    def __init__(self, frame_rate: float, starts: Starts, written_rate: float | None) -> None:
        self._timecodes = Timecodes(frame_rate, starts, written_rate)
        self._lengths = Timecodes(frame_rate, FROM_ZERO, written_rate)
        self._starts = starts

    def time(self, said: str, line: int | None, *, counted: bool, length: bool) -> _Time | None:
        """None for a cell that holds no time; UnreadableFile for one that cannot be."""
        timecodes = self._lengths if length else self._timecodes
        if counted:
            # Numbers of frames count from the beginning of the video.
            scale = self._lengths.scale("")
            return _Time(scale, int(said), said) if _WHOLE.fullmatch(said) else None
        if _TIMECODE.fullmatch(said):
            return _Time(timecodes.scale(said), timecodes.ticks(said, line), said)
        starts = FROM_ZERO if length else self._starts
        if _CLOCK.fullmatch(said):
            decimal = Decimal(digits=_digits(said), starts=starts)
            return _Time(decimal, clock_ticks(said, decimal.digits, line), said)
        match = _DECIMAL.fullmatch(said)
        if match is None:
            return None
        decimal = Decimal(digits=_digits(said), starts=starts)
        fraction = (match[3] or "").ljust(decimal.digits, "0")
        return _Time(decimal, int(match[1]) * 10**decimal.digits + int(fraction), said)


def is_table(text: str) -> bool:
    """By its first row, which names columns that are known here."""
    return _layout(text) is not None


def is_avid_markers(text: str) -> bool:
    """By its first row: no names, but a time code and a track in the second and third cell."""
    first = next((row for row in rows(text[:_SAMPLE], "\t") if any(row.cells)), None)
    return (
        first is not None
        and len(first.cells) >= 5
        and _TIMECODE.fullmatch(first.cells[1].strip()) is not None
        and _AVID_TRACK.fullmatch(first.cells[2].strip()) is not None
    )


def read_table(
    source: EncodedText,
    *,
    frame_rate: float,
    starts: Starts,
    written_rate: float | None = None,
) -> Document:
    """A table with a row of names, one of which is that of a time's column.

    Raises UnreadableFile.
    """
    layout = _layout(source.text)
    if layout is None:
        raise UnreadableFile(
            1, "No column is called start, in, time, timecode or frame, so no time can be read."
        )
    delimiter, header = layout
    every = list(rows(source.text, delimiter))
    names = [_plain(name) for name in every[header].cells]
    reader = _Reader(frame_rate, starts, written_rate)
    columns = _columns(names, every[header + 1 :], reader)
    return _document(source, every, header + 1, columns, delimiter, reader)


def read_avid_markers(
    source: EncodedText,
    *,
    frame_rate: float,
    starts: Starts,
    written_rate: float | None = None,
) -> Document:
    """User, time code, track, colour, comment and, in newer versions, a number of frames."""
    columns = _Columns(starts=[1], ends=[], lengths=[5], text=4, counted=frozenset({5}))
    every = list(rows(source.text, "\t"))
    return _document(source, every, 0, columns, "\t", _Reader(frame_rate, starts, written_rate))


def _layout(text: str) -> tuple[str, int] | None:
    """The delimiter, and which row has the names."""
    sample = text[:_SAMPLE]
    for delimiter in ("\t", ",", ";"):
        try:
            for place, row in zip(range(_HEADER_ROWS), rows(sample, delimiter), strict=False):
                names = [_plain(name) for name in row.cells]
                if len(names) > 1 and any(name in (*_STARTS, *_FRAMES) for name in names):
                    return delimiter, place
        except UnreadableFile:
            continue
    return None


def _columns(names: list[str], body: list[Row], reader: _Reader) -> _Columns:
    """A name alone is not enough: "Timestamp" may be when a comment was written."""

    def holds_times(column: int, *, counted: bool) -> bool:
        for row in body:
            if column < len(row.cells) and (said := cell_text(row.cells[column])):
                try:
                    return reader.time(said, None, counted=counted, length=False) is not None
                except UnreadableFile:
                    return True
        return False

    def found(wanted: list[str], *, counted: bool = False) -> list[int]:
        places = [names.index(name) for name in wanted if name in names]
        timed = [column for column in places if holds_times(column, counted=counted)]
        return timed or ([] if counted else places[:1])

    starts, start_frames = found(_STARTS), found(_FRAMES, counted=True)
    if not starts and not start_frames:
        # There is no other column of times: what is none in it has to be said.
        start_frames = [names.index(name) for name in _FRAMES if name in names][:1]
    ends, end_frames = found(_ENDS), found(_END_FRAMES, counted=True)
    lengths, frame_lengths = found(_LENGTHS), found(_FRAME_LENGTHS, counted=True)
    return _Columns(
        starts=starts + start_frames,
        ends=ends + end_frames,
        lengths=lengths + frame_lengths,
        text=next((names.index(name) for name in _TEXTS if name in names), None),
        counted=frozenset([*start_frames, *end_frames, *frame_lengths]),
    )


def _document(
    source: EncodedText,
    every: list[Row],
    first: int,
    columns: _Columns,
    delimiter: str,
    reader: _Reader,
) -> Document:
    lead: list[str] = []
    blocks: list[Block] = []
    for row in every[first:]:
        said = _said(row, columns.starts[0]) if columns.starts else ""
        if not said:
            lead.append(delimiter.join(row.cells) + row.ending)
            continue
        entry = _entry(row, columns, delimiter, reader, str(len(blocks) + 1))
        blocks.append(
            Block(item=entry.item, lead="".join(lead), written=entry.written, gap=row.ending)
        )
        lead = []
    return BlockDocument(
        source=source,
        follows=Follows.PICTURE,
        head="".join(delimiter.join(row.cells) + row.ending for row in every[:first]),
        blocks=blocks,
        tail="".join(lead),
        separator=source.line_end,
    )


def _entry(row: Row, columns: _Columns, delimiter: str, reader: _Reader, key: str) -> _Entry:
    def times(places: Sequence[int], *, length: bool = False) -> dict[int, _Time]:
        found = {}
        for column in places:
            said = _said(row, column)
            counted = column in columns.counted
            time = reader.time(said, row.line, counted=counted, length=length)
            if time is not None:
                found[column] = time
        return found

    starts, ends = times(columns.starts), times(columns.ends)
    lengths = times(columns.lengths, length=True)
    if columns.starts[0] not in starts:
        said = _said(row, columns.starts[0])
        raise UnreadableFile(row.line, f"{said[:40]!r} is not a time.")
    start = starts[columns.starts[0]].seconds
    end: float | None = None
    if ends:
        end = next(iter(ends.values())).seconds
        if end < start - 1e-9:
            raise UnreadableFile(row.line, "The end is before the start.")
    elif lengths:
        column, length = next(iter(lengths.items()))
        # A marker of one frame is a moment, as one without a length.
        moment = column in columns.counted and length.ticks <= 1
        end = start if moment else start + length.seconds
    item = Item(
        key=key,
        start=start,
        end=end if end is not None and end > start else None,
        text="" if columns.text is None else _said(row, columns.text),
        location=f"line {row.line}",
    )
    return _Entry(
        item=item,
        row=row,
        columns=columns,
        delimiter=delimiter,
        starts=starts,
        ends=ends,
        lengths=lengths,
    )


def _said(row: Row, column: int) -> str:
    return cell_text(row.cells[column]) if column < len(row.cells) else ""


def _plain(name: str) -> str:
    """A column's name without case, brackets and underscores."""
    return " ".join(re.sub(r"[\W_]+", " ", cell_text(name).lower()).split())


def _digits(said: str) -> int:
    fraction = re.search(r"[.,](\d+)$", said)
    return max(3, len(fraction[1]) if fraction else 0)
