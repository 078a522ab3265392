"""OpenTimelineIO (.otio): the clips of a timeline's tracks, and the markers of its tracks.

A clip's own markers stay with it: they count in its media. What nobody here knows of the file, such
as metadata, is kept as it is.
"""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.compare.carry.document import (
    Extent,
    Follows,
    Item,
    Placement,
    UnreadableFile,
)
from services.compare.carry.formats.arrangement import arrange
from services.compare.carry.formats.encoded_text import EncodedText

_CLOSE = 1e-6
_MAX_DEPTH = 50


@dataclass(frozen=True, kw_only=True)
class _Clip:
    """A child of a track that is neither gap nor transition. `gap` and `transition` precede it."""

    item: Item
    child: dict[str, Any]
    gap: dict[str, Any] | None
    transition: dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class _Track:
    clips: Sequence[_Clip]
    ending: Sequence[dict[str, Any]]  # gaps and transitions after the last clip
    rate: float


@dataclass(frozen=True, kw_only=True)
class _Marker:
    item: Item
    marker: dict[str, Any]
    offset: float  # what the marker's times show where the timeline begins


@dataclass(frozen=True, kw_only=True)
class OtioDocument:
    """A `Document` of clips and markers. timeline: the JSON object, with what is not known here."""

    source: EncodedText
    timeline: dict[str, Any]
    tracks: Sequence[_Track | None]  # as the stack's children; None for what is no track
    # Of the stack, then of each of its children.
    markers: Sequence[Sequence[_Marker]]

    @property
    def items(self) -> Sequence[Item]:
        clips = [clip.item for track in self.tracks if track for clip in track.clips]
        return clips + [marker.item for group in self.markers for marker in group]

    @property
    def follows(self) -> Follows:
        """Edits are of the picture, also where a track has sound."""
        return Follows.PICTURE

    def written(self, placements: Mapping[str, Sequence[Placement]]) -> bytes:
        if all(_stays(item, placements.get(item.key, ())) for item in self.items):
            return self.source.encoded(self.source.text)
        timeline = copy.deepcopy({**self.timeline, "tracks": None})
        stack = dict(self.timeline["tracks"])
        stack["children"] = [
            child if track is None else {**child, "children": _children(track, placements)}
            for child, track in zip(stack["children"], self.tracks, strict=True)
        ]
        for holder, group in zip([stack, *stack["children"]], self.markers, strict=True):
            if group:
                holder["markers"] = _markers(group, placements)
        timeline["tracks"] = stack
        return self.source.encoded(_json(timeline, like=self.source.text))


def is_otio(text: str) -> bool:
    """By the schema that its JSON object names near the beginning."""
    return text.lstrip().startswith("{") and '"OTIO_SCHEMA"' in text[:4096]


def read_otio(source: EncodedText) -> OtioDocument:
    """Times count from the beginning of the timeline, whatever time code it shows there.

    Raises UnreadableFile.
    """
    try:
        timeline = json.loads(source.text)
    except json.JSONDecodeError as error:
        raise UnreadableFile(error.lineno, f"The file is not JSON: {error.msg}.") from None
    except (ValueError, RecursionError):
        raise UnreadableFile(None, "The file is not JSON that can be read.") from None
    if not isinstance(timeline, dict) or not _schema(timeline).startswith("Timeline."):
        raise UnreadableFile(1, "The file holds no timeline of OpenTimelineIO.")
    stack = timeline.get("tracks")
    if not isinstance(stack, dict):
        raise UnreadableFile(None, "The timeline has no tracks.")
    reader = _Reader()
    children = _listed(stack, "children")
    tracks = [
        reader.track(child) if _schema(child).startswith("Track.") else None for child in children
    ]
    markers = [reader.markers(stack), *(reader.markers(child) for child in children)]
    return OtioDocument(source=source, timeline=timeline, tracks=tracks, markers=markers)


