"""Time maps of finished comparisons, and their messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sage.compare.v1 import time_map_pb2
from sage.compare.v1.compare_pb2 import Comparison, RegionKind, RegionReason
from sage.compare.v1.compare_pb2 import Region as RegionMessage
from sage.compare.v1.time_map_pb2 import ModalityTimeMap, Side, TimeMap, TimeMapPiece
from sage.embed.v1.embed_pb2 import Modality
from services.compare.api import convert
from services.compare.timeline import Box, Region
from services.compare.timeline import RegionKind as OwnKind
from services.compare.timeline import RegionReason as OwnReason
from services.compare.timemap import MappedTime, Outcome, Piece, PieceMap, map_of_regions

_FRAMES = ("a_start_frame", "a_end_frame", "b_start_frame", "b_end_frame")
_KIND = "REGION_KIND_"
_REASONS = {RegionReason.Value(f"REGION_REASON_{each.value}"): each for each in OwnReason}
_OUTCOMES = {
    each: time_map_pb2.MappedTime.Outcome.Value(f"OUTCOME_{each.value}") for each in Outcome
}


def time_map_of(comparison: Comparison) -> TimeMap:
    """The maps of all modalities that were compared."""
    return TimeMap(
        modalities=(_modality_map(comparison, each) for each in comparison.header.modalities),
        duration_a=comparison.summary.duration_a,
        duration_b=comparison.summary.duration_b,
    )


def piece_map_of(
    comparison: Comparison, modality: Modality.ValueType, side: Side.ValueType
) -> PieceMap:
    """The map of one modality from a side to the other.

    Raises SageError(MODALITY_MISSING) when it was not compared.
    """
    if modality not in comparison.header.modalities:
        header = comparison.header
        raise convert.modality_missing(modality, f"{header.a.video} or {header.b.video}")
    by = map_of_regions(
        [region_of(each) for each in comparison.regions if each.modality == modality],
        comparison.summary.duration_b,
    )
    return by.mirrored() if side == Side.SIDE_B else by


def mapped_times(by: PieceMap, times: Iterable[float]) -> Iterator[time_map_pb2.MappedTime]:
    """Each time in turn, in seconds of one version, with where it is in the other."""
    return (_mapped_time(by.at(time)) for time in times)


def region_of(message: RegionMessage) -> Region:
    """A region of an answer as the value it was made of."""
    box = message.box
    return Region(
        kind=OwnKind(RegionKind.Name(message.kind).removeprefix(_KIND)),
        a_start=message.a_start,
        a_end=message.a_end,
        b_start=message.b_start,
        b_end=message.b_end,
        score=message.score,
        confidence=message.confidence,
        rate=message.rate,
        box=Box(left=box.left, top=box.top, width=box.width, height=box.height)
        if message.HasField("box")
        else None,
        reason=_REASONS.get(message.reason),
        sound_offset=message.sound_offset,
    )


def _modality_map(comparison: Comparison, modality: Modality.ValueType) -> ModalityTimeMap:
    by = piece_map_of(comparison, modality, Side.SIDE_A)
    pieces = [_piece(each) for each in by.pieces]
    regions = [each for each in comparison.regions if each.modality == modality]
    frames = {(each.a_start, each.a_end, each.b_start, each.b_end): each for each in regions}
    for piece in pieces:
        region = frames.get((piece.a_start, piece.a_end, piece.b_start, piece.b_end))
        if region is not None and region.HasField("a_start_frame"):
            for field in _FRAMES:
                setattr(piece, field, getattr(region, field))
    return ModalityTimeMap(modality=modality, pieces=pieces)


def _piece(piece: Piece) -> TimeMapPiece:
    return TimeMapPiece(
        kind=TimeMapPiece.Kind.Value(f"KIND_{piece.kind.value}"),
        a_start=piece.a_start,
        a_end=piece.a_end,
        b_start=piece.b_start,
        b_end=piece.b_end,
        rate=piece.rate,
        confidence=piece.confidence,
        certain=piece.certain,
        sound_offset=piece.sound_offset,
    )


def _mapped_time(found: MappedTime) -> time_map_pb2.MappedTime:
    return time_map_pb2.MappedTime(
        outcome=_OUTCOMES[found.outcome],
        place=found.place,
        before=found.before,
        after=found.after,
    )
