"""Advanced Authoring Format: B made of A, picture and sound, for Media Composer and Pro Tools.

A composition plays stretches of a master mob; that leads to the file by its name, and on to a tape,
which has the file's start time code. No essence is packed in: the program finds the file, or asks
for it. What is new in B is filler, another speed a motion effect, a difference a marker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from urllib.parse import quote
from uuid import UUID

import aaf2

from services.compare.export.document import Document, ExportFile
from services.compare.export.kinds import COLORS
from services.compare.export.sequences import (
    PICTURE,
    Clip,
    CutSequence,
    Marker,
    Media,
    Track,
    media_of,
    sequences_of,
)
from services.compare.export.timecode import FrameClock

# The names by which Avid's programs and the AAF edit protocol know them.
_MOTION_CONTROL = {
    "picture": UUID("9d2ea890-0968-11d3-8a38-0050040ef7d2"),
    "sound": UUID("3f1c8a52-7d0e-4b7a-9c55-2f6f0c1f9f10"),
}
_SPEED_RATIO = UUID("72559a80-24d7-11d3-8a50-0050040ef7d2")
_SLOTS = {"picture": 1, "sound": 2}
_MEDIA_KINDS = {"picture": "Picture", "sound": "Sound"}
_SOUND_RATE = 48_000
# 12 hours of time code on a tape.
_TAPE_SECONDS = 12 * 3600


@dataclass(frozen=True)
class _Writing:
    """The file that is written, A's master mob in it, and the effects it knows, by kind."""

    file: Any
    master: Any
    effects: dict[str, Any] = field(default_factory=dict)


def write_aaf(document: Document) -> ExportFile:
    """One composition that conforms A's media to B, with markers, as a whole file in memory."""
    name = document.file_name("aaf")
    sequence = sequences_of(document).conformed
    media, _ = media_of(document)
    file = aaf2.open(None, "w")
    _composition(_Writing(file, _master(file, media, sequence)), sequence)
    return ExportFile(
        content_type=f'application/octet-stream; name="{name}"',
        file_name=name,
        data=_finished(file),
    )


def _finished(file: Any) -> bytes:
    """What `close` does, but for throwing away the file in memory."""
    file.save()
    file.manager.remove_temp()
    file.cfb.close()
    data: bytes = file.f.getvalue()
    file.f.close()
    return data


def _master(file: Any, media: Media, sequence: CutSequence) -> Any:
    """A's master mob, with a slot for each kind of track there is."""
    rate = _rate(media.clock)
    tape = file.create.SourceMob(media.name)
    tape.descriptor = file.create.TapeDescriptor()
    master = file.create.MasterMob(media.name)
    file.content.mobs.extend([tape, master])
    code = tape.create_timeline_slot(rate)
    code.segment = _timecode(file, media.clock, _TAPE_SECONDS * media.clock.nominal)
    for kind in _kinds(sequence.tracks):
        tape_slot = tape.create_empty_slot(rate, _MEDIA_KINDS[kind])
        tape_slot.segment.length = media.frames
        essence = file.create.SourceMob(media.name)
        essence.descriptor = _descriptor(file, kind, media, rate)
        file.content.mobs.append(essence)
        essence_slot = essence.create_timeline_slot(rate)
        essence_slot.segment = tape.create_source_clip(
            slot_id=tape_slot.slot_id, length=media.frames, media_kind=_MEDIA_KINDS[kind]
        )
        slot = master.create_timeline_slot(rate, slot_id=_SLOTS[kind])
        slot.segment = essence.create_source_clip(
            slot_id=essence_slot.slot_id, length=media.frames, media_kind=_MEDIA_KINDS[kind]
        )
    return master


def _descriptor(file: Any, kind: str, media: Media, rate: Fraction) -> Any:
    """What the format wants to be told of a file; programs look into the file itself."""
    if kind == "picture":
        descriptor = file.create.CDCIDescriptor()
        descriptor["ComponentWidth"].value = 8
        descriptor["HorizontalSubsampling"].value = 2
        descriptor["ImageAspectRatio"].value = "16/9"
        descriptor["StoredWidth"].value, descriptor["StoredHeight"].value = 1920, 1080
        descriptor["FrameLayout"].value = "FullFrame"
        descriptor["VideoLineMap"].value = [42, 0]
        descriptor["SampleRate"].value = rate
        descriptor["Length"].value = media.frames
    else:
        descriptor = file.create.PCMDescriptor()
        descriptor["AudioSamplingRate"].value = _SOUND_RATE
        descriptor["SampleRate"].value = _SOUND_RATE
        descriptor["Channels"].value = 1
        descriptor["QuantizationBits"].value = 16
        descriptor["BlockAlign"].value = 2
        descriptor["AverageBPS"].value = 2 * _SOUND_RATE
        descriptor["Length"].value = int(media.frames / rate * _SOUND_RATE)
    locator = file.create.NetworkLocator()
    locator["URLString"].value = f"file:///{quote(media.name)}"
    descriptor["Locator"].append(locator)
    return descriptor