class _Reader:
    """Numbers the items through the file."""

    def __init__(self) -> None:
        self._count = 0

    def track(self, track: dict[str, Any]) -> _Track:
        clips: list[_Clip] = []
        at = 0.0
        gap: dict[str, Any] | None = None
        transition: dict[str, Any] | None = None
        pending: list[dict[str, Any]] = []
        for child in _listed(track, "children"):
            kind = _schema(child).partition(".")[0]
            if kind == "Transition":
                transition = child
                pending.append(child)
                continue
            length = _length(child, 0)
            if kind == "Gap":
                gap = child
                pending.append(child)
            else:
                item = self._item(child, at, at + length, Extent.PLAYED)
                clips.append(_Clip(item=item, child=child, gap=gap, transition=transition))
                gap, transition, pending = None, None, []
            at += length
        rates = [range_["duration"]["rate"] for clip in clips if (range_ := _range(clip.child))]
        return _Track(clips=clips, ending=pending, rate=rates[0] if rates else 24.0)

    def markers(self, holder: dict[str, Any]) -> list[_Marker]:
        """Raises UnreadableFile."""
        own = holder.get("source_range")
        offset = _seconds(own["start_time"]) if isinstance(own, dict) else 0.0
        found = []
        for marker in _listed(holder, "markers"):
            marked = marker.get("marked_range")
            if not isinstance(marked, dict):
                raise UnreadableFile(None, f"The marker {_name(marker)!r} has no time.")
            start = _seconds(marked.get("start_time")) - offset
            length = _seconds(marked.get("duration"))
            item = self._item(marker, start, start + length if length > 0 else None, Extent.SPANNED)
            found.append(_Marker(item=item, marker=marker, offset=offset))
        return found

    def _item(self, thing: dict[str, Any], start: float, end: float | None, extent: Extent) -> Item:
        self._count += 1
        if end is not None and end < start:
            raise UnreadableFile(None, f"{_name(thing)!r} ends before it starts.")
        return Item(
            key=str(self._count),
            start=start,
            end=end,
            text=_name(thing),
            location=f"{_schema(thing).partition('.')[0].lower()} {self._count}",
            extent=extent,
        )


def _children(track: _Track, placements: Mapping[str, Sequence[Placement]]) -> list[dict[str, Any]]:
    """A track's children anew: clips at their places, gaps between, none over another."""
    children: list[dict[str, Any]] = []
    at = 0.0
    half = 0.5 / track.rate
    previous = -1
    for placed in arrange([clip.item for clip in track.clips], placements):
        clip = track.clips[placed.index]
        placement = placed.placement
        start = placement.start
        end = placement.end if placement.end is not None else start
        taken = clip.item.start if placement.taken_from is None else placement.taken_from
        if start < at - half:
            taken, start = taken + at - start, at
        frames = round((end - start) * track.rate)
        if frames <= 0:
            continue
        follows = placed.index == previous + 1
        if start > at + half:
            children.append(_gap(start - at, track.rate, clip.gap if follows else None))
            at += _length(children[-1], 0)
        elif follows and clip.transition is not None and children:
            children.append(clip.transition)
        children.append(_cut(clip, taken - clip.item.start, end - start, placement.note))
        at += _length(children[-1], 0)
        previous = placed.index
    return children + (list(track.ending) if previous == len(track.clips) - 1 else [])


def _cut(clip: _Clip, cut: float, length: float, note: str) -> dict[str, Any]:
    """A clip without its first `cut` seconds, so long as it is to be."""
    child = dict(clip.child)
    range_ = _range(child)
    if range_ is not None:
        rate = range_["duration"]["rate"]
        old = _seconds(range_["duration"])
        start, duration = range_["start_time"], range_["duration"]
        if abs(cut) > 0.5 / rate:
            start = _rational(start, _seconds(start) + cut)
        if abs(length - old) > 0.5 / rate:
            duration = _rational(duration, length)
        if start is not range_["start_time"] or duration is not range_["duration"]:
            child["source_range"] = {**range_, "start_time": start, "duration": duration}
            since = _seconds(start)
            child["markers"] = [
                marker
                for marker in _listed(child, "markers")
                if since <= _marker_start(marker) < since + _seconds(duration)
            ]
    if note:
        metadata = child.get("metadata")
        child["metadata"] = {
            **(metadata if isinstance(metadata, dict) else {}),
            "sage": {"check": note},
        }
    return child


def _markers(
    group: Sequence[_Marker], placements: Mapping[str, Sequence[Placement]]
) -> list[dict[str, Any]]:
    markers = []
    for placed in arrange([marker.item for marker in group], placements):
        old = group[placed.index]
        marker = dict(old.marker)
        range_ = marker["marked_range"]
        placement = placed.placement
        start = _rational(range_["start_time"], placement.start + old.offset)
        duration = range_["duration"]
        if placement.end is not None:
            duration = _rational(duration, placement.end - placement.start)
        marker["marked_range"] = {**range_, "start_time": start, "duration": duration}
        if placement.note:
            said = marker.get("comment")
            marker["comment"] = f"{said} [{placement.note}]" if said else placement.note
        markers.append(marker)
    return markers


