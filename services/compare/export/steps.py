"""What to do to A, one step after the other, until it is B.

Every step is at a frame of the sequence as the steps before have left it. As they go from the head
to the tail, everything before a step is B already, so that its place is a frame of B.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sage.compare.v1.compare_pb2 import RegionKind
from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.document import Document
from services.compare.export.pieces import Piece, Span, pieces_of
from services.compare.export.timecode import FrameClock


class Action(enum.Enum):
    """What a step does. LIFT and MOVE belong together, in whichever order they come."""

    INSERT = "insert"
    DELETE = "delete"
    REPLACE = "replace"
    LIFT = "lift"
    MOVE = "move in"
    RETIME = "retime"


@dataclass(frozen=True, kw_only=True)
class Step:
    """at: the first frame of the sequence that it touches.

    removed, added: how many frames it takes out there, and puts in. source: the frames of A that
    are taken out, or put in by MOVE; None when there are none. net: by how many frames the sequence
    is longer than A after this step.
    """

    action: Action
    at: int
    removed: int
    added: int
    source: Span | None
    net: int


def steps_of(document: Document, modality: Modality.ValueType) -> list[Step]:
    """The steps of the picture or the sound, in B's frames throughout."""
    counted = replace(document, a_clock=_in_frames_of_b(document))
    pieces = _healed(pieces_of(counted, modality).pieces, document.heal_frames)
    a_frames = counted.a_clock.frame(document.comparison.summary.duration_a)
    if not pieces and not any(r.modality == modality for r in document.comparison.regions):
        return []
    return list(_with_net(_walk(pieces, a_frames)))


def _in_frames_of_b(document: Document) -> FrameClock:
    """A's clock, counting at B's rate: what is conformed plays at one rate."""
    a, b = document.a_clock, document.b_clock
    # 24 and 23.976 frames a second are the same frames, one for one.
    if a.nominal == b.nominal:
        return a
    start = round(a.start / a.exact_rate * b.exact_rate)
    return FrameClock(b.frame_rate, drop_frame=b.drop_frame, start=start)


def source_clock(document: Document) -> FrameClock:
    """The clock that the steps' sources are counted by."""
    return _in_frames_of_b(document)


def _healed(pieces: Sequence[Piece], heal_frames: int) -> list[Piece]:
    """The pieces; what is the same for up to so many frames between two changes counts as new."""
    joined = [_continues(left, right) for left, right in pairwise(pieces)]
    return [
        replace(piece, source=None)
        if piece.region.kind == RegionKind.REGION_KIND_UNCHANGED
        and piece.record.length <= heal_frames
        and 0 < index < len(pieces) - 1
        and not joined[index - 1]
        and not joined[index]
        else piece
        for index, piece in enumerate(pieces)
    ]


def _continues(left: Piece, right: Piece) -> bool:
    if left.source is None or right.source is None or left.is_retimed or right.is_retimed:
        return False
    return left.source.end == right.source.start


def _walk(pieces: Sequence[Piece], a_frames: int) -> Iterator[Step]:
    moved = sorted(
        (each.source for each in pieces if each.source is not None and _is_moved(each)),
        key=lambda span: span.start,
    )
    at_a = 0
    new: Span | None = None  # of B, directly before the frames of A that come next
    for piece in pieces:
        source = piece.source
        if source is None:
            new = Span(start=new.start if new else piece.record.start, end=piece.record.end)
            continue
        if _is_moved(piece):
            yield from _inserted(new)
            new = None
            yield _step(Action.MOVE, piece.record.start, 0, source.length, source)
            continue
        yield from _gone(Span(start=at_a, end=source.start), new, piece.record.start, moved)
        new = None
        if source.start < at_a:  # a frame that is played again
            again = Span(start=source.start, end=min(at_a, source.end))
            yield _step(Action.MOVE, piece.record.start, 0, again.length, again)
        if piece.is_retimed:
            yield _step(
                Action.RETIME, piece.record.start, source.length, piece.record.length, source
            )
        at_a = max(at_a, source.end)
    end = pieces[-1].record.end if pieces else 0
    yield from _gone(Span(start=at_a, end=a_frames), new, end, moved)


def _gone(gap: Span, new: Span | None, at: int, moved: Sequence[Span]) -> Iterator[Step]:
    """What becomes of A's frames in the gap, and of the new ones in their place. at: where the
    sequence has the gap once the new frames are in."""
    parts = list(_parts(gap, moved))
    first = parts[0] if parts else None
    if new is not None and first is not None and not first[1]:
        yield _step(Action.REPLACE, new.start, first[0].length, new.length, first[0])
        parts = parts[1:]
    else:
        yield from _inserted(new)
    for span, is_moved in parts:
        yield _step(Action.LIFT if is_moved else Action.DELETE, at, span.length, 0, span)


def _parts(gap: Span, moved: Sequence[Span]) -> Iterator[tuple[Span, bool]]:
    """The gap, cut where frames begin and end that go elsewhere."""
    at = gap.start
    for span in moved:
        start, end = max(span.start, at), min(span.end, gap.end)
        if end <= start:
            continue
        if start > at:
            yield Span(start=at, end=start), False
        yield Span(start=start, end=end), True
        at = end
    if gap.end > at:
        yield Span(start=at, end=gap.end), False


def _inserted(new: Span | None) -> Iterator[Step]:
    if new is not None:
        yield _step(Action.INSERT, new.start, 0, new.length, None)


def _step(action: Action, at: int, removed: int, added: int, source: Span | None) -> Step:
    return Step(action=action, at=at, removed=removed, added=added, source=source, net=0)


def _with_net(steps: Iterator[Step]) -> Iterator[Step]:
    net = 0
    for step in steps:
        net += step.added - step.removed
        yield replace(step, net=net)


def _is_moved(piece: Piece) -> bool:
    return piece.region.kind == RegionKind.REGION_KIND_MOVED
