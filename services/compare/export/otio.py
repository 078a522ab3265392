"""OpenTimelineIO: the pieces of both versions as tracks, and B made of A, with markers.

One timeline, because programs open no file that holds several; its tracks begin together. Written
by hand after the schemas of OpenTimelineIO 0.15 and later (Timeline.1, Stack.1, Track.1, Clip.2,
Gap.1, LinearTimeWarp.1, Marker.2); it is plain JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from sage.compare.v1.compare_pb2 import Region
from services.compare.export.document import Document, ExportFile, kind_name, modality_name
from services.compare.export.kinds import COLORS
from services.compare.export.pieces import Span
from services.compare.export.sequences import (
    PICTURE,
    Clip,
    CutSequence,
    Marker,
    Media,
    Track,
    sequences_of,
    track_name,
)
from services.compare.export.timecode import FrameClock


def write_otio(document: Document) -> ExportFile:
    """One timeline at the rate of B, as compact JSON."""
    name = document.file_name("otio")
    # Without blanks: a long film has thousands of clips, each with all of its media reference.
    text = json.dumps(
        _timeline(document), separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return ExportFile(
        content_type=f'application/vnd.opentimelineio+json; name="{name}"',
        file_name=name,
        data=(text + "\n").encode(),
    )


def _timeline(document: Document) -> dict[str, Any]:
    found = sequences_of(document)
    clock = document.b_clock
    children = [
        *_tracks("A", found.a),
        *_tracks("B", found.b),
        *_tracks("B made of A", found.conformed),
    ]
    for child in children:
        if child["name"].startswith("A,"):
            child["markers"] = [_marker(each, found.a.clock) for each in found.a.markers]
            break
    return {
        "OTIO_SCHEMA": "Timeline.1",
        "name": document.file_name("otio").removesuffix(".otio"),
        "global_start_time": _time(clock.start, clock) if clock.start else None,
        "metadata": {"sage": {"engine": document.comparison.header.a.engine}},
        "tracks": {
            "OTIO_SCHEMA": "Stack.1",
            "name": "tracks",
            "source_range": None,
            "effects": [],
            # A timeline's own markers are those of its stack; its time is B's.
            "markers": [_marker(each, clock) for each in found.b.markers],
            "metadata": {},
            "children": children,
        },
    }


def _tracks(title: str, sequence: CutSequence) -> Iterator[dict[str, Any]]:
    for track in sequence.tracks:
        yield {
            "OTIO_SCHEMA": "Track.1",
            "name": f"{title}, {track_name(track.modality)}",
            "kind": "Video" if track.modality == PICTURE else "Audio",
            "source_range": None,
            "effects": [],
            "markers": [],
            "enabled": True,
            "children": list(_items(track, sequence)),
            "metadata": {},
        }


def _items(track: Track, sequence: CutSequence) -> Iterable[dict[str, Any]]:
    at = 0
    for clip in track.clips:
        if clip.record.start > at:
            yield _gap(clip.record.start - at, sequence.clock)
        yield _clip(clip, sequence.clock)
        at = clip.record.end
    if sequence.frames > at:
        yield _gap(sequence.frames - at, sequence.clock)


def _gap(frames: int, clock: FrameClock) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Gap.1",
        "name": "",
        "source_range": _range(Span(start=0, end=frames), clock),
        "effects": [],
        "markers": [],
        "enabled": True,
        "metadata": {},
    }


def _clip(clip: Clip, clock: FrameClock) -> dict[str, Any]:
    """Its range lasts as long as it plays, as OTIO has it; how much of the file that takes is in
    its effect."""
    media = clip.media
    start = _time(media.clock.start + clip.source.start, media.clock)
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": media.name,
        "source_range": {
            "OTIO_SCHEMA": "TimeRange.1",
            "start_time": start,
            "duration": _time(clip.record.length, clock),
        },
        "effects": [] if clip.source.length == clip.record.length else [_speed(clip, clock)],
        "markers": [],
        "enabled": True,
        "active_media_reference_key": "DEFAULT_MEDIA",
        "media_references": {"DEFAULT_MEDIA": _reference(media)},
        "metadata": {},
    }


def _speed(clip: Clip, clock: FrameClock) -> dict[str, Any]:
    seconds = clip.source.length / clip.media.clock.exact_rate
    return {
        "OTIO_SCHEMA": "LinearTimeWarp.1",
        "name": "",
        "effect_name": "LinearTimeWarp",
        "time_scalar": seconds / (clip.record.length / clock.exact_rate),
        "enabled": True,
        "metadata": {"sage": {"source_frames": clip.source.length}},
    }


def _reference(media: Media) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "ExternalReference.1",
        "name": media.name,
        "target_url": quote(media.name),
        "available_range": {
            "OTIO_SCHEMA": "TimeRange.1",
            "start_time": _time(media.clock.start, media.clock),
            "duration": _time(media.frames, media.clock),
        },
        "metadata": {"sage": {"side": media.side}},
    }


def _marker(marker: Marker, clock: FrameClock) -> dict[str, Any]:
    region = marker.region
    return {
        "OTIO_SCHEMA": "Marker.2",
        "name": marker.name,
        "color": COLORS[region.kind].otio,
        "comment": marker.comment,
        "marked_range": _range(marker.span, clock),
        "metadata": {"sage": _facts(region)},
    }


def _facts(region: Region) -> dict[str, Any]:
    return {
        "kind": kind_name(region.kind),
        "modality": modality_name(region.modality),
        "a_start": region.a_start,
        "a_end": region.a_end,
        "b_start": region.b_start,
        "b_end": region.b_end,
        "score": region.score,
        "rate": region.rate,
    }


def _range(span: Span, clock: FrameClock) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(span.start, clock),
        "duration": _time(span.length, clock),
    }


def _time(frames: int, clock: FrameClock) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": clock.exact_rate, "value": float(frames)}
