"""Finds what makes two versions look different throughout, and takes it away.

What is left are two frame tracks in which the same content looks the same, so that edits are
searched for as between two encodes of one master.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.compare.frames.fingerprints import Frames, frame_distances
from services.compare.looks.blending import Blending, find_blending
from services.compare.looks.colour import ColourMap, fit_colours
from services.compare.looks.estimate import Framed, likely_framings, plain_framing
from services.compare.looks.framing import SIDE, Framing
from services.compare.looks.matching import Matches, Samples, nearby
from services.compare.looks.overlays import opaque_cells, standing_cells, whole_overlay
from services.compare.timeline import Box, FrameTrack, UInt8

# A look is one when taking it away leaves at most this share of the difference.
_EXPLAINED = 0.7
# Matched frames no further apart than this, in levels, are as good as equal.
_NOTHING = 0.25
# Fewer matches, of B's moments, are no ground for a look.
_LEAST_SHARE, _LEAST_MATCHES = 0.2, 8
_FITTED_FRAMES = 150
_BLOCK = 4096
# A change of so much of what is compared is one of the whole picture.
_ALL_OF_IT = 0.8
# In place of cells that are not to be compared.
_NEUTRAL = 128
# A look that leaves no more than this, in levels, for this share of B's moments needs no framing.
_LEVEL, _MOST_MATCHED = 1.0, 0.5
# Another video may be made somewhat like this one; the same one comes much closer, in levels.
_MOST_LEFT = 4.0
# How much better a framing has to explain a pair than none.
_PLAINER = 0.75


@dataclass(frozen=True, kw_only=True)
class Look:
    """What sets B's look apart from A's.

    covered: (16, 16) cells of the common grid under a standing overlay.
    colour: what brings the colours of one side to those of the other; None when they are the same.
    colour_of_a: whether it is to be applied to A's frames, which have more to lose, or to B's.
    blending: how one side's frames follow from several of the other's; None when they do not.
    matches: the frames by which it was found.
    before, after: the median difference of matched frames with and without the look, in levels.
    """

    framing: Framing
    covered: NDArray[np.bool_]
    colour: ColourMap | None
    colour_of_a: bool
    blending: Blending | None
    matches: Matches
    before: float
    after: float

    @property
    def compared(self) -> NDArray[np.bool_]:
        """(16, 16) the cells of the common grid that can be compared."""
        return self.framing.shared & ~self.covered

    def located(self, box: Box) -> Box | None:
        """A box on the common grid as a part of B's picture; None for all that is compared."""
        rows, columns = self.compared.any(axis=1), self.compared.any(axis=0)
        seen = float(rows.mean() * columns.mean())
        if box.width * box.height >= _ALL_OF_IT * seen:
            return None
        top, bottom = self.framing.vertical.in_b(box.top, box.top + box.height)
        left, right = self.framing.horizontal.in_b(box.left, box.left + box.width)
        if self.framing.mirrored:
            left, right = 1 - right, 1 - left
        return Box(left=left, top=top, width=right - left, height=bottom - top)

    def taken_away(self, a: FrameTrack, b: FrameTrack) -> tuple[FrameTrack, FrameTrack]:
        """Both tracks as they would be if they had the same look."""
        levelled = (
            replace(a, fingerprints=self._levelled(a.fingerprints, of_a=True)),
            replace(b, fingerprints=self._levelled(b.fingerprints, of_a=False)),
        )
        return levelled if self.blending is None else self.blending.applied(*levelled)

    def _levelled(self, cells: UInt8, *, of_a: bool) -> UInt8:
        """In blocks: hours of frames exist once more, and not once for each step."""
        coloured = self.colour is not None and of_a == self.colour_of_a
        if self.framing.is_plain and not coloured and self.compared.all():
            return cells
        out = np.empty_like(cells)
        for start in range(0, len(cells), _BLOCK):
            block = cells[start : start + _BLOCK]
            if not self.framing.is_plain:
                block = self.framing.of_a(block) if of_a else self.framing.of_b(block)
            if self.colour is not None and coloured:
                block = self.colour(block)
            out[start : start + _BLOCK] = block
            out[start : start + _BLOCK, ~self.compared] = _NEUTRAL
        return out


