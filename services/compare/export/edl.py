"""Markers as a CMX 3600 list: one event for each difference, on B's timeline.

Every event plays B against itself: the list conforms nothing, it marks. What is only in A has no
length in B: its event is one frame long, and its comment says what is missing. Resolve imports the
lines with `|C:` (colour), `|M:` (name) and `|D:` (frames) as timeline markers; `* LOC:` comments
are locators, which other editing systems show.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sage.compare.v1.compare_pb2 import Region
from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.document import (
    Document,
    ExportFile,
    differences,
    kind_name,
    modality_name,
)
from services.compare.export.kinds import COLORS
from services.compare.export.timecode import FrameClock

_MAX_EVENTS = 999
_COMMENT_LENGTH = 80


@dataclass
class _Event:
    """Frames of B on one track, and the differences in them."""

    track: str
    start: int
    end: int
    regions: list[Region]


def write_edl(document: Document) -> ExportFile:
    """The format's event numbers have three digits: events after the 999th are left out."""
    clock = document.b_clock
    events = _events(document, clock)
    lines = [
        f"TITLE: {plain(document.file_name('edl').removesuffix('.edl'))}",
        f"FCM: {'DROP FRAME' if clock.dropped else 'NON-DROP FRAME'}",
        "",
    ]
    for number, event in enumerate(events[:_MAX_EVENTS], 1):
        lines += _lines(number, event, document, clock)
        if number == 1:  # readers take comments for a part of the event before
            lines.append(f"* FRAME RATE: {clock.frame_rate:.6g}")
            if len(events) > _MAX_EVENTS:
                lines.append(f"* THE FIRST {_MAX_EVENTS} OF {len(events)} EVENTS")
    name = document.file_name("edl")
    return ExportFile(
        content_type=f'text/plain; charset=us-ascii; name="{name}"',
        file_name=name,
        data=("\r\n".join(lines) + "\r\n").encode("ascii"),
    )


def _events(document: Document, clock: FrameClock) -> list[_Event]:
    """In B's order. Differences that share a frame share an event: records must not overlap."""
    events: list[_Event] = []
    last: dict[str, _Event] = {}
    for region in sorted(differences(document.comparison), key=lambda r: (r.b_start, r.b_end)):
        track = "A" if region.modality == Modality.MODALITY_AUDIO else "V"
        start = clock.frame(region.b_start)
        end = max(clock.frame(region.b_end), start + 1)
        before = last.get(track)
        if before is not None and start < before.end:
            before.end = max(before.end, end)
            before.regions.append(region)
        else:
            last[track] = _Event(track, start, end, [region])
            events.append(last[track])
    return events


def _lines(number: int, event: _Event, document: Document, clock: FrameClock) -> Iterator[str]:
    span = f"{clock.timecode(event.start)} {clock.timecode(event.end)}"
    yield f"{number:03}  B        {event.track}     C        {span} {span}"
    yield _resolve_marker(event)
    yield f"* FROM CLIP NAME: {plain(document.b_name)}"
    for region in event.regions:
        kind = kind_name(region.kind).upper()
        at = clock.timecode(clock.frame(region.b_start))
        modality = modality_name(region.modality).upper()
        yield f"* LOC: {at} {COLORS[region.kind].locator:<7} {kind} ({modality})"
        in_a = " ".join(
            document.a_clock.timecode(document.a_clock.frame(time))
            for time in (region.a_start, region.a_end)
        )
        yield f"* {kind} IN A: {in_a} SCORE: {region.score:.3f} RATE: {region.rate:.3f}"


def _resolve_marker(event: _Event) -> str:
    """One for an event, as Resolve wants it: in the line after it, without `*`."""
    names = dict.fromkeys(kind_name(region.kind).upper() for region in event.regions)
    modality = "SOUND" if event.track == "A" else "PICTURE"
    color = COLORS[event.regions[0].kind].resolve
    frames = event.end - event.start
    return f" |C:ResolveColor{color} |M:{' + '.join(names)} ({modality}) |D:{frames}"


def plain(text: str) -> str:
    """ASCII on one line, as the format wants it."""
    ascii_only = text.encode("ascii", "replace").decode()
    return "".join(c if c.isprintable() else " " for c in ascii_only)[:_COMMENT_LENGTH]
