"""The map of a finished comparison's regions.

Regions tile both timelines already, so each is a piece. Only a sound that is early or late has its
places in B moved: what its pieces then cover twice or not at all is settled here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.compare.geometry import Span
from services.compare.timeline import Region, RegionKind, RegionReason
from services.compare.timemap.pieces import Piece, PieceMap, in_order

# Below this a comparison had rather said something else.
_SURE = 0.5
# Another speed, or another place, for fewer seconds than this is told by so few frames that it may
# begin some of them earlier or later, or be another one like it.
_SHORT = {RegionKind.RETIMED: 5.0, RegionKind.MOVED: 1.5}
# What only one side has is as doubtful as what is beside it, when it lasts fewer seconds than this:
# steps by which another speed was followed, or the rest of a replaced scene.
_STEP = 0.6
# Below an overlay, or in another look, the content goes on, unless lengths differ by these seconds.
_SAME_LENGTH = 0.1
# Shorter stretches, in seconds, come of rounding.
_NOTHING = 1e-6


def map_of_regions(regions: Sequence[Region], end_b: float) -> PieceMap:
    """The map from A to B.

    regions: of one modality, tiling both timelines. end_b: when B ends, in seconds.
    """
    pieces = [_piece(region) for region in regions]
    if any(piece.sound_offset for piece in pieces):
        pieces = _shifted(pieces, max(end_b, *(piece.b_end for piece in pieces)))
    return PieceMap(in_order(_doubted_steps(pieces)))


def _piece(region: Region) -> Piece:
    return Piece(
        kind=region.kind,
        a_start=region.a_start,
        a_end=region.a_end,
        b_start=region.b_start,
        b_end=region.b_end,
        certain=_certain(region),
        confidence=region.confidence,
        sound_offset=region.sound_offset,
    )


def _certain(region: Region) -> bool:
    """Whether what A shows, or the most of it, is known to be where the proportion says."""
    if region.confidence < _SURE:
        return False
    if region.kind is not RegionKind.REPLACED:
        return region.seconds_b >= _SHORT.get(region.kind, 0.0)
    # Other content in a part of the picture may be another take of all of it.
    same_content = region.reason in (RegionReason.OVERLAY, RegionReason.LOOK)
    longer = region.seconds_a - region.seconds_b * region.rate
    return same_content and abs(longer) < _SAME_LENGTH


def _doubted_steps(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Less certain of short pieces of one side that touch an uncertain one there."""
    doubted = [piece for piece in pieces if piece.paired and not piece.certain]
    in_a = {_rounded(edge) for piece in doubted for edge in piece.in_a}
    in_b = {_rounded(edge) for piece in doubted for edge in piece.in_b}
    for piece in pieces:
        edges, own = (in_a, piece.in_a) if piece.seconds_a > 0 else (in_b, piece.in_b)
        touches = not edges.isdisjoint(map(_rounded, own))
        unsure = touches and not piece.paired and piece.longest < _STEP
        yield replace(piece, certain=False) if unsure else piece


def _rounded(time: float) -> int:
    return round(time / _NOTHING)


def _shifted(pieces: Sequence[Piece], end_b: float) -> list[Piece]:
    """The pieces with B's times as its sound has them, tiling B from 0 to end_b."""
    end_a = max(piece.a_end for piece in pieces)
    moved = [
        replace(
            piece,
            b_start=piece.b_start + piece.sound_offset,
            b_end=piece.b_end + piece.sound_offset,
        )
        for piece in pieces
        if piece.paired
    ]
    kept = list(_apart([piece for piece in moved if piece.certain], end_b))
    for piece in moved:
        if not piece.certain:
            kept += _free_part(piece, kept, end_b)
    return [*kept, *_only_in_a(kept, end_a), *_only_in_b(kept, end_b)]


def _apart(pieces: Sequence[Piece], end_b: float) -> Iterator[Piece]:
    """Each as far as the next one leaves room in B, within B."""
    ordered = sorted(pieces, key=lambda piece: piece.b_start)
    limits = (max(piece.b_start, 0.0) for piece in ordered[1:])
    for piece, limit in zip(ordered, itertools.chain(limits, [end_b]), strict=False):
        start, end = max(piece.b_start, 0.0), min(piece.b_end, limit, end_b)
        if end - start > _NOTHING:
            yield replace(
                piece,
                a_start=piece.a_start + (start - piece.b_start) * piece.rate,
                a_end=piece.a_end - (piece.b_end - end) * piece.rate,
                b_start=start,
                b_end=end,
            )


def _free_part(piece: Piece, taken: Sequence[Piece], end_b: float) -> list[Piece]:
    """Replaced content has what of its place in B the content in common leaves."""
    start, end = max(piece.b_start, 0.0), min(piece.b_end, end_b)
    for other in taken:
        if other.b_start <= start < other.b_end:
            start = other.b_end
    for other in taken:
        if start < other.b_start < end:
            end = other.b_start
    return [replace(piece, b_start=start, b_end=end)] if end - start > _NOTHING else []


def _only_in_a(pieces: Sequence[Piece], end: float) -> Iterator[Piece]:
    """What of A no piece has; in B it is where the piece before ends that was not moved."""
    ordered = sorted(pieces, key=lambda piece: piece.a_start)
    for start, until, before in _holes([each.in_a for each in ordered], end):
        stayed = (each for each in reversed(ordered[:before]) if each.kind is not RegionKind.MOVED)
        position = next((each.b_end for each in stayed), 0.0)
        yield Piece(
            kind=RegionKind.DELETED, a_start=start, a_end=until, b_start=position, b_end=position
        )


def _only_in_b(pieces: Sequence[Piece], end: float) -> Iterator[Piece]:
    """What of B no piece has."""
    return (piece.mirrored() for piece in _only_in_a([piece.mirrored() for piece in pieces], end))


def _holes(spans: Sequence[Span], end: float) -> Iterator[tuple[float, float, int]]:
    """What ordered spans leave free from 0 to `end`, with how many spans are before."""
    edges = [0.0, *itertools.chain.from_iterable(spans), end]
    for before, (start, until) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        if until - start > _NOTHING:
            yield start, until, before