def find_look(a: FrameTrack, b: FrameTrack, check: Callable[[], None]) -> Look | None:
    """The look that holds for most of what the two have in common; None when it is the same.

    check: called between steps; raises to stop the work.
    """
    samples = Samples.of(Frames(a), Frames(b))
    best = _whole_look(samples, plain_framing(samples))
    if best.after > _LEVEL or len(best.matches) < _MOST_MATCHED * len(samples.index_b):
        framed = likely_framings(samples, check)
        if framed:
            other = _whole_look(samples, max(framed, key=lambda each: each.weight))
            best = other if _cost(other) <= _PLAINER * _cost(best) else best
    enough = max(_LEAST_MATCHES, _LEAST_SHARE * len(samples.index_b))
    if len(best.matches) < enough or best.after > _MOST_LEFT:
        return None
    if best.before <= _NOTHING:
        return None
    check()
    blending = find_blending(*best.taken_away(a, b), best.matches)
    check()
    if blending is not None:
        best = replace(best, blending=blending, after=blending.residual)
    return best if best.after <= _EXPLAINED * best.before else None


def _cost(look: Look) -> float:
    """How badly a look explains the pair: what it leaves, in the share of the picture that it
    compares, and how little of B it finds in A."""
    if len(look.matches) == 0:
        return math.inf
    shown = float(look.compared.mean())
    unlike = 1.0 - float(look.matches.correlation.mean())
    found = len(look.matches)
    return (look.after + 1.0 + 10.0 * unlike) / (shown * found)


def _whole_look(samples: Samples, framed: Framed) -> Look:
    """The look with this framing; what lies under an overlay is not used for finding it."""
    framing, look = framed.framing, _look(samples, framed.framing, framed.matches)
    if not look.covered.any():
        return look
    found = samples.matches(framing, look.compared)
    exact = nearby(samples.a, samples.b, found, framing, look.compared)
    return _look(samples, framing, exact) if len(exact) >= len(look.matches) else look


def _look(samples: Samples, framing: Framing, matches: Matches) -> Look:
    """What else there is to a look with this framing: overlays and colours."""
    if len(matches) == 0:
        return _no_look(framing, matches)
    index = np.linspace(0, len(matches) - 1, min(len(matches), _FITTED_FRAMES)).astype(np.int64)
    track_a, track_b = samples.a.track, samples.b.track
    left = framing.of_a(track_a.fingerprints[matches.index_a[index]])[:, framing.shared]
    right = framing.of_b(track_b.fingerprints[matches.index_b[index]])[:, framing.shared]
    standing = opaque_cells(left, right)
    colour, of_a = _colour(left[:, ~standing], right[:, ~standing])
    coloured = _coloured(left, right, colour, of_a=of_a)
    standing |= standing_cells(*coloured)
    covered = np.zeros((SIDE, SIDE), bool)
    covered[framing.shared] = standing
    if standing.any():
        covered = whole_overlay(covered, framing.shared, *coloured)
        free = ~covered[framing.shared]
        left, right = left[:, free], right[:, free]
        colour, of_a = _colour(left, right)
    return Look(
        framing=framing,
        covered=covered,
        colour=colour,
        colour_of_a=of_a,
        blending=None,
        matches=matches,
        before=_apart(samples.a, samples.b, matches),
        after=_difference(*_coloured(left, right, colour, of_a=of_a)),
    )


def _no_look(framing: Framing, matches: Matches) -> Look:
    covered = np.zeros((SIDE, SIDE), bool)
    return Look(
        framing=framing,
        covered=covered,
        colour=None,
        colour_of_a=False,
        blending=None,
        matches=matches,
        before=math.inf,
        after=math.inf,
    )


def _colour(left: UInt8, right: UInt8) -> tuple[ColourMap | None, bool]:
    """(what brings one side's colours to the other's, whether A's); None where they are the same.

    left, right: (n, cells, 3) of A and B.
    """
    cells_a, cells_b = left.reshape(-1, 3), right.reshape(-1, 3)
    of_a, of_b = fit_colours(cells_a, cells_b), fit_colours(cells_b, cells_a)
    a_to_b = of_a.relative <= of_b.relative
    colour = (of_a if a_to_b else of_b).colour
    after = _difference(*_coloured(left, right, colour, of_a=a_to_b))
    return (colour if after <= _EXPLAINED * _difference(left, right) else None), a_to_b


def _coloured(
    left: UInt8, right: UInt8, colour: ColourMap | None, *, of_a: bool
) -> tuple[UInt8, UInt8]:
    if colour is None:
        return left, right
    return (colour(left), right) if of_a else (left, colour(right))


def _apart(a: Frames, b: Frames, matches: Matches) -> float:
    return float(np.median(frame_distances(a, b, matches.index_a, matches.index_b)))


def _difference(left: UInt8, right: UInt8) -> float:
    """The median over frames of the mean absolute difference of their cells, in levels."""
    return float(np.median(np.abs(left.astype(np.int16) - right).mean(axis=(1, 2))))
