"""What people said about a comparison that is kept, as files tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sage.compare.v1.compare_pb2 import Comparison, Region, RegionKind
from sage.embed.v1.embed_pb2 import Modality as ModalityValue
from services.compare.outcome import Modality
from services.compare.saved.comparison import Note, SavedComparison, Status
from services.compare.saved.marks import Mark, Place, match
from services.compare.timeline import RegionKind as Kind

_STATUSES = {
    Status.IN_REVIEW: "In review",
    Status.APPROVED: "Approved",
    Status.NEEDS_CHANGES: "Needs changes",
}


@dataclass(frozen=True, kw_only=True)
class Review:
    """title: what the comparison is called. status: how far its review is, in words.

    marks: by the number of the region in the comparison.
    """

    title: str
    status: str
    notes: Sequence[Note] = ()
    marks: Mapping[int, Mark] = field(default_factory=dict)


def review_of(saved: SavedComparison, comparison: Comparison) -> Review:
    """The notes of a kept comparison, and those of its marks that hold for what was computed."""
    numbered = [
        (number, region)
        for number, region in enumerate(comparison.regions)
        if region.kind != RegionKind.REGION_KIND_UNCHANGED
    ]
    found = match(saved.marks, [_place_of(region) for _, region in numbered])
    marks = {
        number: mark
        for (number, _), mark in zip(numbered, found.marks, strict=True)
        if mark is not None
    }
    return Review(
        title=saved.display_name, status=_STATUSES[saved.status], notes=saved.notes, marks=marks
    )


def mark_words(mark: Mark | None) -> str:
    """`reviewed`, `ignored`, both, or nothing."""
    if mark is None:
        return ""
    said = [("reviewed", mark.reviewed), ("ignored", mark.ignored)]
    return ", ".join(word for word, holds in said if holds)


def _place_of(region: Region) -> Place:
    return Place(
        modality=Modality(ModalityValue.Name(region.modality).removeprefix("MODALITY_")),
        kind=Kind(RegionKind.Name(region.kind).removeprefix("REGION_KIND_")),
        a_start=region.a_start,
        a_end=region.a_end,
        b_start=region.b_start,
        b_end=region.b_end,
    )
