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

from services.compare.frames.fingerprints import CHANNEL_WEIGHTS, Frames, frame_distances
from services.compare.looks.blending import Blending, find_blending
from services.compare.looks.colour import ColourMap, fit_colours
from services.compare.looks.estimate import Framed, likely_framings, plain_framing
from services.compare.looks.framing import SIDE, Framing
from services.compare.looks.matching import Matches, Samples, nearby
from services.compare.looks.overlays import opaque_cells, standing_cells, whole_overlay
from services.compare.looks.panning import Panning, find_panning
from services.compare.looks.tuning import TUNED, LooksTuning
from services.compare.timeline import Box, FrameTrack, UInt8

_FITTED_FRAMES = 150
_BLOCK = 4096
# A change of so much of what is compared is one of the whole picture.
_ALL_OF_IT = 0.8
# In place of cells that are not to be compared.
_NEUTRAL = 128


@dataclass(frozen=True, kw_only=True)
class Look:
    """What sets B's look apart from A's.

    covered: (16, 16) cells of the common grid under a standing overlay.
    colour: what brings the colours of one side to those of the other; None when they are the same.
    colour_of_a: whether it is to be applied to A's frames, which have more to lose, or to B's.
    blending: how one side's frames follow from several of the other's; None when they do not.
    matches: the frames by which it was found.
    before, after: the median difference of matched frames with and without the look, in levels.
    panning: the moving window that is undone before anything else; the framing is then of the cells
        that lie in it always.
    colour_slack: what a cell may still be off by where the colours were brought to each other, as a
        share of the full range.
    """

    framing: Framing
    covered: NDArray[np.bool_]
    colour: ColourMap | None
    colour_of_a: bool
    blending: Blending | None
    matches: Matches
    before: float
    after: float
    colour_slack: float = 0.0
    panning: Panning | None = None

    @property
    def compared(self) -> NDArray[np.bool_]:
        """(16, 16) the cells of the common grid that can be compared."""
        return self.framing.shared & ~self.covered

    def covers_all(self, box: Box) -> bool:
        """Whether a box on the common grid holds nearly all that is compared."""
        rows, columns = self.compared.any(axis=1), self.compared.any(axis=0)
        seen = float(rows.mean() * columns.mean())
        return box.width * box.height >= _ALL_OF_IT * seen

    def located(self, box: Box) -> Box | None:
        """A box on the common grid as a part of B's picture; None for all that is compared, and
        where B's picture lies in another place from frame to frame."""
        if self.panning is not None or self.covers_all(box):
            return None
        top, bottom = self.framing.vertical.in_b(box.top, box.top + box.height)
        left, right = self.framing.horizontal.in_b(box.left, box.left + box.width)
        if self.framing.mirrored:
            left, right = 1 - right, 1 - left
        return Box(left=left, top=top, width=right - left, height=bottom - top)

    def taken_away(self, a: FrameTrack, b: FrameTrack) -> tuple[FrameTrack, FrameTrack]:
        """Both tracks as they would be if they had the same look."""
        if self.panning is not None:
            a, b = self.panning.applied(a, b)
        levelled = (
            replace(
                a,
                fingerprints=self._levelled(a.fingerprints, of_a=True),
                colour_slack=self.colour_slack,
            ),
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


def find_look(
    a: FrameTrack, b: FrameTrack, check: Callable[[], None], *, tuning: LooksTuning = TUNED
) -> Look | None:
    """The look that holds for most of what the two have in common; None when it is the same.

    check: called between steps; raises to stop the work.
    """
    samples = Samples.of(Frames(a), Frames(b), tuning=tuning)
    best = _whole_look(samples, plain_framing(samples, tuning=tuning), tuning=tuning)
    if not _needs_no_framing(best, samples, tuning=tuning):
        framed = likely_framings(samples, check, tuning=tuning)
        if framed:
            other = _whole_look(samples, max(framed, key=lambda each: each.weight), tuning=tuning)
            best = other if _is_better_framed(other, best, tuning=tuning) else best
        if not _finds_nearly_all(best, samples, tuning=tuning):
            check()
            best = _under_panning(best, a, b, check, tuning=tuning)
    enough = max(tuning.look_least_matches, tuning.look_least_share * len(samples.index_b))
    if len(best.matches) < enough or best.after > tuning.look_most_left:
        return None
    if best.before <= tuning.look_nothing:
        return None
    check()
    blending = find_blending(*best.taken_away(a, b), best.matches, tuning=tuning)
    check()
    if blending is not None:
        best = replace(best, blending=blending, after=blending.residual)
    return best if best.after <= tuning.look_explained * best.before else None


def _needs_no_framing(plain: Look, samples: Samples, *, tuning: LooksTuning) -> bool:
    # What covers the picture from edge to edge may be thin bars, beside which it is scaled.
    across = plain.covered.all(axis=0).any() or plain.covered.all(axis=1).any()
    # A mirrored page is like itself but for where its text is, which then seems to be covered.
    return (
        not across
        and plain.covered.mean() <= tuning.look_most_covered
        and plain.after <= tuning.look_level
        and len(plain.matches) >= tuning.look_most_matched * len(samples.index_b)
        and float(np.median(plain.matches.correlation)) >= tuning.look_surely_alike
    )


def _finds_nearly_all(look: Look, samples: Samples, *, tuning: LooksTuning) -> bool:
    """Whether next to nothing is left that a moving window could explain."""
    return (
        look.after <= tuning.look_level
        and len(look.matches) >= tuning.pan_not_needed * len(samples.index_b)
        and float(np.median(look.matches.correlation)) >= tuning.pan_alike_without
    )


def _under_panning(
    still: Look, a: FrameTrack, b: FrameTrack, check: Callable[[], None], *, tuning: LooksTuning
) -> Look:
    """The look with a moving window, if that explains the pair better than a still one."""
    panning = find_panning(a, b, check, tuning=tuning)
    if panning is None:
        return still
    check()
    whole_a, whole_b = panning.applied(a, b)
    samples = Samples.of(Frames(whole_a), Frames(whole_b), tuning=tuning)
    matches = samples.matches(panning.framing)
    matches = nearby(samples.a, samples.b, matches, panning.framing, tuning=tuning)
    found = _whole_look(samples, Framed(panning.framing, matches), tuning=tuning)
    found = replace(found, panning=panning, before=_apart(Frames(a), Frames(b), found.matches))
    # Of less of the picture as much can be said: it is the same wherever the window is.
    least, most = float(found.compared.mean()), float(still.compared.mean())
    fair = _cost(found) * math.sqrt(least / max(most, least))
    return found if fair <= tuning.framing_plainer * _cost(still) else still


def _is_better_framed(framed: Look, plain: Look, *, tuning: LooksTuning) -> bool:
    """Whether a framing is worth it: by what it costs, or, as slight ones cost nearly what none
    does, as it explains most of what none leaves."""
    if _cost(framed) <= tuning.framing_plainer * _cost(plain):
        return True
    if 0 in (len(framed.matches), len(plain.matches)):
        return False
    unlike = [1.0 - float(np.median(each.matches.correlation)) for each in (framed, plain)]
    return (
        len(framed.matches) >= tuning.framing_slight_found * len(plain.matches)
        and framed.after <= tuning.look_explained * plain.after
        and unlike[0] <= tuning.framing_slight_unlike * unlike[1]
    )


def _cost(look: Look) -> float:
    """How badly a look explains the pair: what it leaves, in the share of the picture that it
    compares, and how little of B it finds in A."""
    if len(look.matches) == 0:
        return math.inf
    shown = float(look.compared.mean())
    unlike = 1.0 - float(look.matches.correlation.mean())
    found = len(look.matches)
    return (look.after + 1.0 + 10.0 * unlike) / (shown * found)


def _whole_look(samples: Samples, framed: Framed, *, tuning: LooksTuning) -> Look:
    """The look with this framing; what lies under an overlay is not used for finding it."""
    framing, look = framed.framing, _look(samples, framed.framing, framed.matches, tuning=tuning)
    if not look.covered.any():
        return look
    found = samples.matches(framing, look.compared)
    exact = nearby(samples.a, samples.b, found, framing, look.compared, tuning=tuning)
    return (
        _look(samples, framing, exact, tuning=tuning) if len(exact) >= len(look.matches) else look
    )


def _look(samples: Samples, framing: Framing, matches: Matches, *, tuning: LooksTuning) -> Look:
    """What else there is to a look with this framing: overlays and colours."""
    if len(matches) == 0:
        return _no_look(framing, matches)
    index = np.linspace(0, len(matches) - 1, min(len(matches), _FITTED_FRAMES)).astype(np.int64)
    track_a, track_b = samples.a.track, samples.b.track
    left = framing.of_a(track_a.fingerprints[matches.index_a[index]])[:, framing.shared]
    right = framing.of_b(track_b.fingerprints[matches.index_b[index]])[:, framing.shared]
    standing = opaque_cells(left, right, tuning=tuning)
    if _usual_difference(left, right) <= tuning.look_nothing:
        # Without a grade; else one is found that turns a red logo into what lies below it.
        standing |= standing_cells(left, right, tuning=tuning)
    colour, of_a = _colour(left[:, ~standing], right[:, ~standing], tuning=tuning)
    coloured = _coloured(left, right, colour, of_a=of_a)
    standing |= standing_cells(*coloured, tuning=tuning)
    covered = np.zeros((SIDE, SIDE), bool)
    covered[framing.shared] = standing
    if standing.any():
        covered = whole_overlay(covered, framing.shared, *coloured, tuning=tuning)
        free = ~covered[framing.shared]
        left, right = left[:, free], right[:, free]
        colour, of_a = _colour(left, right, tuning=tuning)
    coloured = _coloured(left, right, colour, of_a=of_a)
    return Look(
        framing=framing,
        covered=covered,
        colour=colour,
        colour_of_a=of_a,
        blending=None,
        matches=matches,
        before=_apart(samples.a, samples.b, matches),
        after=_difference(*coloured),
        colour_slack=0.0
        if colour is None and framing.is_still
        else _colour_slack(*coloured, tuning=tuning),
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


def _colour(left: UInt8, right: UInt8, *, tuning: LooksTuning) -> tuple[ColourMap | None, bool]:
    """(what brings one side's colours to the other's, whether A's); None where they are the same.

    left, right: (n, cells, 3) of A and B.
    """
    cells_a, cells_b = left.reshape(-1, 3), right.reshape(-1, 3)
    of_a, of_b = (
        fit_colours(cells_a, cells_b, tuning=tuning),
        fit_colours(cells_b, cells_a, tuning=tuning),
    )
    a_to_b = of_a.relative <= of_b.relative
    colour = (of_a if a_to_b else of_b).colour
    after = _difference(*_coloured(left, right, colour, of_a=a_to_b))
    return (colour if after <= tuning.look_explained * _difference(left, right) else None), a_to_b


def _coloured(
    left: UInt8, right: UInt8, colour: ColourMap | None, *, of_a: bool
) -> tuple[UInt8, UInt8]:
    if colour is None:
        return left, right
    return (colour(left), right) if of_a else (left, colour(right))


def _apart(a: Frames, b: Frames, matches: Matches) -> float:
    return float(np.median(frame_distances(a, b, matches.index_a, matches.index_b)))


def _colour_slack(left: UInt8, right: UInt8, *, tuning: LooksTuning) -> float:
    """How far a cell may be off, as a share of the full range, beyond what counts as nothing.

    The mean of graded pixels is not the grade of their mean: where a strong grade meets texture,
    cells are off by what no map of their colours can tell. By the worst cell of nearly all matched
    frames, as the others may hold changes.
    """
    levels = np.abs(left.astype(np.float32) - right) @ (CHANNEL_WEIGHTS / np.float32(255))
    usual = float(np.quantile(levels.max(axis=1), tuning.colour_nearly_all))
    return max(tuning.colour_times_left * usual - tuning.colour_not_seen, 0.0)


def _difference(left: UInt8, right: UInt8) -> float:
    """The median over frames of the mean absolute difference of their cells, in levels."""
    return float(np.median(np.abs(left.astype(np.int16) - right).mean(axis=(1, 2))))


def _usual_difference(left: UInt8, right: UInt8) -> float:
    """How much the usual cell differs throughout, in levels."""
    apart = np.abs(left.astype(np.int16) - right).mean(axis=2)
    return float(np.median(np.median(apart, axis=0)))
