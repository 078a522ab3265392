"""The frame-exact alignment of two videos, from frame tracks and, where to be had, vectors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from services.compare.frames.assembly import Timeline, assemble
from services.compare.frames.chain import split_chain
from services.compare.frames.evidence import is_distinct, is_plausible
from services.compare.frames.fingerprints import Frames
from services.compare.frames.hypotheses import find_hypotheses
from services.compare.frames.joining import join_pieces
from services.compare.frames.line_choice import follow
from services.compare.frames.line_cuts import cut_lines
from services.compare.frames.lines import FrameLine
from services.compare.frames.offset_votes import collect_votes, sample_moments
from services.compare.frames.options import RefineOptions
from services.compare.frames.search_ranges import find_ranges
from services.compare.frames.templates import without_template
from services.compare.frames.tuning import FramesTuning
from services.compare.geometry import overlap
from services.compare.timeline import (
    ONE_SIDED,
    Alignment,
    Float64,
    FrameTrack,
    SegmentTrack,
)

KnownTimeline = Callable[[Frames, Frames], Timeline | None]

_COARSE_GRID = 2.0


def align_frames(
    coarse: Alignment | Float64 | None,
    frames_a: FrameTrack,
    frames_b: FrameTrack,
    *,
    segments_a: SegmentTrack | None,
    segments_b: SegmentTrack | None,
    levelled: bool,
    known_timeline: KnownTimeline,
    options: RefineOptions,
    check: Callable[[], None],
    tuning: FramesTuning,
) -> Alignment:
    """Aligns two videos by their frames, as time runs in both.

    coarse: where to look in long videos: an alignment of the vectors, (k, 2) anchor times in A and
        B, or None.
    segments_a, segments_b: the vectors of the same videos, for distances and scores; optional.
    levelled: whether a look was taken away from the frames, which the vectors still see.
    known_timeline: asked first; where it has an answer, nothing is searched.
    check: called between stages; raises to stop the work.
    Raises ValueError for a track without frames.
    """
    a, b = Frames(frames_a), Frames(frames_b)
    if len(a) == 0 or len(b) == 0:
        raise ValueError("a frame track has no frames")
    timeline = known_timeline(a, b) or _find_timeline(
        *without_template(a, b, tuning=tuning), _anchors(coarse), options, check, tuning=tuning
    )
    segments = None if segments_a is None or segments_b is None else (segments_a, segments_b)
    return assemble(a, b, timeline, segments, options, check, levelled=levelled, tuning=tuning)


def _find_timeline(
    a: Frames,
    b: Frames,
    anchors: Float64,
    options: RefineOptions,
    check: Callable[[], None],
    *,
    tuning: FramesTuning,
) -> Timeline:
    """Which lines B follows, in which order, and what was replaced on them.

    anchors: (k, 2) times in A and B that go together.
    """
    moments = sample_moments(b)
    check()
    ranges = find_ranges(a, b, anchors, len(moments), tuning=tuning)
    check()
    votes = collect_votes(a, b, ranges, moments, tuning=tuning)
    check()
    pieces, scale = follow(a, b, find_hypotheses(votes, a, b, tuning=tuning), check, tuning=tuning)
    lines = [
        line
        for line in join_pieces(a, b, pieces, tuning=tuning)
        if is_plausible(a, b, line, scale, tuning=tuning)
    ]
    check()
    chain, moved = split_chain(
        lines,
        options.min_move,
        lambda line: is_distinct(a, b, line, scale, tuning=tuning),
        tuning=tuning,
    )
    chain = cut_lines(a, b, chain, moved, scale, tuning=tuning)
    check()
    chain, replaced = _join_over_holes(a, chain, moved, tuning=tuning)
    return Timeline(chain=chain, moved=moved, replaced=replaced, changes=[[] for _ in chain])


def _anchors(coarse: Alignment | Float64 | None) -> Float64:
    if coarse is None:
        return np.zeros((0, 2))
    if isinstance(coarse, np.ndarray):
        return coarse.reshape(-1, 2)
    points = []
    for region in coarse.regions:
        if region.kind in ONE_SIDED:
            continue
        count = max(int((region.a_end - region.a_start) / _COARSE_GRID), 1)
        share = (np.arange(count) + 0.5) / count
        in_a = region.a_start + share * (region.a_end - region.a_start)
        in_b = region.b_start + share * (region.b_end - region.b_start)
        points.append(np.stack([in_a, in_b], axis=1))
    return np.concatenate(points) if points else np.zeros((0, 2))


def _join_over_holes(
    a: Frames, chain: list[FrameLine], moved: list[FrameLine], *, tuning: FramesTuning
) -> tuple[list[FrameLine], list[list[tuple[float, float]]]]:
    """Lines that go on unshifted after a hole made one; (lines, replaced stretches of A in each).

    What was in the hole was replaced in place, and where exactly is for the local changes to say.
    """
    out: list[FrameLine] = []
    replaced: list[list[tuple[float, float]]] = []
    for line in chain:
        if out and _goes_on(a, out[-1], line, moved, tuning=tuning):
            left = out[-1]
            replaced[-1].append((left.a_end, line.a_start))
            longer = left if left.duration >= line.duration else line
            out[-1] = longer.at(left.b_start, line.b_end)
        else:
            out.append(line)
            replaced.append([])
    return out, replaced


def _goes_on(
    a: Frames, left: FrameLine, right: FrameLine, moved: list[FrameLine], *, tuning: FramesTuning
) -> bool:
    """Whether right is left's line after a hole that holds nothing moved."""
    in_a = (left.a_end, right.a_start)
    in_b = (left.b_end, right.b_start)
    if left.rate != right.rate or in_b[1] - in_b[0] <= 1.5 * a.step:
        return False
    if (
        abs((in_a[1] - in_a[0]) - left.rate * (in_b[1] - in_b[0]))
        > tuning.same_line_frames * a.step
    ):
        return False
    return not any(
        overlap(in_a, line.in_a) > 0.1 or overlap(in_b, (line.b_start, line.b_end)) > 0.1
        for line in moved
    )