def _composition(writing: _Writing, sequence: CutSequence) -> None:
    file, rate = writing.file, _rate(sequence.clock)
    composition = file.create.CompositionMob(sequence.name)
    composition.usage = "Usage_TopLevel"
    file.content.mobs.append(composition)
    code = composition.create_timeline_slot(rate)
    code["PhysicalTrackNumber"].value = 1
    code.segment = _timecode(file, sequence.clock, sequence.frames)
    described = None
    for track, kind in zip(sequence.tracks, _kinds(sequence.tracks), strict=True):
        slot = composition.create_timeline_slot(rate)
        slot.name = "V1" if kind == "picture" else "A1"
        slot["PhysicalTrackNumber"].value = 1
        slot.segment = _components(writing, track, kind, sequence)
        described = described or slot
    if described is not None and sequence.markers:
        _add_markers(file, composition, described.slot_id, sequence)


def _components(writing: _Writing, track: Track, kind: str, sequence: CutSequence) -> Any:
    media_kind = _MEDIA_KINDS[kind]
    parts, at = [], 0
    for clip in track.clips:
        if clip.record.start > at:
            parts.append(writing.file.create.Filler(media_kind, clip.record.start - at))
        parts.append(_clip(writing, clip, kind))
        at = clip.record.end
    if sequence.frames > at:
        parts.append(writing.file.create.Filler(media_kind, sequence.frames - at))
    element = writing.file.create.Sequence(media_kind=media_kind)
    element.components.value = parts
    element.length = sequence.frames
    return element


def _clip(writing: _Writing, clip: Clip, kind: str) -> Any:
    source = writing.master.create_source_clip(
        slot_id=_SLOTS[kind],
        start=clip.source.start,
        length=clip.source.length,
        media_kind=_MEDIA_KINDS[kind],
    )
    if clip.source.length == clip.record.length:
        return source
    # `create` remembers the class it was asked for last: one thing is made after the other.
    if kind not in writing.effects:
        writing.effects[kind] = _motion_control(writing.file, kind)
    group = writing.file.create.OperationGroup(writing.effects[kind])
    group.media_kind = _MEDIA_KINDS[kind]
    group.length = clip.record.length
    group.segments.append(source)
    ratio = Fraction(clip.record.length, clip.source.length)
    group.parameters.append(writing.file.create.ConstantValue("SpeedRatio", ratio))
    return group


def _motion_control(file: Any, kind: str) -> Any:
    """The definition of the effect, now in the file's dictionary."""
    known = {str(each.auid): each for each in file.dictionary["ParameterDefinitions"].value}
    ratio = known.get(str(_SPEED_RATIO))
    if ratio is None:
        ratio = file.create.ParameterDef(_SPEED_RATIO, "SpeedRatio", "", "Rational")
        file.dictionary.register_def(ratio)
    definition = file.create.OperationDef(_MOTION_CONTROL[kind], "Motion Control", "")
    definition.media_kind = _MEDIA_KINDS[kind]
    definition["IsTimeWarp"].value = True
    definition["NumberInputs"].value = 1
    definition["Bypass"].value = 0
    definition["OperationCategory"].value = "OperationCategory_Effect"
    definition["ParametersDefined"].extend([ratio])
    file.dictionary.register_def(definition)
    return definition


def _add_markers(file: Any, composition: Any, slot_id: int, sequence: CutSequence) -> None:
    """On the first track, as Media Composer keeps them."""
    slot = file.create.EventMobSlot()
    slot["EditRate"].value = _rate(sequence.clock)
    slot["SlotID"].value = 1000
    slot["PhysicalTrackNumber"].value = 1
    events = file.create.Sequence(media_kind="DescriptiveMetadata")
    events.components.value = [_marker(file, marker, slot_id) for marker in sequence.markers]
    slot.segment = events
    composition.slots.append(slot)


def _marker(file: Any, marker: Marker, slot_id: int) -> Any:
    element = file.create.DescriptiveMarker()
    element["DescribedSlots"].value = {slot_id}
    element["Position"].value = marker.span.start
    element.length = marker.span.length
    element["Comment"].value = f"{marker.name}: {marker.comment}"
    levels = bytes.fromhex(COLORS[marker.region.kind].hex.removeprefix("#"))
    red, green, blue = (257 * level for level in levels)
    element["CommentMarkerColor"].value = {"red": red, "green": green, "blue": blue}
    return element


def _timecode(file: Any, clock: FrameClock, frames: int) -> Any:
    code = file.create.Timecode(clock.nominal, bool(clock.dropped), frames)
    code.start = clock.start
    return code


def _kinds(tracks: Sequence[Track]) -> list[str]:
    return ["picture" if track.modality == PICTURE else "sound" for track in tracks]


def _rate(clock: FrameClock) -> Fraction:
    return clock.rational_rate
