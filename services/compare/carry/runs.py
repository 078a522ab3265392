"""The stretches of the other version in which an item goes on unbroken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.compare.carry.document import Extent
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
# Rates that differ by less are the same.
_OTHER_RATE = 0.005


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How an item is carried. frame: seconds of one. extent: how it lies over cuts."""

    frame: float
    extent: Extent

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

    @property
    def rate(self) -> float:
        """How many times as fast it is now, as a whole."""
        return self.covered / max(self.length - self.new, _ROUNDING)


def runs_of(start: float, end: float, by: PieceMap, manner: Manner) -> list[Run]:
    """What is there of a stretch of A, in A's order. end may be after the end of the video."""
    inner = min(end, by.end)
    tolerated = manner.tolerated(inner - start)
    runs: list[Run] = []
    for piece in by.overlapping(start + manner.on_cut, inner - manner.on_cut):
        if not piece.paired:
            continue
        part = _part(piece, max(start, piece.a_start), min(inner, piece.a_end), tolerated)
        if manner.extent is Extent.SPANNED and start < part.a_start and part.a_end < inner:
            # Of what reaches from end to end only the ends have to be known.
            part = replace(part, unsure=None)
        if runs and _goes_on(runs[-1], part, manner):
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


def _goes_on(run: Run, part: Run, manner: Manner) -> bool:
    """Whether a part belongs to what is before it."""
    new, cut_out = part.b_start - run.b_end, part.a_start - run.a_end
    if new < -manner.on_cut:
        return False
    match manner.extent:
        case Extent.SPANNED:
            return True
        case Extent.READ:
            return new <= _RUNS_ON
        case Extent.PLAYED:
            return max(new, cut_out) <= manner.on_cut and abs(run.rate - part.rate) < _OTHER_RATE


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
    least = SHORTEST_READABLE if manner.extent is Extent.READ else manner.missed
    kept = list(runs)
    while len(kept) > 1:
        shortest = min(kept, key=lambda run: run.length)
        if shortest.length >= least:
            break
        kept.remove(shortest)
    return kept
