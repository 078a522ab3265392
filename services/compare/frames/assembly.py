"""From lines, moves and holes to the answer: scored regions, the time map and the noise floor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from services.compare.frames.boxes import changed_box
from services.compare.frames.distances import (
    measured_distances,
    scored_region,
    unchanged_distances,
    wholly_same,
    with_changes,
)
from services.compare.frames.fingerprints import Frames, cell_differences
from services.compare.frames.line_stretches import (
    LineStretch,
    fit_moves,
    hole_regions,
    holes_between,
    merge_equal,
    snap_stretch,
    snap_stretches,
    stretch_regions,
    trifle,
)
from services.compare.frames.lines import FrameLine
from services.compare.frames.local_changes import (
    MAX_SCORE,
    SCORE_PER_DETAIL,
    Change,
    LineChanges,
)
from services.compare.frames.options import RefineOptions
from services.compare.frames.tuning import FramesTuning
from services.compare.geometry import overlap
from services.compare.segments.report import ContentDistance
from services.compare.segments.settling import settled
from services.compare.timeline import (
    ONE_SIDED,
    Alignment,
    Float32,
    Float64,
    Region,
    RegionKind,
    SegmentTrack,
    TimeMap,
)

_HOLE_SAMPLES = 200
_NOISE_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """What the frames say: shared lines in order, moved lines, and for every shared line the
    stretches of A on it that were replaced in place.

    changes: for every shared line what is known to differ on it, exactly.
    """

    chain: list[FrameLine]
    moved: list[FrameLine]
    replaced: list[list[tuple[float, float]]]
    changes: list[list[Change]]


def assemble(
    a: Frames,
    b: Frames,
    timeline: Timeline,
    segments: tuple[SegmentTrack, SegmentTrack] | None,
    options: RefineOptions,
    check: Callable[[], None],
    *,
    levelled: bool,
    tuning: FramesTuning,
) -> Alignment:
    """The alignment that follows from a timeline.

    levelled: whether the vectors see a look that the frames do not show any more.
    """
    stretches = snap_stretches(a, b, timeline.chain, options.min_region)
    tiny = max([options.min_region, *(trifle(a, b, line) for line in timeline.moved)])
    holes = holes_between(stretches, a.duration, b.duration)
    moved = fit_moves([snap_stretch(a, line) for line in timeline.moved], holes, tiny)
    regions: list[Region] = []
    grid = segments[0].starts if segments else np.arange(0.0, a.duration, _NOISE_SECONDS)
    grid_ends = segments[0].ends if segments else grid + _NOISE_SECONDS
    details = np.full(len(grid), np.nan)
    for stretch, replaced, known in zip(
        stretches, timeline.replaced, timeline.changes, strict=True
    ):
        finder = LineChanges(a, b, stretch.line, options, tuning=tuning)
        changes = _with_known(finder.find(replaced, check), known, options.threshold)
        regions += stretch_regions(b, stretch, changes)
        details = np.fmax(details, finder.quiet_details(grid, grid_ends))
    vectors = ContentDistance(*segments) if segments else None

    def apart(region: Region) -> float:
        """By frames, or by vectors, whichever says more."""
        by_frames = _played_together(a, b, region)[0]
        return max(by_frames, vectors(region)) if vectors is not None else by_frames

    for hole in holes:
        check()
        found = [
            _scored_hole(a, b, region, vectors, options.threshold, tuning=tuning)
            for region in hole_regions(hole, moved, tiny)
        ]
        regions += settled(found, options.threshold, apart, tiny)
    regions += [_moved_region(stretch) for stretch in moved]
    regions = merge_equal(regions)
    seen = SCORE_PER_DETAIL * details
    noise = seen[wholly_same(regions, grid, grid_ends) & ~np.isnan(seen)]
    floor = float(np.median(noise)) if len(noise) else 0.0
    distances, partners = np.zeros(0, np.float32), np.zeros(0)
    if segments is not None:
        check()
        measured, partners = measured_distances(*segments, regions, seen, everywhere=levelled)
        regions = [scored_region(region, segments[0], measured) for region in regions]
        distances = with_changes(regions, segments[0], measured).astype(np.float32)
        same = unchanged_distances(regions, segments[0], measured)
        floor = float(np.median(same)) if len(same) else floor
        noise = np.concatenate([noise, same])
    return Alignment(
        regions=[_with_confidence(region, options.threshold, floor) for region in regions],
        time_map=_time_map(stretches, a.duration, b.duration),
        distances=distances,
        partner_starts=partners,
        noise_floor=floor,
        suggested_threshold=_clear_threshold(noise, tuning=tuning),
    )


def _with_known(found: list[Change], known: list[Change], threshold: float) -> list[Change]:
    """Changes in order; what is known of a stretch counts, and not what was found in it."""
    rest = [
        change for change in found if not any(overlap(change.span, each.span) > 0 for each in known)
    ]
    counted = [change for change in known if change.score > threshold]
    return sorted([*rest, *counted], key=lambda change: change.start)


def _moved_region(stretch: LineStretch) -> Region:
    return Region(
        kind=RegionKind.MOVED,
        a_start=stretch.a_start,
        a_end=stretch.a_end,
        b_start=stretch.b_start,
        b_end=stretch.b_end,
        rate=stretch.line.rate,
    )


def _scored_hole(
    a: Frames,
    b: Frames,
    region: Region,
    vectors: ContentDistance | None,
    threshold: float,
    *,
    tuning: FramesTuning,
) -> Region:
    """A replaced hole with its score: by frames, and by vectors where frames look alike."""
    if region.kind is not RegionKind.REPLACED:
        return region
    score, cells = _played_together(a, b, region)
    if score <= threshold and vectors is not None:
        score = max(score, vectors(region))
    same_length = abs(region.seconds_a - region.seconds_b) <= a.step
    return replace(
        region, score=score, box=changed_box(cells, tuning=tuning) if same_length else None
    )


def _played_together(a: Frames, b: Frames, region: Region) -> tuple[float, Float32]:
    """How different both sides look when they are played in the same time: the score, and the
    (256,) mean differences of the cells."""
    count = int(np.clip(region.longest / a.step, 1, _HOLE_SAMPLES))
    share = (np.arange(count) + 0.5) / count
    in_a = a.nearest(region.a_start + share * region.seconds_a - a.step / 2)
    in_b = b.nearest(region.b_start + share * region.seconds_b - b.step / 2)
    cells = cell_differences(a, b, in_a, in_b).mean(axis=0)
    return min(SCORE_PER_DETAIL * float(cells.max()), MAX_SCORE), cells


def _clear_threshold(noise: Float64, *, tuning: FramesTuning) -> float:
    clear = tuning.clear_of_noise * float(np.quantile(noise, 0.95)) if len(noise) else 0.0
    return float(np.ceil(max(clear, tuning.lowest_threshold) * 200) / 200)


def _with_confidence(region: Region, threshold: float, noise: float) -> Region:
    """How far the evidence is from the point where the answer would be another.

    A replaced stretch becomes surer as its score rises from the threshold to twice it; content
    that stayed the same becomes less sure as its score rises from the noise floor to the threshold.
    """
    if region.kind in ONE_SIDED:
        return region
    if region.kind is RegionKind.REPLACED:
        surplus = (region.score - threshold) / max(threshold, 1e-6)
        return replace(region, confidence=float(np.clip(0.5 + surplus / 2, 0.0, 1.0)))
    room = max(threshold - noise, 1e-6)
    excess = float(np.clip((region.score - noise) / room, 0.0, 1.0))
    return replace(region, confidence=1.0 - 0.5 * excess)


def _time_map(stretches: list[LineStretch], duration_a: float, duration_b: float) -> TimeMap:
    in_a, in_b = [0.0], [0.0]
    for stretch in stretches:
        in_a += [stretch.a_start, stretch.a_end]
        in_b += [stretch.b_start, stretch.b_end]
    return TimeMap(a=np.array([*in_a, duration_a]), b=np.array([*in_b, duration_b]))
