"""Regions in whole frames: of which pieces B is made, and what of A it leaves out.

Everything that editing programs are given is written from these. B's frames are tiled without
gaps. Where A and B have the same rate and speed, a piece is as long in A as in B, and the distance
between the two is rounded once, not its four ends: so a cut that was found a little early or late
still takes the right frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sage.compare.v1.compare_pb2 import Region, RegionKind
from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.document import Document
from services.compare.export.timecode import FrameClock

_FROM_A = frozenset(
    (
        RegionKind.REGION_KIND_UNCHANGED,
        RegionKind.REGION_KIND_MOVED,
        RegionKind.REGION_KIND_RETIMED,
    )
)


@dataclass(frozen=True, kw_only=True)
class Span:
    """Frames from `start` to `end` (exclusive), counted from the first frame of a version."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """In frames."""
        return self.end - self.start


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of B (record), and where in A it comes from (source).

    source: None for what is new in B. region: what was found there.
    """

    record: Span
    source: Span | None
    region: Region

    @property
    def is_retimed(self) -> bool:
        """Whether the source has another number of frames than the record."""
        return self.source is not None and self.source.length != self.record.length


@dataclass(frozen=True, kw_only=True)
class Omission:
    """Frames of A that B does not have; at: the frame of B before which they would be."""

    source: Span
    at: int
    region: Region


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """B's pieces in its order, and what is omitted in A's order."""

    pieces: Sequence[Piece]
    omissions: Sequence[Omission]


def pieces_of(document: Document, modality: Modality.ValueType) -> Pieces:
    """Of the picture or the sound; empty when that was not compared."""
    regions = [each for each in document.comparison.regions if each.modality == modality]
    a_frames = document.a_clock.frame(document.comparison.summary.duration_a)
    pieces: list[Piece] = []
    for region in _unbroken(sorted(regions, key=lambda each: (each.b_start, each.b_end))):
        record = Span(
            start=document.b_clock.frame(region.b_start), end=document.b_clock.frame(region.b_end)
        )
        if record.length > 0:
            piece = _piece(region, record, document.a_clock, document.b_clock)
            pieces += _within(piece, a_frames)
    return Pieces(pieces=pieces, omissions=list(_omissions(regions, document)))


def _unbroken(regions: Iterable[Region]) -> list[Region]:
    """Unchanged regions that follow each other, as where a doubt begins, made one: nothing was cut
    there."""
    whole: list[Region] = []
    for region in regions:
        last = whole[-1] if whole else None
        if (
            last is not None
            and last.kind == region.kind == RegionKind.REGION_KIND_UNCHANGED
            and (last.a_end, last.b_end) == (region.a_start, region.b_start)
            and last.sound_offset == region.sound_offset
        ):
            joined = Region()
            joined.CopyFrom(last)
            joined.a_end, joined.b_end = region.a_end, region.b_end
            joined.confidence = min(last.confidence, region.confidence)
            joined.score = max(last.score, region.score)
            whole[-1] = joined
        else:
            whole.append(region)
    return whole


def _piece(region: Region, record: Span, a: FrameClock, b: FrameClock) -> Piece:
    if region.kind not in _FROM_A:
        return Piece(record=record, source=None, region=region)
    # What B plays late comes from as much earlier in A.
    late = region.sound_offset
    if a.exact_rate == b.exact_rate and region.kind != RegionKind.REGION_KIND_RETIMED:
        shift = round((region.a_start - region.b_start - late) * a.exact_rate)
        source = Span(start=record.start + shift, end=record.end + shift)
    else:
        start = round((region.a_start - late) * a.exact_rate)
        source = Span(start=start, end=max(start + 1, round((region.a_end - late) * a.exact_rate)))
    return Piece(record=record, source=source, region=region)


def _within(piece: Piece, a_frames: int) -> Iterable[Piece]:
    """The piece without what would come from before A's start or after its end: that is new."""
    source, record = piece.source, piece.record
    if source is None or piece.is_retimed or (source.start >= 0 and source.end <= a_frames):
        yield _inside(piece, a_frames)
        return
    start = min(max(source.start, 0), source.end)
    end = max(min(source.end, a_frames), start)
    cut_in = record.start + start - source.start
    cut_out = record.end - (source.end - end)
    if cut_in > record.start:
        yield replace(piece, record=Span(start=record.start, end=cut_in), source=None)
    if end > start:
        yield replace(
            piece, record=Span(start=cut_in, end=cut_out), source=Span(start=start, end=end)
        )
    if record.end > max(cut_out, cut_in):
        yield replace(piece, record=Span(start=max(cut_out, cut_in), end=record.end), source=None)


def _inside(piece: Piece, a_frames: int) -> Piece:
    """A retimed piece whose source lies within A."""
    if piece.source is None or not piece.is_retimed:
        return piece
    start = min(max(piece.source.start, 0), max(a_frames - 1, 0))
    end = max(start + 1, min(piece.source.end, a_frames))
    return replace(piece, source=Span(start=start, end=end))


def _omissions(regions: Sequence[Region], document: Document) -> Iterable[Omission]:
    for region in sorted(regions, key=lambda each: (each.a_start, each.a_end)):
        if region.kind not in (
            RegionKind.REGION_KIND_DELETED,
            RegionKind.REGION_KIND_REPLACED,
        ):
            continue
        source = Span(
            start=document.a_clock.frame(region.a_start), end=document.a_clock.frame(region.a_end)
        )
        if source.length > 0:
            at = document.b_clock.frame(region.b_start)
            yield Omission(source=source, at=at, region=region)
