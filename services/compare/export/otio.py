"""OpenTimelineIO: both versions as tracks, the differences as markers on them.

Written by hand after the schemas of OpenTimelineIO 0.15 and later (Timeline.1, Stack.1, Track.1,
Clip.2, Marker.2); it is plain JSON.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from sage.compare.v1.compare_pb2 import Region, RegionKind
from services.compare.export.document import (
    Document,
    ExportFile,
    differences,
    kind_name,
    modality_name,
)
from services.compare.export.timecode import FrameClock

_COLORS = {
    RegionKind.REGION_KIND_REPLACED: "RED",
    RegionKind.REGION_KIND_INSERTED: "GREEN",
    RegionKind.REGION_KIND_DELETED: "PINK",
    RegionKind.REGION_KIND_MOVED: "BLUE",
    RegionKind.REGION_KIND_RETIMED: "YELLOW",
}


def write_otio(document: Document) -> ExportFile:
    name = document.file_name("otio")
    text = json.dumps(_timeline(document), indent=2, ensure_ascii=False, allow_nan=False)
    return ExportFile(
        content_type=f'application/vnd.opentimelineio+json; name="{name}"',
        file_name=name,
        data=(text + "\n").encode(),
    )


def _timeline(document: Document) -> dict[str, Any]:
    clock = FrameClock(document.frame_rate)
    summary = document.comparison.summary
    found = differences(document.comparison)
    markers_a = [
        _marker(region, region.a_start, region.a_end, clock)
        for region in found
        if region.kind != RegionKind.REGION_KIND_INSERTED
    ]
    markers_b = [_marker(region, region.b_start, region.b_end, clock) for region in found]
    return {
        "OTIO_SCHEMA": "Timeline.1",
        "name": document.file_name("otio").removesuffix(".otio"),
        "global_start_time": None,
        "metadata": {"sage": {"engine": document.comparison.header.a.engine}},
        "tracks": {
            "OTIO_SCHEMA": "Stack.1",
            "name": "tracks",
            "source_range": None,
            "effects": [],
            "markers": [],
            "metadata": {},
            "children": [
                _track("A", document.a_name, summary.duration_a, markers_a, clock),
                _track("B", document.b_name, summary.duration_b, markers_b, clock),
            ],
        },
    }


def _track(
    name: str, clip_name: str, duration: float, markers: list[dict[str, Any]], clock: FrameClock
) -> dict[str, Any]:
    clip = {
        "OTIO_SCHEMA": "Clip.2",
        "name": clip_name,
        "source_range": _range(0, duration, clock),
        "effects": [],
        "markers": markers,
        "enabled": True,
        "active_media_reference_key": "DEFAULT_MEDIA",
        "media_references": {
            "DEFAULT_MEDIA": {
                "OTIO_SCHEMA": "ExternalReference.1",
                "name": clip_name,
                "target_url": quote(clip_name),
                "available_range": _range(0, duration, clock),
                "metadata": {},
            }
        },
        "metadata": {},
    }
    return {
        "OTIO_SCHEMA": "Track.1",
        "name": name,
        "kind": "Video",
        "source_range": None,
        "effects": [],
        "markers": [],
        "enabled": True,
        "children": [clip],
        "metadata": {},
    }


def _marker(region: Region, start: float, end: float, clock: FrameClock) -> dict[str, Any]:
    kind = kind_name(region.kind)
    return {
        "OTIO_SCHEMA": "Marker.2",
        "name": f"{kind.title()} ({modality_name(region.modality)})",
        "color": _COLORS[region.kind],
        "comment": "",
        "marked_range": _range(start, end, clock),
        "metadata": {
            "sage": {
                "kind": kind,
                "modality": modality_name(region.modality),
                "a_start": region.a_start,
                "a_end": region.a_end,
                "b_start": region.b_start,
                "b_end": region.b_end,
                "score": region.score,
                "rate": region.rate,
            }
        },
    }


def _range(start: float, end: float, clock: FrameClock) -> dict[str, Any]:
    first, last = clock.frame(start), clock.frame(end)
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(first, clock),
        "duration": _time(last - first, clock),
    }


def _time(frames: int, clock: FrameClock) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": clock.exact_rate, "value": float(frames)}
