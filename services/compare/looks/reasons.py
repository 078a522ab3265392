"""Why a stretch counts as replaced: other content, the same in another look, or something over it.

A look that holds throughout is taken away before edits are searched for. One that holds for a part
only, such as a scene graded anew, is a difference like any other, and told apart here: its frames
belong together by their place in the stretch, so that nothing has to be searched for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.compare.frames.fingerprints import CHANNEL_WEIGHTS, Frames, IntArray, cell_differences
from services.compare.frames.line_stretches import merge_equal
from services.compare.frames.local_changes import SCORE_PER_DETAIL
from services.compare.looks.colour import fit_colours
from services.compare.looks.estimate import Framed, paired_framing, paired_plainly
from services.compare.looks.tuning import TUNED, LooksTuning
from services.compare.timeline import Float32, FrameTrack, Region, RegionKind, RegionReason, UInt8

_SAMPLED_FRAMES = 24
# Framings are tried for so many stretches, the longest first: each takes a tenth of a second.
_FRAMED_STRETCHES = 20


def with_reasons(
    regions: Sequence[Region],
    a: FrameTrack,
    b: FrameTrack,
    threshold: float,
    check: Callable[[], None],
    *,
    tuning: LooksTuning = TUNED,
) -> list[Region]:
    """The regions, each REPLACED one with its reason.

    threshold: what scores less is no difference.
    check: called between stretches; raises to stop the work.
    """
    frames_a, frames_b = Frames(a), Frames(b)
    replaced = [region for region in regions if region.kind is RegionKind.REPLACED]
    longest = sorted(replaced, key=lambda region: region.a_start - region.a_end)
    framed = {id(region) for region in longest[:_FRAMED_STRETCHES]}
    reasons = {}
    for region in replaced:
        check()
        pairs = _pairs(region, frames_a, frames_b)
        reasons[id(region)] = (
            RegionReason.CONTENT
            if pairs is None
            else _reason(region, pairs, threshold, try_framings=id(region) in framed, tuning=tuning)
        )
    return [replace(region, reason=reasons.get(id(region))) for region in regions]


def without_inexactness(
    regions: Sequence[Region],
    threshold: float,
    *,
    levelled: bool,
    tuning: LooksTuning = TUNED,
) -> list[Region]:
    """The regions without those that only tell of what the whole pair differs by.

    One grade for the whole of a film does not fit each of its scenes to the level, and a softer
    picture differs most where a scene has fine structure. Where a scene's own look would fit, and
    little is left, nothing was replaced.

    levelled: whether a look was taken away from the frames.
    """
    inexact = tuning.reason_inexact if levelled else tuning.reason_softened
    most = inexact * threshold
    return merge_equal(
        [
            replace(region, kind=RegionKind.UNCHANGED, reason=None, box=None)
            if region.reason is RegionReason.LOOK and region.score <= most
            else region
            for region in regions
        ]
    )


@dataclass(frozen=True)
class _Pairs:
    """Frames that belong together: index_a[i] of A and index_b[i] of B."""

    a: Frames
    b: Frames
    index_a: IntArray
    index_b: IntArray


def _pairs(region: Region, a: Frames, b: Frames) -> _Pairs | None:
    """Frames of both sides by their place in a region; None when it is longer on one of them."""
    in_a, in_b = a.between(region.a_start, region.a_end), b.between(region.b_start, region.b_end)
    longer = region.seconds_a - region.seconds_b
    if abs(longer) > 1.5 * max(a.step, b.step) or 0 in (len(in_a), len(in_b)):
        return None
    index_b = in_b[np.linspace(0, len(in_b) - 1, min(len(in_b), _SAMPLED_FRAMES)).astype(np.int64)]
    index_a = a.nearest(b.times[index_b] - region.b_start + region.a_start)
    return _Pairs(a, b, np.clip(index_a, in_a[0], in_a[-1]), index_b)


def _reason(
    region: Region, pairs: _Pairs, threshold: float, *, try_framings: bool, tuning: LooksTuning
) -> RegionReason:
    limit = threshold / SCORE_PER_DETAIL + pairs.a.track.colour_slack
    if _is_look(
        paired_plainly(pairs.a, pairs.b, pairs.index_a, pairs.index_b), pairs, limit, tuning=tuning
    ):
        return RegionReason.LOOK
    if region.box is not None:
        return _reason_of_a_part(
            cell_differences(pairs.a, pairs.b, pairs.index_a, pairs.index_b), tuning=tuning
        )
    if try_framings:
        framed = paired_framing(pairs.a, pairs.b, pairs.index_a, pairs.index_b, tuning=tuning)
        if _is_look(framed, pairs, limit, tuning=tuning):
            return RegionReason.LOOK
    return RegionReason.CONTENT


def _is_look(framed: Framed, pairs: _Pairs, limit: float, *, tuning: LooksTuning) -> bool:
    """Whether no cell differs by more than the limit on average, once the colours of one side are
    brought to those of the other."""
    if float(np.median(framed.matches.correlation)) < tuning.reason_alike:
        return False
    framing = framed.framing
    left = framing.of_a(pairs.a.track.fingerprints[pairs.index_a])[:, framing.shared]
    right = framing.of_b(pairs.b.track.fingerprints[pairs.index_b])[:, framing.shared]
    cells_a, cells_b = left.reshape(-1, 3), right.reshape(-1, 3)
    graded_a = fit_colours(cells_a, cells_b, tuning=tuning).colour(left)
    graded_b = fit_colours(cells_b, cells_a, tuning=tuning).colour(right)
    return min(_most_apart(graded_a, right), _most_apart(left, graded_b)) <= limit


def _most_apart(left: UInt8, right: UInt8) -> float:
    """How much the cell that differs most does on average over n frames; 1 for the full range.

    left, right: (n, cells, 3) colours.
    """
    difference = np.abs(left.astype(np.float32) - right) @ (CHANNEL_WEIGHTS / np.float32(255))
    return float(difference.mean(axis=0).max())


def _reason_of_a_part(cells: Float32, *, tuning: LooksTuning) -> RegionReason:
    """Of a change in a part of the picture: (n, 256) how much each cell differs in n frames."""
    largest = cells.max(axis=1, keepdims=True)
    changed = cells > np.maximum(tuning.reason_changed, tuning.reason_share_of_largest * largest)
    together = changed.any(axis=0).sum()
    usually = np.minimum(changed.mean(axis=0) / tuning.reason_standing, 1.0).sum()
    return (
        RegionReason.OVERLAY
        if usually >= tuning.reason_standing * together > 0
        else RegionReason.CONTENT
    )
