"""Change notes: the steps from A to B in words, and as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.document import Document, ExportFile
from services.compare.export.steps import Action, Step, source_clock, steps_of
from services.compare.export.timecode import FrameClock

_FRAMES_PER_FOOT = 16
_TRACKS = {Modality.MODALITY_VISUAL: "Picture", Modality.MODALITY_AUDIO: "Sound"}
_COLUMNS = (
    "track",
    "step",
    "at",
    "action",
    "removed",
    "added",
    "a_start",
    "a_end",
    "removed_frames",
    "added_frames",
    "net_frames",
)


def write_notes(document: Document) -> ExportFile:
    """Text, in UTF-8: a list for the picture and one for the sound."""
    name = document.file_name("change-notes.txt")
    return ExportFile(
        content_type=f'text/plain; charset=utf-8; name="{name}"',
        file_name=name,
        data=("\r\n".join(_lines(document)) + "\r\n").encode(),
    )


def write_notes_csv(document: Document) -> ExportFile:
    """UTF-8, after RFC 4180; a row for each step, first those of the picture."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(_COLUMNS)
    for modality, track in _TRACKS.items():
        for number, step in enumerate(steps_of(document, modality), 1):
            rows.writerow(_row(track, number, step, document))
    name = document.file_name("change-notes.csv")
    return ExportFile(
        content_type=f'text/csv; charset=utf-8; header=present; name="{name}"',
        file_name=name,
        data=text.getvalue().encode(),
    )


def _lines(document: Document) -> Iterator[str]:
    unit = "feet+frames (35 mm, 4 perforations)" if document.in_feet else "seconds+frames"
    yield "CHANGE NOTES"
    yield f"From A: {_one_line(document.a_name)}"
    yield f"To B:   {_one_line(document.b_name)}"
    yield f"{document.b_clock.frame_rate:.6g} frames a second; lengths in {unit}."
    yield "Carry the steps out in their order. Each time is the sequence's, as the steps before"
    yield "have left it; net is by how much it is longer than A by then."
    compared = {region.modality for region in document.comparison.regions}
    for modality, track in _TRACKS.items():
        if modality not in compared:
            continue
        steps = steps_of(document, modality)
        yield ""
        yield track.upper()
        if not steps:
            yield "  No changes."
        for number, step in enumerate(steps, 1):
            at = document.b_clock.timecode(step.at)
            net = _signed(step.net, document)
            yield f"  {number:>4}  at {at}  {_sentence(step, document):<60}  net {net}"


def _sentence(step: Step, document: Document) -> str:
    removed, added = (_length(each, document) for each in (step.removed, step.added))
    source = ""
    if step.source is not None:
        clock = source_clock(document)
        source = f" (A {clock.timecode(step.source.start)} - {clock.timecode(step.source.end)})"
    match step.action:
        case Action.REPLACE:
            return f"replace {removed} by {added}{source}"
        case Action.RETIME:
            percent = 100 * step.removed / step.added
            return f"change speed to {percent:.1f} %: {removed} becomes {added}{source}"
        case Action.LIFT:
            return f"lift {removed}, it is moved{source}"
        case Action.MOVE:
            return f"move in {added}{source}"
        case Action.DELETE:
            return f"delete {removed}{source}"
        case Action.INSERT:
            return f"insert {added}"


def _row(track: str, number: int, step: Step, document: Document) -> list[str | int]:
    clock: FrameClock = source_clock(document)
    source = step.source
    return [
        track.lower(),
        number,
        document.b_clock.timecode(step.at),
        step.action.value,
        _length(step.removed, document),
        _length(step.added, document),
        "" if source is None else clock.timecode(source.start),
        "" if source is None else clock.timecode(source.end),
        step.removed,
        step.added,
        step.net,
    ]


def _length(frames: int, document: Document) -> str:
    """`4+11`"""
    unit = _FRAMES_PER_FOOT if document.in_feet else document.b_clock.nominal
    whole, rest = divmod(frames, unit)
    return f"{whole}+{rest:02}"


def _signed(frames: int, document: Document) -> str:
    """`-4+11`. Not for tables: a spreadsheet would take it for a sum."""
    sign = "-" if frames < 0 else "+" if frames else ""
    return f"{sign}{_length(abs(frames), document)}"


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
