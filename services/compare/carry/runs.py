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
# Of a frame: what reaches no farther than this into something doubtful ends before it.
_SLIVER = 1.25
# Subtitles run on over new content as short as this, in seconds.
_RUNS_ON = 0.5
# Files may say that something goes on for this long after the last picture, in seconds.
OVERHANG = 0.1
# Rates that differ by less are the same.
_OTHER_RATE = 0.005


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How an item is carried. frame: seconds of one. extent: how it lies over cuts."""

    frame: float
    extent: Extent

    @property
    def on_cut(self) -> float:
        """Seconds: what begins or ends no farther from a cut is meant to stand on it."""
        return max(_ON_CUT * self.frame, _ROUNDING)

    @property
    def missed(self) -> float:
        """Seconds: nobody misses so little of an item."""
        return _MISSED * self.frame

    def tolerated(self, length: float) -> float:
        """How much of a stretch of this length is not missed; never the most of it."""
        return min(self.missed, length / 2)


@dataclass(frozen=True, kw_only=True)
class Run:
    """Consecutive parts of an item that follow each other in B, too. All in seconds.

    covered: how much of the item it is. new: how much of B in it is not in A. moved: whether some
    of it was moved. reordered: whether its parts stand in another order. unsure: the first piece in
    it of which nothing certain is known.
    """

    a_start: float
    a_end: float
    b_start: float
    b_end: float
    covered: float
    new: float = 0.0
    moved: bool = False
    reordered: bool = False
    unsure: Piece | None = None

    @property
    def length(self) -> float:
        """Seconds in B, with what is new there."""
        return self.b_end - self.b_start

    @property
    def rate(self) -> float:
        """How many times as fast it is now, as a whole."""
        return self.covered / max(self.length - self.new, _ROUNDING)


def runs_of(start: float, end: float, by: PieceMap, manner: Manner) -> list[Run]:
    """What is there of a stretch of A, in A's order. end may be after the end of the video."""
    inner = min(end, by.end)
    pieces = [piece for piece in _pieces(start, inner, by, manner) if piece.paired]
    runs: list[Run] = []
    for nth, piece in enumerate(pieces):
        part = _part(piece, max(start, piece.a_start), min(inner, piece.a_end), manner)
        if manner.extent is Extent.SPANNED and 0 < nth < len(pieces) - 1:
            # Of what reaches from end to end only the ends have to be known.
            part = replace(part, unsure=None)
        if runs and _goes_on(runs[-1], part, manner):
            runs[-1] = _joined(runs[-1], part)
        else:
            runs.append(part)
    if runs and 0 < end - inner <= OVERHANG and runs[-1].b_end == by.end_b:
        runs[-1] = replace(runs[-1], b_end=runs[-1].b_end + end - inner)
    if manner.extent is not Extent.PLAYED:
        runs = _apart(runs, _RUNS_ON if manner.extent is Extent.READ else 0.0)
    return _worth_keeping(runs, manner)


def doubtful_loss(start: float, end: float, by: PieceMap, manner: Manner) -> Piece | None:
    """The first piece of a stretch of A that may be gone or not, where that matters."""
    inner = min(end, by.end)
    pieces = _pieces(start, inner, by, manner)
    paired = [nth for nth, piece in enumerate(pieces) if piece.paired]
    for nth, piece in enumerate(pieces):
        lasts = min(inner, piece.a_end) - max(start, piece.a_start)
        # Between the ends of what reaches from one to the other, steps do not matter.
        spanned = manner.extent is Extent.SPANNED and paired and paired[0] < nth < paired[-1]
        if not (piece.paired or piece.certain) and lasts > (_RUNS_ON if spanned else manner.on_cut):
            return piece
    return None


def _pieces(start: float, inner: float, by: PieceMap, manner: Manner) -> Sequence[Piece]:
    """Those that a stretch lies in, without slivers of doubtful ones beside certain ones at its
    ends: cuts may be a frame off."""
    pieces = list(by.overlapping(start + manner.on_cut, inner - manner.on_cut))
    sliver = min(_SLIVER * manner.frame, (inner - start) / 2)
    if len(pieces) > 1 and _is_sliver(pieces[0], pieces[1], pieces[0].a_end - start, sliver):
        del pieces[0]
    if len(pieces) > 1 and _is_sliver(pieces[-1], pieces[-2], inner - pieces[-1].a_start, sliver):
        del pieces[-1]
    return pieces


def _is_sliver(piece: Piece, beside: Piece, length: float, longest: float) -> bool:
    return beside.certain and not piece.certain and length <= longest


def _part(piece: Piece, start: float, end: float, manner: Manner) -> Run:
    unsure = not piece.certain and end - start > manner.on_cut
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


def _apart(runs: Sequence[Run], gap: float) -> list[Run]:
    """In B's order. Runs that meet there are one: what was moved within an item is in it still.

    gap: over how much new content an item runs on, in seconds.
    """
    found: list[Run] = []
    for run in sorted(runs, key=lambda each: each.b_start):
        if not found or run.b_start - found[-1].b_end > gap + _ROUNDING:
            found.append(run)
            continue
        last = found[-1]
        found[-1] = replace(
            last,
            a_start=min(last.a_start, run.a_start),
            a_end=max(last.a_end, run.a_end),
            b_end=max(last.b_end, run.b_end),
            covered=last.covered + run.covered,
            new=max(last.new + min(run.b_start - last.b_end, 0.0), 0.0)
            + max(run.b_start - last.b_end, 0.0),
            moved=True,
            reordered=True,
            unsure=last.unsure or run.unsure,
        )
    return found


def _worth_keeping(runs: Sequence[Run], manner: Manner) -> list[Run]:
    """Without what is too short to stand by itself, as long as something is left.

    Where what is left out may be longer, or elsewhere, nothing is sure of the rest either.
    """
    least = SHORTEST_READABLE if manner.extent is Extent.READ else manner.missed
    kept = list(runs)
    while len(kept) > 1:
        shortest = min(kept, key=lambda run: run.length)
        if shortest.length >= least:
            break
        kept.remove(shortest)
        if shortest.unsure:
            kept[0] = replace(kept[0], unsure=kept[0].unsure or shortest.unsure)
    return kept
