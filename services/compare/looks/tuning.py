"""What the search for looks was tuned by.

The numbers were set by hand on real films that were graded, cropped, mirrored, masked and given
logos; `make bench-sensitivity` halves and doubles each and prints what becomes of the quality on
made-up ones. Levels are those of a fingerprint's cells, 0 to 255.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LooksTuning:
    """One field for each number; each says its unit, and what half of it does to the answer."""

    # -- frames that match whatever their look
    # Correlation of the luma. Half: anything matches, and looks are fitted to chance.
    match_alike: float = 0.8
    # Seconds by which neighbouring matches may be apart. Half: fewer matches where rates differ.
    match_steady: float = 0.45
    # Seconds around a match in which the very frame is looked for. Half: it may not be found.
    match_nearby: float = 0.32

    # -- whether there is a look
    # Share of the difference that may be left. Half: looks that noise hides are not taken away.
    look_explained: float = 0.7
    # Levels that are as good as none. Half: encoders' differences are looked into.
    look_nothing: float = 0.25
    # Share of B's moments, and how many, that have to match. Half: looks of a part are taken for
    # those of the whole.
    look_least_share: float = 0.2
    look_least_matches: int = 8
    # Levels left, share of B's moments matched, and share of the picture covered, with which no
    # framing is looked for, if frames are as alike as two encodings of one picture are: faint
    # pictures, such as of text on black, leave little whatever is laid over what. Half: more pairs
    # are searched for a framing; crops of little are missed with half the share of moments, and
    # those of faint pictures with half the correlation.
    look_level: float = 1.0
    look_most_matched: float = 0.5
    look_most_covered: float = 0.15
    look_surely_alike: float = 0.998
    # Levels that a look may leave. Half: looks of grainy versions are not found.
    look_most_left: float = 4.0
    # What a framing may cost of what none does. Half: slight crops are not found.
    framing_plainer: float = 0.75
    # How much less unlike frames are, by their correlation, under a slight framing that is worth it
    # all the same. Half: bars of a few pixels leave scenes with fine detail replaced.
    framing_slight_unlike: float = 0.5
    # Share of the matches of none that it has at least. Half: one that only fits a part is taken.
    framing_slight_found: float = 0.95
    # Share of the picture by which two framings differ, and an axis from none. Half: more are
    # fitted, for more work; rounding becomes a crop.
    framing_near: float = 0.02
    framing_no_scale: float = 0.004

    # -- panning
    # Share of B's moments that a look has to match, and how well, so that no moving window is
    # looked for; and the share that one has to match. Half: of the first two, windows that move
    # little are not found; of the third, videos with little in common are searched for one.
    pan_not_needed: float = 0.9
    pan_alike_without: float = 0.97
    pan_least_share: float = 0.4
    # Share of the picture by which a window moves at least. Half: what trembles is a pan.
    pan_least_motion: float = 0.03
    # Share of the picture by which windows of a scene differ at most that rests. Half: what rests
    # trembles by a fraction of a cell.
    pan_resting: float = 0.014
    # How well a moment has to correlate, and how much less than the best of its scene, so that its
    # window counts. Half: of the first, scenes that are another take bend the window; of the other,
    # scenes that move are told by too few moments.
    pan_alike: float = 0.88
    pan_less_alike: float = 0.03
    # Seconds by which neighbouring moments may disagree about the offset between the versions.
    # Half: where the camera moves, a frame that is too early stays with a window further on.
    pan_same_offset: float = 0.35
    # Cells of 256 that lie in every window at least. Half: edits are searched for in a sliver.
    pan_least_cells: int = 40

    # -- blending
    # Share of the difference that may be left. Half: uneven blends are not found.
    blend_explained: float = 0.7
    # Share of a neighbouring frame at least. Half: blur of encoders is blending.
    blend_least_weight: float = 0.08
    # Levels from frame to frame in which blending shows, and from which on it may be a cut. Half:
    # noise has a say; fast motion has none.
    blend_motion: float = 0.5
    blend_most_motion: float = 12.0

    # -- colours
    # Levels beyond which a cell counts less, at least. Half: clean content bends to noise.
    colour_least_spread: float = 1.0
    # How strongly curves stay smooth, and near the identity, for each cell. Half: levels that are
    # rare are guessed.
    colour_smooth: float = 1e-3
    colour_identity: float = 1e-6
    # Share of the matched frames by whose worst cell it is measured what a grade leaves, how many
    # times that a cell may be off, and the share of the full range that counts as nothing. Half: of
    # the first two, textured scenes are replaced under strong grades; of the third, faint changes
    # are lost under weak ones.
    colour_nearly_all: float = 0.9
    colour_times_left: float = 1.5
    colour_not_seen: float = 0.05

    # -- standing overlays
    # Share of the frames in which a cell differs. Half: what was replaced for long is a logo.
    overlay_nearly_always: float = 0.75
    # Levels by which it differs, and how many times the usual cell. Half: busy cells are logos.
    overlay_least_levels: float = 3.0
    overlay_times_usual: float = 5.0
    # Levels by which it is lighter or darker all the time, so that frames are matched without it.
    # Half: a graded sky is an overlay until more is known.
    overlay_unlike_levels: float = 16.0
    # The same for a cell that is covered in part, with the least that counts as usual. Half: logos
    # grow at their edges.
    overlay_times_beside: float = 2.5
    overlay_least_usual: float = 0.4
    # Share of a row or column that is covered when all of it is. Half: long titles become bars.
    overlay_all_but_full: float = 0.75
    # Levels that a cell varies over time to tell, and the correlation of unrelated cells. Half: of
    # the first, still cells tell; of the second, half-transparent logos stay.
    overlay_least_variation: float = 6.0
    overlay_unrelated: float = 0.5
    # Share of the picture that an overlay may cover. Half: wide bars are replaced content.
    overlay_most_cells: float = 0.45

    # -- reasons of what was replaced
    # Correlation of frames that lie on each other. Half: other content is a look.
    reason_alike: float = 0.8
    # Thresholds that a look may leave where it fits badly. Half: scenes under a grade are replaced.
    reason_inexact: float = 2.0
    # Thresholds that a scene's sharpness may leave where no look was taken away. Half: softer
    # pictures are replaced scenes.
    reason_softened: float = 1.2
    # Share of the full range, and of the largest difference, by which a cell differs. Half: boxes
    # hold cells that only move.
    reason_changed: float = 0.03
    reason_share_of_largest: float = 0.3
    # Share of the frames and cells that stay covered. Half: what moves by is an overlay.
    reason_standing: float = 0.7


TUNED = LooksTuning()
