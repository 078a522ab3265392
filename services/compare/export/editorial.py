"""Differences in the words of editors: added, omitted, trimmed, slipped.

Whether a shot was trimmed or left out is told by where shots begin. Where that is not known, what
is only in A is `omitted` and what is only in B is `added`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sage.compare.v1.compare_pb2 import Region, RegionKind
from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.document import Document, kind_name, modality_name
from services.compare.export.pieces import Span

_WORDS = {
    RegionKind.REGION_KIND_REPLACED: "replaced",
    RegionKind.REGION_KIND_INSERTED: "added",
    RegionKind.REGION_KIND_DELETED: "omitted",
    RegionKind.REGION_KIND_MOVED: "moved",
    RegionKind.REGION_KIND_RETIMED: "retimed",
}
_UNCHANGED = RegionKind.REGION_KIND_UNCHANGED
_INSERTED = RegionKind.REGION_KIND_INSERTED
_DELETED = RegionKind.REGION_KIND_DELETED


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of a change list. word: `head trimmed`. kind: the region's, for its colour.

    old, new: the frames of A and of B; both are there, perhaps empty. note: what else is to say.
    """

    word: str
    kind: RegionKind.ValueType
    modality: Modality.ValueType
    old: Span
    new: Span
    note: str


def changes_of(document: Document) -> list[Change]:
    """All changes: the picture's, then the sound's, each in B's order."""
    found: list[Change] = []
    for modality in (Modality.MODALITY_VISUAL, Modality.MODALITY_AUDIO):
        regions = [each for each in document.comparison.regions if each.modality == modality]
        regions.sort(key=lambda each: (each.b_start, each.b_end, each.a_start))
        found += _changes(regions, document)
    return found


def shot_times(regions: Iterable[Region]) -> tuple[list[float], list[float]]:
    """The times of A and of B at which it matters whether a shot begins."""
    a, b = set[float](), set[float]()
    for region in regions:
        if region.modality == Modality.MODALITY_VISUAL:
            a |= {region.a_start, region.a_end}
            b |= {region.b_start, region.b_end}
    return sorted(a), sorted(b)


def _changes(regions: Sequence[Region], document: Document) -> Iterator[Change]:
    at = 0
    while at < len(regions):
        slipped = _slip(regions[at : at + 3], document)
        if slipped is not None:
            yield slipped
            at += 3
            continue
        if regions[at].kind != _UNCHANGED:
            yield _change(regions[at], document)
        at += 1


def _slip(regions: Sequence[Region], document: Document) -> Change | None:
    """A shot that shows another part of itself in the same place: as many frames are gone at one
    end as have come at the other."""
    if len(regions) < 3 or document.a_shots is None or document.b_shots is None:
        return None
    first, kept, last = regions
    if kept.kind != _UNCHANGED or {first.kind, last.kind} != {_INSERTED, _DELETED}:
        return None
    gone, come = (first, last) if first.kind == _DELETED else (last, first)
    moved_by = _frames(come, document, new=True).length
    if _frames(gone, document, new=False).length != moved_by:
        return None
    inside_a = kept.a_start if gone is first else kept.a_end
    inside_b = kept.b_start if come is first else kept.b_end
    outside_a = {gone.a_start, kept.a_end} if gone is first else {kept.a_start, gone.a_end}
    outside_b = {come.b_start, kept.b_end} if come is first else {kept.b_start, come.b_end}
    one_shot = inside_a not in document.a_shots and inside_b not in document.b_shots
    if not one_shot or not outside_a <= document.a_shots or not outside_b <= document.b_shots:
        return None
    return Change(
        word="slipped",
        kind=RegionKind.REGION_KIND_REPLACED,
        modality=kept.modality,
        old=_joined(gone, kept, document.a_clock.frame, lambda r: (r.a_start, r.a_end)),
        new=_joined(come, kept, document.b_clock.frame, lambda r: (r.b_start, r.b_end)),
        note=f"{moved_by} frames {'later' if gone is first else 'earlier'} in the shot",
    )


def _joined(
    one: Region,
    other: Region,
    frame: Callable[[float], int],
    ends: Callable[[Region], tuple[float, float]],
) -> Span:
    times = [*ends(one), *ends(other)]
    return Span(start=frame(min(times)), end=frame(max(times)))


def _change(region: Region, document: Document) -> Change:
    return Change(
        word=_word(region, document),
        kind=region.kind,
        modality=region.modality,
        old=_frames(region, document, new=False),
        new=_frames(region, document, new=True),
        note=_note(region),
    )


def _word(region: Region, document: Document) -> str:
    word = _WORDS.get(region.kind, kind_name(region.kind))
    shots = document.a_shots
    if region.kind != _DELETED or shots is None:
        return word
    starts, ends = region.a_start in shots, region.a_end in shots
    if starts == ends:
        return word
    return "head trimmed" if starts else "tail trimmed"


def _note(region: Region) -> str:
    if region.kind == RegionKind.REGION_KIND_RETIMED:
        return f"{100 * region.rate:.1f} % speed"
    if region.HasField("box"):
        return "a part of the picture"
    if region.sound_offset:
        return f"{modality_name(region.modality)} {region.sound_offset:+.3f} s"
    return ""


def _frames(region: Region, document: Document, *, new: bool) -> Span:
    if new:
        clock, start, end = document.b_clock, region.b_start, region.b_end
    else:
        clock, start, end = document.a_clock, region.a_start, region.a_end
    return Span(start=clock.frame(start), end=clock.frame(end))
