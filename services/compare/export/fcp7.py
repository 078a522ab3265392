"""Final Cut Pro 7 XML (xmeml 5): three sequences with their clips and markers, as Premiere Pro and
Resolve import them.

Frames are counted at `timebase`, a whole number, and `ntsc` says that it runs 0.1 % slower. Of a
clip with another speed, `in` and `out` are frames of the file as it is at that speed.
"""

from __future__ import annotations

from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from services.compare.export.document import Document, ExportFile
from services.compare.export.kinds import COLORS
from services.compare.export.sequences import (
    PICTURE,
    SOUND,
    Clip,
    CutSequence,
    Marker,
    Media,
    Track,
    sequences_of,
)
from services.compare.export.timecode import FrameClock

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'


def write_fcp7(document: Document) -> ExportFile:
    """B made of A first, then B and A as they are."""
    name = document.file_name("fcp7.xml")
    found = sequences_of(document)
    root = Element("xmeml", version="5")
    project = SubElement(root, "project")
    _text(project, "name", name.removesuffix(".fcp7.xml"))
    children = SubElement(project, "children")
    files: set[str] = set()
    for number, sequence in enumerate((found.conformed, found.b, found.a), 1):
        children.append(_sequence(sequence, number, files))
    ElementTree.indent(root, " ")
    text = _HEAD + ElementTree.tostring(root, encoding="unicode") + "\n"
    return ExportFile(
        content_type=f'application/xml; charset=utf-8; name="{name}"',
        file_name=name,
        data=text.encode(),
    )


def _sequence(sequence: CutSequence, number: int, files: set[str]) -> Element:
    """files: the ids of files that were described; the next mention of one is its id alone."""
    element = Element("sequence", id=f"sequence-{number}")
    _text(element, "name", sequence.name)
    _text(element, "duration", sequence.frames)
    _rate(element, sequence.clock)
    _timecode(element, sequence.clock)
    media = SubElement(element, "media")
    video, audio = SubElement(media, "video"), SubElement(media, "audio")
    characteristics = SubElement(SubElement(video, "format"), "samplecharacteristics")
    _rate(characteristics, sequence.clock)
    for track in sequence.tracks:
        if track.modality == PICTURE:
            video.append(_track(track, sequence, f"{number}-v", files))
            continue
        # Each channel of the sound is a track of its own.
        channels = max((clip.media.channels for clip in track.clips), default=1)
        for channel in range(1, channels + 1):
            audio.append(_track(track, sequence, f"{number}-a{channel}", files, channel))
    for marker in sequence.markers:
        element.append(_marker(marker))
    return element


def _track(
    track: Track, sequence: CutSequence, prefix: str, files: set[str], channel: int = 1
) -> Element:
    """prefix: what the ids of its clips begin with. channel: which one of the sound it takes."""
    element = Element("track")
    for index, clip in enumerate(track.clips, 1):
        item = SubElement(element, "clipitem", id=f"clipitem-{prefix}-{index}")
        _text(item, "name", clip.media.name)
        _text(item, "enabled", "TRUE")
        speed = clip.source.length / clip.record.length
        at_speed = round(clip.source.start / speed)
        _text(item, "duration", max(round(clip.media.frames / speed), 1))
        _rate(item, sequence.clock)
        _text(item, "start", clip.record.start)
        _text(item, "end", clip.record.end)
        _text(item, "in", at_speed)
        _text(item, "out", at_speed + clip.record.length)
        _file(item, clip.media, files)
        if clip.source.length != clip.record.length:
            item.append(_time_remap(speed, clip, sequence.clock, track))
        if track.modality == SOUND:
            source = SubElement(item, "sourcetrack")
            _text(source, "mediatype", "audio")
            _text(source, "trackindex", channel)
    return element


def _file(item: Element, media: Media, files: set[str]) -> None:
    identifier = f"file-{media.side}"
    element = SubElement(item, "file", id=identifier)
    if identifier in files:
        return
    files.add(identifier)
    _text(element, "name", media.name)
    _text(element, "pathurl", f"file://localhost/{quote(media.name)}")
    _rate(element, media.clock)
    _text(element, "duration", media.frames)
    _timecode(element, media.clock)
    kinds = SubElement(element, "media")
    SubElement(kinds, "video")
    _text(SubElement(kinds, "audio"), "channelcount", media.channels)


def _time_remap(speed: float, clip: Clip, clock: FrameClock, track: Track) -> Element:
    element = Element("filter")
    effect = SubElement(element, "effect")
    _text(effect, "name", "Time Remap")
    _text(effect, "effectid", "timeremap")
    _text(effect, "effectcategory", "motion")
    _text(effect, "effecttype", "motion")
    _text(effect, "mediatype", "audio" if track.modality == SOUND else "video")
    # Between files of different rates, a program keeps their time by itself.
    percent = 100 * speed * clock.exact_rate / clip.media.clock.exact_rate
    for name, value in (
        ("variablespeed", "0"),
        ("speed", f"{percent:.6f}"),
        ("reverse", "FALSE"),
        ("frameblending", "FALSE"),
    ):
        parameter = SubElement(effect, "parameter")
        _text(parameter, "parameterid", name)
        _text(parameter, "name", name)
        _text(parameter, "value", value)
    return element


def _marker(marker: Marker) -> Element:
    element = Element("marker")
    _text(element, "name", marker.name)
    _text(element, "comment", marker.comment)
    _text(element, "in", marker.span.start)
    _text(element, "out", marker.span.end)
    color = SubElement(element, "color")
    red, green, blue = bytes.fromhex(COLORS[marker.region.kind].hex.removeprefix("#"))
    for channel, value in (("alpha", 0), ("red", red), ("green", green), ("blue", blue)):
        _text(color, channel, value)
    return element


def _rate(parent: Element, clock: FrameClock) -> None:
    rate = SubElement(parent, "rate")
    _text(rate, "timebase", clock.nominal)
    _text(rate, "ntsc", "TRUE" if clock.is_ntsc else "FALSE")


def _timecode(parent: Element, clock: FrameClock) -> None:
    timecode = SubElement(parent, "timecode")
    _rate(timecode, clock)
    _text(timecode, "string", clock.timecode(0))
    _text(timecode, "frame", clock.start)
    _text(timecode, "displayformat", "DF" if clock.dropped else "NDF")


def _text(parent: Element, name: str, value: str | int) -> None:
    SubElement(parent, name).text = str(value)
