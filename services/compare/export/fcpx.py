"""FCPXML 1.8: three projects, as Final Cut Pro and Resolve import them.

Times are fractions of a second, exact to the frame. The picture is the primary storyline, in which
gaps stand for what is empty; each piece of the sound hangs on the item of the storyline at which it
begins, in a lane below.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from services.compare.export.document import Document, ExportFile
from services.compare.export.pieces import Span
from services.compare.export.sequences import (
    PICTURE,
    Clip,
    CutSequence,
    Marker,
    Media,
    media_of,
    sequences_of,
)
from services.compare.export.timecode import FrameClock

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
_FORMATS = {"A": "r1", "B": "r2"}
_ASSETS = {"A": "r3", "B": "r4"}


@dataclass(frozen=True)
class _Item:
    """An item of the storyline. start: where its own time begins, in seconds."""

    element: Element
    record: Span
    start: Fraction


def write_fcpx(document: Document) -> ExportFile:
    """Projects in one event: B made of A first, then B and A as they are."""
    name = document.file_name("fcpxml")
    found = sequences_of(document)
    of_a, of_b = media_of(document)
    root = Element("fcpxml", version="1.8")
    resources = SubElement(root, "resources")
    for media in (of_a, of_b):
        length = _seconds(1, media.clock)
        SubElement(
            resources,
            "format",
            id=_FORMATS[media.side],
            frameDuration=_rational(length),
            width="1920",
            height="1080",
        )
    for media in (of_a, of_b):
        resources.append(_asset(media, found.a if media.side == "A" else found.b))
    event = SubElement(SubElement(root, "library"), "event", name=name.removesuffix(".fcpxml"))
    for sequence, side in ((found.conformed, "B"), (found.b, "B"), (found.a, "A")):
        event.append(_project(sequence, side))
    ElementTree.indent(root, " ")
    text = _HEAD + ElementTree.tostring(root, encoding="unicode") + "\n"
    return ExportFile(
        content_type=f'application/xml; charset=utf-8; name="{name}"',
        file_name=name,
        data=text.encode(),
    )


def _asset(media: Media, sequence: CutSequence) -> Element:
    has_sound = any(track.modality != PICTURE for track in sequence.tracks)
    channels = {"audioSources": "1", "audioChannels": str(media.channels)} if has_sound else {}
    return Element(
        "asset",
        id=_ASSETS[media.side],
        name=media.name,
        src=f"file:///{quote(media.name)}",
        start=_rational(_seconds(media.clock.start, media.clock)),
        duration=_rational(_seconds(media.frames, media.clock)),
        hasVideo="1",
        hasAudio="1" if has_sound else "0",
        format=_FORMATS[media.side],
        attrib=channels,
    )


def _project(sequence: CutSequence, side: str) -> Element:
    clock = sequence.clock
    project = Element("project", name=sequence.name)
    element = SubElement(
        project,
        "sequence",
        format=_FORMATS[side],
        duration=_rational(_seconds(sequence.frames, clock)),
        tcStart=_rational(_seconds(clock.start, clock)),
        tcFormat="DF" if clock.dropped else "NDF",
    )
    spine = SubElement(element, "spine")
    picture = [
        clip for track in sequence.tracks if track.modality == PICTURE for clip in track.clips
    ]
    sound = [clip for track in sequence.tracks if track.modality != PICTURE for clip in track.clips]
    items = _storyline(picture, sequence)
    firsts = [item.record.start for item in items]
    spine.extend(item.element for item in items)
    for clip in sound:
        item = items[max(0, bisect_right(firsts, clip.record.start) - 1)]
        at = item.start + _seconds(clip.record.start - item.record.start, clock)
        item.element.append(_clip(clip, clock, at, lane="-1", enabled="audio"))
    # Markers come after what hangs on an item, as the format has it.
    for marker in sequence.markers:
        if items:
            item = items[max(0, bisect_right(firsts, marker.span.start) - 1)]
            item.element.append(_marker(marker, item, clock))
    return project


def _storyline(clips: Sequence[Clip], sequence: CutSequence) -> list[_Item]:
    clock, items, at = sequence.clock, list[_Item](), 0
    origin = _seconds(clock.start, clock)
    for clip in clips:
        if clip.record.start > at:
            items.append(_gap(Span(start=at, end=clip.record.start), clock, origin))
        element = _clip(clip, clock, origin + _seconds(clip.record.start, clock), enabled="video")
        items.append(_Item(element, clip.record, _start(clip)))
        at = clip.record.end
    if sequence.frames > at:
        items.append(_gap(Span(start=at, end=sequence.frames), clock, origin))
    return items


def _gap(span: Span, clock: FrameClock, origin: Fraction) -> _Item:
    element = Element(
        "gap",
        name="Gap",
        offset=_rational(origin + _seconds(span.start, clock)),
        start="0s",
        duration=_rational(_seconds(span.length, clock)),
    )
    return _Item(element, span, Fraction(0))


def _clip(
    clip: Clip, clock: FrameClock, offset: Fraction, *, enabled: str, lane: str | None = None
) -> Element:
    attributes = {
        "name": clip.media.name,
        "ref": _ASSETS[clip.media.side],
        "offset": _rational(offset),
        "start": _rational(_start(clip)),
        "duration": _rational(_seconds(clip.record.length, clock)),
        "srcEnable": enabled,
        "tcFormat": "DF" if clip.media.clock.dropped else "NDF",
    }
    if lane is not None:
        attributes["lane"] = lane
    element = Element("asset-clip", attributes)
    if _is_retimed(clip):
        times = SubElement(element, "timeMap")
        ends = (
            (Fraction(0), clip.source.start),
            (_seconds(clip.record.length, clock), clip.source.end),
        )
        for time, frame in ends:
            value = _seconds(clip.media.clock.start + frame, clip.media.clock)
            SubElement(
                times, "timept", time=_rational(time), value=_rational(value), interp="linear"
            )
    return element


def _is_retimed(clip: Clip) -> bool:
    return clip.source.length != clip.record.length


def _start(clip: Clip) -> Fraction:
    """Where a clip's own time begins: in the file's time, or at 0 when it has a time map."""
    if _is_retimed(clip):
        return Fraction(0)
    return _seconds(clip.media.clock.start + clip.source.start, clip.media.clock)


def _marker(marker: Marker, item: _Item, clock: FrameClock) -> Element:
    at = item.start + _seconds(marker.span.start - item.record.start, clock)
    return Element(
        "marker",
        start=_rational(at),
        duration=_rational(_seconds(marker.span.length, clock)),
        value=marker.name,
        note=marker.comment,
    )


def _seconds(frames: int, clock: FrameClock) -> Fraction:
    return frames / clock.rational_rate


def _rational(seconds: Fraction) -> str:
    """`1001/24000s`, `2s`"""
    if seconds.denominator == 1:
        return f"{seconds.numerator}s"
    return f"{seconds.numerator}/{seconds.denominator}s"
