"""The stretches of the other version in which an item goes on unbroken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.compare.timeline import RegionKind
from services.compare.timemap import Piece, PieceMap

# A subtitle stands for five sixths of a second at least (Netflix Timed Text Style Guide).
SHORTEST_READABLE = 5 / 6
# Files round times to a hundredth of a second (ASS); nearer to a cut than that is on it.
_ROUNDING = 0.006
# Of a frame: a time that is this little before a cut was meant to be on it.
_ON_CUT = 0.25
# Of a frame: a cut may be one off, so less than this of an item is not missed.
_MISSED = 1.5
# Subtitles run on over new content as short as this, in seconds.
_RUNS_ON = 0.5


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How items are carried. frame: seconds of one. read: whether people read them as they pass."""

    frame: float
    read: bool

    @property
    def on_cut(self) -> float:
        return max(_ON_CUT * self.frame, _ROUNDING)

    @property
    def missed(self) -> float:
        return _MISSED * self.frame

    def tolerated(self, length: float) -> float:
        """How much of a stretch of this length is not missed; never the most of it."""
        return min(self.missed, length / 2)


@dataclass(frozen=True, kw_only=True)
class Run:
    """Consecutive parts of an item that follow each other in B, too. All in seconds.

    covered: how much of the item it is. new: how much of B in it is not in A. moved: whether some
    of it was moved. unsure: the first piece in it of which nothing certain is known.
    """

    a_start: float
    a_end: float
    b_start: float
    b_end: float
    covered: float
    new: float = 0.0
    moved: bool = False
    unsure: Piece | None = None

    @property
    def length(self) -> float:
        return self.b_end - self.b_start


def runs_of(start: float, end: float, by: PieceMap, manner: Manner) -> list[Run]:
    """What is there of a stretch of A, in A's order. end may be after the end of the video."""
    inner = min(end, by.end)
    tolerated = manner.tolerated(inner - start)
    runs: list[Run] = []
    for piece in by.overlapping(start + manner.on_cut, inner - manner.on_cut):
        if not piece.paired:
            continue
        part = _part(piece, max(start, piece.a_start), min(inner, piece.a_end), tolerated)
        if runs and _goes_on(part.b_start - runs[-1].b_end, manner):
            runs[-1] = _joined(runs[-1], part)
        else:
            runs.append(part)
    if runs and end > inner and runs[-1].a_end == by.end and runs[-1].b_end == by.end_b:
        runs[-1] = replace(runs[-1], b_end=runs[-1].b_end + end - inner)
    return _worth_keeping(runs, manner)


def _part(piece: Piece, start: float, end: float, tolerated: float) -> Run:
    unsure = not piece.certain and end - start > tolerated
    return Run(
        a_start=start,
        a_end=end,
        b_start=piece.to_b(start),
        b_end=piece.b_end if end == piece.a_end else piece.to_b(end),
        covered=end - start,
        moved=piece.kind is RegionKind.MOVED,
        unsure=piece if unsure else None,
    )


def _goes_on(gap: float, manner: Manner) -> bool:
    return -manner.on_cut <= gap <= (_RUNS_ON if manner.read else manner.on_cut)


def _joined(first: Run, then: Run) -> Run:
    return replace(
        first,
        a_end=then.a_end,
        b_end=then.b_end,
        covered=first.covered + then.covered,
        new=first.new + max(then.b_start - first.b_end, 0.0),
        moved=first.moved or then.moved,
        unsure=first.unsure or then.unsure,
    )


def _worth_keeping(runs: Sequence[Run], manner: Manner) -> list[Run]:
    """Without what is too short to stand by itself, as long as something is left."""
    least = SHORTEST_READABLE if manner.read else manner.missed
    kept = list(runs)
    while len(kept) > 1:
        shortest = min(kept, key=lambda run: run.length)
        if shortest.length >= least:
            break
        kept.remove(shortest)
    return kept
