"""Comparisons of made-up edits whose truth is known to the frame.

edit = edit_of([("SAME", 100), ("NEW", 20), ("GONE", 30), ("SAME", 50)], rate=25)
edit.document        # what is exported
edit.origins         # for each frame of B the frame of A it comes from, or None
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from sage.compare.v1.compare_pb2 import (
    Comparison,
    ComparisonHeader,
    ComparisonOptions,
    ComparisonSummary,
    Region,
    RegionKind,
)
from sage.embed.v1.embed_pb2 import MODALITY_AUDIO, MODALITY_VISUAL
from services.compare.export import Document
from services.compare.export.timecode import FrameClock

RATES = (24000 / 1001, 24, 25, 30000 / 1001, 30, 50, 60000 / 1001, 60)

# SAME n, NEW n, GONE n, OTHER old new, FASTER old new, or MOVED n place: n frames that come before
# the part of that number in B.
Part = tuple[str, int] | tuple[str, int, int]


@dataclass(frozen=True)
class Edit:
    document: Document
    origins: list[int | None]
    a_frames: int


@dataclass
class _Stretch:
    kind: str
    old: int
    new: int
    a_start: int = 0
    b_start: int = 0


def edit_of(
    parts: Sequence[Part],
    rate: float = 25,
    *,
    a_start: str = "00:00:00:00",
    b_start: str = "00:00:00:00",
    drop_frame: bool = True,
    heal_frames: int = 0,
) -> Edit:
    in_a = [_stretch(part) for part in parts]
    in_b = [each for each in in_a if each.kind != "MOVED"]
    for part, stretch in zip(parts, in_a, strict=True):
        if stretch.kind == "MOVED":
            in_b.insert(min(part[-1], len(in_b)), stretch)
    at = 0
    for stretch in in_a:
        stretch.a_start, at = at, at + stretch.old
    a_frames, at = at, 0
    for stretch in in_b:
        stretch.b_start, at = at, at + stretch.new
    clock = FrameClock(rate, drop_frame=drop_frame)
    a, b = clock.starting_at(a_start), clock.starting_at(b_start)
    regions = [
        _region(stretch, clock.exact_rate, modality)
        for modality in (MODALITY_VISUAL, MODALITY_AUDIO)
        for stretch in in_a
        if stretch.old or stretch.new
    ]
    comparison = Comparison(
        header=ComparisonHeader(options=ComparisonOptions(threshold=0.1)),
        regions=regions,
        summary=ComparisonSummary(
            duration_a=a_frames / clock.exact_rate, duration_b=at / clock.exact_rate
        ),
    )
    document = Document(
        comparison=comparison,
        a_name="first cut.mov",
        b_name="second cut.mov",
        a_clock=a,
        b_clock=b,
        heal_frames=heal_frames,
    )
    return Edit(document, list(_origins(in_b)), a_frames)


def edits(**keywords: object) -> st.SearchStrategy[Edit]:
    """Any edit of up to a dozen parts, with moves."""
    length = st.integers(1, 40)
    one = st.tuples(st.sampled_from(("SAME", "NEW", "GONE")), length)
    two = st.tuples(st.sampled_from(("OTHER", "FASTER")), length, length)
    moved = st.tuples(st.just("MOVED"), length, st.integers(0, 12))
    parts = st.lists(st.one_of(one, one, two, moved), min_size=1, max_size=12)
    return parts.map(lambda each: edit_of(each, **keywords))  # type: ignore[arg-type]


def _stretch(part: Part) -> _Stretch:
    kind, first = part[0], part[1]
    match kind:
        case "NEW":
            return _Stretch(kind, 0, first)
        case "GONE":
            return _Stretch(kind, first, 0)
        case "OTHER" | "FASTER":
            return _Stretch(kind, first, part[-1] if isinstance(part[-1], int) else first)
        case _:
            return _Stretch(kind, first, first)


_KINDS = {
    "SAME": "UNCHANGED",
    "NEW": "INSERTED",
    "GONE": "DELETED",
    "OTHER": "REPLACED",
    "FASTER": "RETIMED",
    "MOVED": "MOVED",
}


def _region(stretch: _Stretch, rate: float, modality: int) -> Region:
    return Region(
        kind=RegionKind.Value(f"REGION_KIND_{_KINDS[stretch.kind]}"),
        a_start=stretch.a_start / rate,
        a_end=(stretch.a_start + stretch.old) / rate,
        b_start=stretch.b_start / rate,
        b_end=(stretch.b_start + stretch.new) / rate,
        rate=stretch.old / stretch.new if stretch.kind == "FASTER" else 1.0,
        confidence=0.9,
        modality=modality,  # type: ignore[arg-type]
    )


def _origins(in_b: Sequence[_Stretch]) -> Sequence[int | None]:
    found: list[int | None] = []
    for stretch in in_b:
        # At another speed, no frame is said to be one of A's.
        known = stretch.old == stretch.new and stretch.kind in ("SAME", "MOVED", "FASTER")
        found += [stretch.a_start + each if known else None for each in range(stretch.new)]
    return found
