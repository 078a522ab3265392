"""Why a stretch counts as replaced: other content, the same in another look, or something over it.

A look that holds throughout is taken away before edits are searched for. One that holds for a part
only, such as a scene graded anew, is a difference like any other, and told apart here: its frames
belong together by their place in the stretch, so that nothing has to be searched for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from services.compare.frames.fingerprints import Frames, cell_differences
from services.compare.looks.estimate import paired_framing, paired_plainly
from services.compare.looks.levelling import Look, look_of_matches
from services.compare.timeline import Float32, FrameTrack, Region, RegionKind, RegionReason

_SAMPLED_FRAMES = 24
# Frames of which less than this share lie on each other show something else.
_ALIKE = 0.8
# What a look may leave, in levels and as a share of the difference.
_MOST_LEFT, _EXPLAINED = 3.0, 0.5
# Framings are tried for so many stretches, the longest first: each takes a tenth of a second.
_FRAMED_STRETCHES = 20
# A cell differs from this on, as a share of the full range or of the largest difference.
_CHANGED, _SHARE_OF_LARGEST = 0.03, 0.3
# Something that lies over the picture covers the same cells from frame to frame.
_STANDING = 0.7


def with_reasons(
    regions: Sequence[Region], a: FrameTrack, b: FrameTrack, check: Callable[[], None]
) -> list[Region]:
    """The regions, each REPLACED one with its reason.

    check: called between stretches; raises to stop the work.
    """
    frames_a, frames_b = Frames(a), Frames(b)
    replaced = [region for region in regions if region.kind is RegionKind.REPLACED]
    longest = sorted(replaced, key=lambda region: region.a_start - region.a_end)
    framed = {id(region) for region in longest[:_FRAMED_STRETCHES]}
    reasons = {}
    for region in replaced:
        check()
        reasons[id(region)] = _reason(region, frames_a, frames_b, try_framings=id(region) in framed)
    return [replace(region, reason=reasons.get(id(region))) for region in regions]


def _reason(region: Region, a: Frames, b: Frames, *, try_framings: bool) -> RegionReason:
    in_a, in_b = a.between(region.a_start, region.a_end), b.between(region.b_start, region.b_end)
    same_length = abs(
        (region.a_end - region.a_start) - (region.b_end - region.b_start)
    ) <= 1.5 * max(a.step, b.step)
    if not same_length or 0 in (len(in_a), len(in_b)):
        return RegionReason.CONTENT
    index_b = in_b[np.linspace(0, len(in_b) - 1, min(len(in_b), _SAMPLED_FRAMES)).astype(np.int64)]
    index_a = a.nearest(b.times[index_b] - region.b_start + region.a_start)
    index_a = np.clip(index_a, in_a[0], in_a[-1])
    if region.box is not None:
        return _reason_of_a_part(cell_differences(a, b, index_a, index_b))
    plain = paired_plainly(a, b, index_a, index_b)
    if _explains(look_of_matches(a, b, plain.framing, plain.matches)):
        return RegionReason.LOOK
    if try_framings:
        framed = paired_framing(a, b, index_a, index_b)
        if _explains(look_of_matches(a, b, framed.framing, framed.matches)):
            return RegionReason.LOOK
    return RegionReason.CONTENT


def _explains(look: Look) -> bool:
    """Whether the look is all that differs."""
    return float(np.median(look.matches.correlation)) >= _ALIKE and look.after <= min(
        _MOST_LEFT, _EXPLAINED * look.before
    )


def _reason_of_a_part(cells: Float32) -> RegionReason:
    """Of a change in a part of the picture: (n, 256) how much each cell differs in n frames."""
    largest = cells.max(axis=1, keepdims=True)
    changed = cells > np.maximum(_CHANGED, _SHARE_OF_LARGEST * largest)
    together = changed.any(axis=0).sum()
    usually = np.minimum(changed.mean(axis=0) / _STANDING, 1.0).sum()
    return RegionReason.OVERLAY if usually >= _STANDING * together > 0 else RegionReason.CONTENT
