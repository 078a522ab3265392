"""A map of times from one version to the other, piece by piece.

Pieces tile both timelines. Inside a piece that both have, times go over in proportion, so that
going there and back gives the time again. A time on a cut belongs to what begins there.
"""

from __future__ import annotations

import enum
import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from services.compare.geometry import Stretch
from services.compare.timeline import RegionKind


class Outcome(enum.Enum):
    """What became of a time.

    MAPPED: it has one place. DELETED: what is there is not in the other version. AMBIGUOUS: what is
    there was replaced, or the comparison is not sure of it; the place is a guess in proportion, or
    beside the cut where it may be gone.
    OUTSIDE: before the start or after the end.
    """

    MAPPED = "MAPPED"
    DELETED = "DELETED"
    AMBIGUOUS = "AMBIGUOUS"
    OUTSIDE = "OUTSIDE"


@dataclass(frozen=True, kw_only=True)
class Piece(Stretch):
    """A stretch of both timelines in which times go over in one way. All times in seconds.

    INSERTED has a_start == a_end, DELETED has b_start == b_end. certain: whether what A shows is
    known to be at the place in B that the proportion says, or known to be gone. sound_offset: by
    how much B's sound is later than its picture; b_start and b_end have it in them.
    """

    kind: RegionKind
    certain: bool = True
    confidence: float = 1.0
    sound_offset: float = 0.0

    @property
    def paired(self) -> bool:
        """Whether both versions have it."""
        return self.a_end > self.a_start and self.b_end > self.b_start

    @property
    def rate(self) -> float:
        """Seconds of A for a second of B: above 1 where B is faster; 0 when only one has it."""
        return self.seconds_a / self.seconds_b if self.paired else 0.0

    def to_b(self, time: float) -> float:
        """B's time for a time of A in a piece that both have; within it, as far as A's time is."""
        place = self.in_proportion(time)
        if time >= self.a_end:
            return self.b_end
        # Rounding must not carry a time over the cut at the end.
        return min(max(place, self.b_start), math.nextafter(self.b_end, self.b_start))

    def mirrored(self) -> Piece:
        """The same with A and B in each other's place."""
        return replace(
            self,
            kind=self.kind.mirrored,
            a_start=self.b_start,
            a_end=self.b_end,
            b_start=self.a_start,
            b_end=self.a_end,
            sound_offset=-self.sound_offset,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class MappedTime:
    """Where a time is in the other version, in seconds.

    place: of what is MAPPED, and the guess for what is AMBIGUOUS. before, after: the nearest places
    around what is DELETED, and the limits of where an AMBIGUOUS time can be; None where there are
    none, and where an AMBIGUOUS one may be anywhere. piece: index of the piece in the map, None for
    OUTSIDE.
    """

    outcome: Outcome
    place: float | None = None
    before: float | None = None
    after: float | None = None
    piece: int | None = None


@dataclass(frozen=True)
class PieceMap:
    """From A to B. pieces: in order of a_start, then b_start; they tile both timelines."""

    pieces: tuple[Piece, ...]

    @cached_property
    def end(self) -> float:
        """Where A ends, in seconds."""
        return max((piece.a_end for piece in self.pieces), default=0.0)

    @cached_property
    def end_b(self) -> float:
        """Where B ends, in seconds."""
        return max((piece.b_end for piece in self.pieces), default=0.0)

    def mirrored(self) -> PieceMap:
        """From B to A."""
        return PieceMap(in_order(piece.mirrored() for piece in self.pieces))

    def at(self, time: float) -> MappedTime:
        """Where a time of A is in B."""
        index = self._index_at(time)
        if index is None:
            return MappedTime(outcome=Outcome.OUTSIDE)
        piece = self.pieces[index]
        if not piece.paired and not piece.certain:
            # Where it would be if it is not gone after all.
            return MappedTime(outcome=Outcome.AMBIGUOUS, place=piece.b_start, piece=index)
        if not piece.paired:
            before, after = self._around(index)
            return MappedTime(outcome=Outcome.DELETED, before=before, after=after, piece=index)
        place = piece.to_b(time)
        if piece.certain:
            return MappedTime(outcome=Outcome.MAPPED, place=place, piece=index)
        return MappedTime(
            outcome=Outcome.AMBIGUOUS,
            place=place,
            before=piece.b_start,
            after=piece.b_end,
            piece=index,
        )

    def overlapping(self, start: float, end: float) -> Sequence[Piece]:
        """The pieces of A that have more than a moment of a stretch, in order."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        found = []
        for index in self._in_a[first:]:
            piece = self.pieces[index]
            if piece.a_start >= end:
                break
            if piece.a_end > start:
                found.append(piece)
        return found

    @cached_property
    def _in_a(self) -> list[int]:
        """Indices of the pieces that take time in A, in order."""
        return [at for at, piece in enumerate(self.pieces) if piece.a_end > piece.a_start]

    @cached_property
    def _starts(self) -> list[float]:
        return [self.pieces[index].a_start for index in self._in_a]

    def _index_at(self, time: float) -> int | None:
        if not self._in_a or not 0 <= time <= self.end:
            return None
        nth = max(bisect_right(self._starts, time) - 1, 0)
        # Where rounding left a hole between two pieces, the later one takes it.
        if time >= self.pieces[self._in_a[nth]].a_end and nth + 1 < len(self._in_a):
            nth += 1
        return self._in_a[nth]

    def _around(self, index: int) -> tuple[float | None, float | None]:
        """Where in B the nearest pieces before and after end and begin."""
        pieces = self.pieces
        earlier = (pieces[at].b_end for at in range(index - 1, -1, -1) if pieces[at].paired)
        later = (pieces[at].b_start for at in range(index + 1, len(pieces)) if pieces[at].paired)
        return next(earlier, None), next(later, None)


def in_order(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """As a map has them."""
    return tuple(sorted(pieces, key=lambda piece: (piece.a_start, piece.a_end, piece.b_start)))
