"""SEQUENCE: the alignment that understands cuts.

1. Anchors (`anchors`) give a corridor (`corridor`).
2. In it every segment of B is fitted at quarter-segment positions of A (`score_grid`),
3. and the best path through them is found (`grid_path`).
4. Lines of one offset and speed are fitted to the path (`tracing`, `pieces`, `fitting`),
   and small jumps between them told from changes of speed (`retiming`); very short videos have
   a test of their own (`single_cut`).
5. The lines are parted where the content on them changed (`residuals`, `changed_segments`),
6. joined by cuts placed to a tenth of a second (`junctions`, `tiling`),
7. and what is missing in one place and new in another is moved (`moves`).
8. At last it is told how sure each region is (`confidence`).
"""

from __future__ import annotations

import numpy as np

from services.compare.segments.anchors import find_anchors
from services.compare.segments.changed_segments import without_changes
from services.compare.segments.confidence import with_confidence
from services.compare.segments.content import Content, evenly_spaced
from services.compare.segments.corridor import corridor_along
from services.compare.segments.grid_path import best_path
from services.compare.segments.junctions import JunctionFinder
from services.compare.segments.moves import move_score_required, with_moves
from services.compare.segments.options import AlignmentOptions
from services.compare.segments.report import alignment_of, as_cosine
from services.compare.segments.residuals import Residuals, measure_residuals
from services.compare.segments.retiming import with_ramps
from services.compare.segments.score_grid import fit_rows
from services.compare.segments.single_cut import single_cut
from services.compare.segments.tiling import merged, regions_of
from services.compare.segments.tracing import trace_lines
from services.compare.segments.tuning import TUNED, SegmentsTuning
from services.compare.segments.validation import check_pair
from services.compare.timeline import Alignment, Region, RegionKind, SegmentTrack


def align_sequence(
    a: SegmentTrack, b: SegmentTrack, options: AlignmentOptions, *, tuning: SegmentsTuning = TUNED
) -> Alignment:
    """Which part of A is which part of B, and what differs. Raises InvalidTrack for bad input.

    Time and memory grow with the length of the videos for pairs that share most of their content.
    """
    check_pair(a, b)
    content_a, content_b = (Content(track) for track in evenly_spaced(a, b))
    if _same_content(content_a, content_b):
        duration_a, duration_b = content_a.duration, content_b.duration
        whole = Region(
            kind=RegionKind.UNCHANGED,
            a_start=0.0,
            a_end=duration_a,
            b_start=0.0,
            b_end=duration_b,
        )
        return alignment_of([whole], a, b, options, None)
    # The same answer whichever video is called A: the search always runs one way round.
    if _runs_first(content_b, content_a):
        regions, residuals = _aligned(content_b, content_a, options, tuning=tuning)
        regions = [region.mirrored() for region in regions]
    else:
        regions, residuals = _aligned(content_a, content_b, options, tuning=tuning)
    regions.sort(key=lambda region: (region.a_start, region.b_start, region.a_end))
    return alignment_of(regions, a, b, options, residuals)


def _aligned(
    a: Content, b: Content, options: AlignmentOptions, *, tuning: SegmentsTuning
) -> tuple[list[Region], Residuals]:
    chain, scale = find_anchors(a.vectors, b.vectors, tuning=tuning)
    corridor = corridor_along(chain, len(a), len(b), tuning=tuning)
    fits = fit_rows(a.vectors, b.vectors, corridor, scale.limit, tuning=tuning)
    path = best_path(fits, corridor, len(a))
    lines = trace_lines(path, a, b, scale.limit, tuning=tuning)
    lines = with_ramps(lines, a, b, scale.limit, scale.same, tuning=tuning)
    lines = single_cut(lines, a, b, scale.limit, tuning=tuning) or lines
    threshold = options.threshold
    if threshold is not None:
        threshold = as_cosine(threshold, options.metric)
    residuals = measure_residuals(lines, a, b, scale.limit, threshold, tuning=tuning)
    lines = without_changes(lines, residuals, a, b, tuning=tuning)
    junctions = JunctionFinder(a, b, residuals, scale, tuning=tuning).place(lines)
    regions = regions_of(lines, junctions, a.duration, b.duration, options.minimum_region)
    regions = merged(regions, options.merge_gap)
    required = move_score_required(options.move_sensitivity, tuning=tuning)
    regions = with_moves(regions, a, b, scale.limit, required, tuning=tuning)
    return with_confidence(regions, a, b, residuals, scale, tuning=tuning), residuals


def _same_content(a: Content, b: Content) -> bool:
    if a.vectors.shape != b.vectors.shape or not np.allclose(a.edges, b.edges, atol=1e-6):
        return False
    return bool(np.abs(a.vectors - b.vectors).max() < 1e-5)


def _runs_first(a: Content, b: Content) -> bool:
    """An order of any two videos that does not depend on which is called A."""
    if len(a) != len(b):
        return len(a) > len(b)
    if abs(a.duration - b.duration) > 1e-6:
        return a.duration > b.duration
    difference = a.vectors - b.vectors
    telling = np.flatnonzero(np.abs(difference.ravel()) > 1e-3)
    return bool(len(telling) and difference.ravel()[telling[0]] > 0)