def _gap(seconds: float, rate: float, like: dict[str, Any] | None) -> dict[str, Any]:
    range_ = _range(like) if like is not None else None
    if like is None or range_ is None:
        start = {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": 0.0}
        return {
            "OTIO_SCHEMA": "Gap.1",
            "metadata": {},
            "name": "",
            "source_range": {
                "OTIO_SCHEMA": "TimeRange.1",
                "duration": {**start, "value": float(round(seconds * rate))},
                "start_time": start,
            },
            "effects": [],
            "markers": [],
            "enabled": True,
        }
    duration = _rational(range_["duration"], seconds)
    return {**like, "source_range": {**range_, "duration": duration}}


def _rational(like: dict[str, Any], seconds: float) -> dict[str, Any]:
    """A time at another's rate, on a whole frame; the other itself when that is nearest."""
    if abs(_seconds(like) - seconds) * like["rate"] < 0.5 - _CLOSE:
        return like
    value = round(seconds * like["rate"])
    return {**like, "value": value if isinstance(like["value"], int) else float(value)}


def _stays(item: Item, placements: Sequence[Placement]) -> bool:
    if len(placements) != 1 or placements[0].note:
        return False
    (placement,) = placements
    moved = abs(placement.start - item.start) > _CLOSE
    if item.end is None or placement.end is None:
        return not moved
    return not moved and abs(placement.end - item.end) <= _CLOSE


def _range(child: dict[str, Any]) -> dict[str, Any] | None:
    """The part of its media that a clip shows: its own, or all there is."""
    own = child.get("source_range")
    if own is None:
        media = child.get("media_reference")
        references = child.get("media_references")
        if isinstance(references, dict):
            media = references.get(str(child.get("active_media_reference_key", "DEFAULT_MEDIA")))
        own = media.get("available_range") if isinstance(media, dict) else None
    if not isinstance(own, dict):
        return None
    _seconds(own.get("start_time"))
    _seconds(own.get("duration"))
    return own


def _length(child: dict[str, Any], depth: int) -> float:
    """How long a child of a track lasts, in seconds."""
    range_ = _range(child)
    if range_ is not None:
        return max(0.0, _seconds(range_["duration"]))
    kind = _schema(child).partition(".")[0]
    if kind in ("Stack", "Track") and depth < _MAX_DEPTH:
        lengths = [
            _length(inner, depth + 1)
            for inner in _listed(child, "children")
            if not _schema(inner).startswith("Transition.")
        ]
        return max(lengths, default=0.0) if kind == "Stack" else sum(lengths)
    raise UnreadableFile(None, f"The {kind.lower()} {_name(child)!r} has no length.")


def _marker_start(marker: dict[str, Any]) -> float:
    marked = marker.get("marked_range")
    return _seconds(marked.get("start_time")) if isinstance(marked, dict) else 0.0


def _seconds(time: object) -> float:
    """Of a RationalTime."""
    if isinstance(time, dict):
        value, rate = time.get("value"), time.get("rate")
        if (
            isinstance(value, (int, float))
            and isinstance(rate, (int, float))
            and abs(value) < 1e15
            and 0 < rate < 1e9
            and math.isfinite(value)
        ):
            return value / rate
    raise UnreadableFile(None, f"{str(time)[:60]} is not a time with a value and a rate.")


def _listed(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    children = holder.get(name) or []
    if not isinstance(children, list) or not all(isinstance(child, dict) for child in children):
        raise UnreadableFile(None, f"The {name} of {_name(holder)!r} are no list of objects.")
    return children


def _schema(thing: dict[str, Any]) -> str:
    return str(thing.get("OTIO_SCHEMA", ""))


def _name(thing: dict[str, Any]) -> str:
    return str(thing.get("name") or "")


def _json(value: object, *, like: str) -> str:
    """As the other JSON is laid out."""
    indent = re.match(r"\s*\{\r?\n( +|\t+)", like)
    escaped = like.isascii()
    blank = like[len(like.rstrip()) :]
    line_end = "\r\n" if "\r\n" in like else "\n"
    if indent is None:
        spaced = re.match(r'\s*\{\s*"[^"]*":\s', like) is not None
        separators = (", ", ": ") if spaced else (",", ":")
        return json.dumps(value, ensure_ascii=escaped, separators=separators) + blank
    laid_out = json.dumps(value, ensure_ascii=escaped, indent=indent[1])
    return laid_out.replace("\n", line_end) + blank
