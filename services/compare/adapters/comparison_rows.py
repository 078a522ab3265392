"""Comparisons as rows, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from services.compare.outcome import Modality
from services.compare.saved.comparison import Moment, Note, SavedComparison, Status
from services.compare.saved.marks import Mark, Place
from services.compare.timeline import RegionKind

_ALIKE = (
    "id",
    "workspace",
    "a",
    "b",
    "options",
    "display_name",
    "note_count",
    "reviewed_count",
    "ignored_count",
    "created_at",
    "updated_at",
    "version",
    "revision",
    "deleted",
)


def to_row(comparison: SavedComparison) -> dict[str, Any]:
    """All columns but those of the request that created it."""
    return {
        **{name: getattr(comparison, name) for name in _ALIKE},
        "status": comparison.status.value,
        "notes": [asdict(note) for note in comparison.notes],
        "marks": [_mark_to_json(mark) for mark in comparison.marks],
    }


def from_row(row: Row[Any]) -> SavedComparison:
    """The comparison of a row, or its outline when notes and marks were not read."""
    values = row._mapping
    return SavedComparison(
        **{name: values[name] for name in _ALIKE},
        status=Status(values["status"]),
        notes=tuple(_note_from_json(note) for note in values.get("notes", ())),
        marks=tuple(_mark_from_json(mark) for mark in values.get("marks", ())),
    )


def fingerprint(comparison: SavedComparison) -> str:
    """What a request id stands for: the same id with other values is a mistake."""
    asked = [comparison.a, comparison.b, comparison.options, comparison.display_name]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _note_from_json(note: Mapping[str, Any]) -> Note:
    return Note(**{**note, "moment": Moment(**note["moment"])})


def _mark_to_json(mark: Mark) -> dict[str, Any]:
    # By name, not by asdict: a comparison may have thousands, and asdict copies each value.
    place = mark.place
    return {
        "modality": place.modality.value,
        "kind": place.kind.value,
        "times": place.times,
        "frame_seconds": mark.frame_seconds,
        "reviewed": mark.reviewed,
        "ignored": mark.ignored,
    }


def _mark_from_json(mark: Mapping[str, Any]) -> Mark:
    a_start, a_end, b_start, b_end = mark["times"]
    place = Place(
        modality=Modality(mark["modality"]),
        kind=RegionKind(mark["kind"]),
        a_start=a_start,
        a_end=a_end,
        b_start=b_start,
        b_end=b_end,
    )
    return Mark(
        place=place,
        frame_seconds=mark["frame_seconds"],
        reviewed=mark["reviewed"],
        ignored=mark["ignored"],
    )
