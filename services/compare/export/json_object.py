"""One JSON object: what `sage compare --format json` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sage.compare.v1.compare_pb2 import (
    AlignmentMode,
    Box,
    Comparison,
    ComparisonOptions,
    LookDifference,
    Metric,
    ModalitySummary,
    PictureMap,
    Presence,
    Region,
    SoundDifference,
    SoundTrackPair,
)
from sage.embed.v1.embed_pb2 import SoundTrack
from services.compare.export.document import (
    Document,
    ExportFile,
    kind_name,
    look_name,
    modality_name,
    reason_name,
    verdict,
)
from services.compare.export.review import Review

_TIME_DIGITS = 6


def write_json(document: Document) -> ExportFile:
    """UTF-8; times are seconds, and no value is NaN or infinite."""
    name = document.file_name("json")
    text = json.dumps(_comparison(document), indent=2, ensure_ascii=False, allow_nan=False)
    return ExportFile(
        content_type=f'application/json; charset=utf-8; name="{name}"',
        file_name=name,
        data=(text + "\n").encode(),
    )


def _comparison(document: Document) -> dict[str, Any]:
    comparison = document.comparison
    header, summary = comparison.header, comparison.summary
    return {
        "a": document.a_name,
        "b": document.b_name,
        "a_video": header.a.video,
        "b_video": header.b.video,
        "duration_a": _time(summary.duration_a),
        "duration_b": _time(summary.duration_b),
        "engine": header.a.engine,
        "model": header.a.model,
        "options": _options(header.options),
        "summary": {
            "verdict": verdict(comparison),
            "similarity_percent": _optional(summary, "similarity_percent"),
            "difference_count": summary.difference_count,
            "reencode_only": summary.reencode_only,
            "modalities": [_modality(each) for each in summary.modalities],
            "notes": list(summary.notes),
            "sound_tracks": [_track_pair(each) for each in summary.sound_tracks],
            "sound_differences": [_sound_difference(each) for each in summary.sound_differences],
        },
        "looks": [_look(look) for look in comparison.looks],
        "regions": [_region(region) for region in comparison.regions],
        "segments": list(_segments(comparison)),
        **({} if document.review is None else {"review": _review(document.review)}),
    }


def _review(review: Review) -> dict[str, Any]:
    """Marks have the number of their region in `regions`, from 0."""
    return {
        "title": review.title,
        "status": review.status,
        "notes": [
            {"text": note.text, "author": note.author, **asdict(note.moment)}
            for note in review.notes
        ],
        "marks": [
            {"region": number, "reviewed": mark.reviewed, "ignored": mark.ignored}
            for number, mark in review.marks.items()
        ],
    }


def _options(options: ComparisonOptions) -> dict[str, Any]:
    return {
        "alignment": AlignmentMode.Name(options.alignment).removeprefix("ALIGNMENT_MODE_").lower(),
        "metric": Metric.Name(options.metric).removeprefix("METRIC_").lower(),
        "threshold": options.threshold,
        "offset": options.offset.ToNanoseconds() / 1e9,
        "refine": options.refine,
    }


def _modality(summary: ModalitySummary) -> dict[str, Any]:
    return {
        "modality": modality_name(summary.modality),
        "similarity_percent": _optional(summary, "similarity_percent"),
        "compared_segments": summary.compared_segments,
        "different_segments": summary.different_segments,
        "video_distance": summary.video_distance,
        "noise_floor": summary.noise_floor,
        "suggested_threshold": summary.suggested_threshold,
        "unchanged_share_a": summary.unchanged_share_a,
        "unchanged_share_b": summary.unchanged_share_b,
        "totals": [
            {
                "kind": kind_name(total.kind),
                "count": total.count,
                "seconds_a": _time(total.seconds_a),
                "seconds_b": _time(total.seconds_b),
            }
            for total in summary.totals
        ],
        "worst_regions": list(summary.worst_regions),
    }


def _track_pair(pair: SoundTrackPair) -> dict[str, Any]:
    return {
        "a": _sound_track(pair.a) if pair.HasField("a") else None,
        "b": _sound_track(pair.b) if pair.HasField("b") else None,
        "compared": pair.compared,
    }


def _sound_track(track: SoundTrack) -> dict[str, Any]:
    return {
        "number": track.number,
        "language": track.language,
        "title": track.title,
        "layout": track.layout,
        "channels": list(track.channels),
        "heard": track.heard,
    }


def _sound_difference(found: SoundDifference) -> dict[str, Any]:
    return {
        "kind": SoundDifference.Kind.Name(found.kind).removeprefix("KIND_").lower(),
        "a_track": found.a_track or None,
        "b_track": found.b_track or None,
        "description": found.description,
        "amount": _optional(found, "amount"),
    }


def _region(region: Region) -> dict[str, Any]:
    written: dict[str, Any] = {
        "kind": kind_name(region.kind),
        "modality": modality_name(region.modality),
        "a_start": _time(region.a_start),
        "a_end": _time(region.a_end),
        "b_start": _time(region.b_start),
        "b_end": _time(region.b_end),
        "score": region.score,
        "confidence": region.confidence,
        "rate": region.rate,
    }
    if region.sound_offset:
        written["sound_offset"] = region.sound_offset
    if region.reason:
        written["reason"] = reason_name(region.reason)
    if region.HasField("box"):
        written["box"] = _box(region.box)
    for field in ("a_start_frame", "a_end_frame", "b_start_frame", "b_end_frame"):
        if region.HasField(field):
            written[field] = getattr(region, field)
    return written


def _look(look: LookDifference) -> dict[str, Any]:
    written: dict[str, Any] = {
        "kind": look_name(look.kind),
        "sentence": look.sentence,
        "a_start": _time(look.a_start),
        "a_end": _time(look.a_end),
        "b_start": _time(look.b_start),
        "b_end": _time(look.b_end),
    }
    if look.unit:
        written |= {"amount": look.amount, "unit": look.unit}
    if look.HasField("box"):
        written["box"] = _box(look.box)
    if look.HasField("picture_map"):
        written["picture_map"] = _picture_map(look.picture_map)
    return written


def _picture_map(placed: PictureMap) -> dict[str, float | bool]:
    return {
        "scale_x": placed.scale_x,
        "offset_x": placed.offset_x,
        "scale_y": placed.scale_y,
        "offset_y": placed.offset_y,
        "mirrored": placed.mirrored,
    }


def _box(box: Box) -> dict[str, float]:
    return {"left": box.left, "top": box.top, "width": box.width, "height": box.height}


def _segments(comparison: Comparison) -> Iterator[dict[str, Any]]:
    for batch in comparison.distances:
        for segment in batch.segments:
            yield {
                "modality": modality_name(batch.modality),
                "presence": Presence.Name(segment.presence).removeprefix("PRESENCE_").lower(),
                "a_start": _optional(segment, "a_start"),
                "a_end": _optional(segment, "a_end"),
                "b_start": _optional(segment, "b_start"),
                "b_end": _optional(segment, "b_end"),
                "distance": _optional(segment, "distance"),
            }


def _optional(message: Any, field: str) -> float | None:
    return round(getattr(message, field), _TIME_DIGITS) if message.HasField(field) else None


def _time(seconds: float) -> float:
    return round(seconds, _TIME_DIGITS)
