"""Sound compared along the picture's time map.

Where the picture goes on unbroken the sound is compared with what B plays at the same point, sample
by sample; a cut of the picture is a cut of the sound. A replaced picture does not break the sound:
often the sound goes on under it.

A sample's excess is its distance less what reading between two of B's samples may have caused.
Changed sound is found where the excess is above the threshold, and never below an absolute floor,
which clean re-encodes reach. Its ends are placed by two levels of the logarithm of the excess: in
pauses even changed sound hardly differs, and only logarithms keep them from looking like an end.
Inside a sample an end is placed by how much of it is changed; one close to a change of the picture
was cut there, which says more than half-second samples. Where the levels of both sounds are known
they have the last word (`levels`).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.compare.frames.distances import mean_over, unchanged_distances, with_changes
from services.compare.frames.two_level import two_level_path
from services.compare.geometry import Span, true_runs
from services.compare.segments.content import Content
from services.compare.segments.report import ContentDistance, aligned_distances
from services.compare.segments.residuals import partner_distances
from services.compare.segments.settling import settled
from services.compare.sound.levels import Change, SoundLevels
from services.compare.sound.lines import SAME_LENGTH, sound_lines
from services.compare.sound.offsets import SoundLine, left_out
from services.compare.sound.tuning import TUNED, SoundTuning
from services.compare.timeline import (
    CONTINUED,
    GAPS,
    Alignment,
    Float64,
    Region,
    RegionKind,
    SegmentTrack,
)

# Times this close, in seconds, are the same point of the sample grid.
_NEAR = 0.06
_TINY = 1e-3


@dataclass(frozen=True)
class _Samples:
    """A's samples on one line, in order, with how much they differ from B's.

    exact: B's samples fall on A's, so that nothing had to be read between them.
    """

    starts: Float64
    ends: Float64
    excess: Float64
    exact: bool


class _Reader:
    """Compares A's finest samples with B's along lines."""

    def __init__(self, a: SegmentTrack, b: SegmentTrack) -> None:
        if a.fine is not None and b.fine is not None:
            a, b = a.fine, b.fine
        self._a, self._b = Content(a), Content(b)

    def samples(self, line: Region) -> _Samples:
        """The samples of A that lie on the line with the samples of B that they are compared to.

        A sample of B across the line's end holds something else as well and tells nothing.
        """
        slope = (line.b_end - line.b_start) / max(line.a_end - line.a_start, 1e-9)
        starts_b = line.b_start + (self._a.starts - line.a_start) * slope
        ends_b = line.b_start + (self._a.ends - line.a_start) * slope
        edges = self._b.edges
        first = edges[np.clip(np.searchsorted(edges, starts_b + _NEAR) - 1, 0, len(edges) - 1)]
        last = edges[np.clip(np.searchsorted(edges, ends_b - _NEAR), 0, len(edges) - 1)]
        inside = (first >= line.b_start - _NEAR) & (last <= line.b_end + _NEAR)
        inside &= (self._a.starts >= line.a_start - _NEAR) & (self._a.ends <= line.a_end + _NEAR)
        rows = np.flatnonzero(inside)
        rate = line.rate if line.kind is RegionKind.RETIMED else 1.0
        distances, allowance = partner_distances(
            self._b, self._a.vectors[rows], starts_b[rows], ends_b[rows], rate
        )
        starts, ends = self._a.starts[rows].copy(), self._a.ends[rows].copy()
        if len(rows):
            # What could not be compared at the ends is taken to be as what is next to it.
            starts[0], ends[-1] = line.a_start, line.a_end
        shift = (line.a_start - line.b_start) % self._b.step
        on_grid = min(shift, self._b.step - shift) <= _NEAR
        exact = line.kind is not RegionKind.RETIMED and on_grid
        return _Samples(starts, ends, np.maximum(distances - allowance, 0.0), exact)


def align_sound(
    picture: Alignment,
    a: SegmentTrack,
    b: SegmentTrack,
    threshold: float,
    min_region: float,
    levels: SoundLevels | None = None,
    ends: tuple[float, float] = (0.0, 0.0),
    *,
    tuning: SoundTuning = TUNED,
) -> Alignment:
    """The sound's alignment.

    threshold: a cosine distance; min_region: in seconds. ends: when the sounds end, in seconds,
    where that is after the last picture.
    """
    snap = tuning.snap_by_vectors if levels is None else tuning.snap_by_levels
    reader = _Reader(a, b)
    cuts = np.array([time for region in picture.regions for time in (region.a_start, region.a_end)])
    regions: list[Region] = []
    heard: list[_Samples] = []
    lines = sound_lines(picture.regions, ends)
    if levels is not None:
        lines = levels.placed(lines)
    parts = _parts(lines, levels)
    changes: list[list[Change]] = []
    for part in parts:
        found: list[Change] = []
        if part.line.kind in CONTINUED:
            line = part.heard_within(b.duration)
            samples = reader.samples(line)
            heard.append(samples)
            found = _changes(samples, threshold, min_region, tuning=tuning)
            if levels is not None:
                found = levels.settled(line, found, threshold, min_region)
        changes.append(found)
    # Of another sound nobody can say that it is late.
    same = [
        sum(change.end - change.start for change in found)
        < tuning.mostly_other * part.heard_within(b.duration).seconds_a
        for part, found in zip(parts, changes, strict=True)
    ]
    gone = left_out([part for part, is_same in zip(parts, same, strict=True) if is_same])
    for part, found, is_same in zip(parts, changes, same, strict=True):
        if part.line.kind not in CONTINUED:
            regions.append(part.line)
            continue
        offset_line = replace(part.line, sound_offset=part.offset if is_same else 0.0)
        inside = cuts[(cuts >= part.line.a_start) & (cuts <= part.line.a_end)]
        told = [_snapped(each, inside, snap) for each in found if not _is_left_out(each, gone)]
        regions += _cut(offset_line, told)
    regions = _without_overhang(regions, picture.regions)
    apart = ContentDistance(a, b)
    regions = settled(
        [_scored_hole(region, apart) for region in regions], threshold, apart, SAME_LENGTH
    )
    if levels is not None:
        regions = levels.ended(regions)
    distances, partners = aligned_distances(a, b, regions)
    distances = np.minimum(distances, _mean_excess(a, heard))
    regions = [_scored(region, a, distances) for region in regions]
    distances = with_changes(regions, a, distances)
    quiet = unchanged_distances(regions, a, distances)
    clear = tuning.clear_of_noise * float(np.quantile(quiet, 0.95)) if len(quiet) else 0.0
    return Alignment(
        regions=regions,
        time_map=picture.time_map,
        distances=distances.astype(np.float32),
        partner_starts=partners,
        noise_floor=float(np.median(quiet)) if len(quiet) else 0.0,
        suggested_threshold=float(np.ceil(max(clear, tuning.lowest_threshold) * 200) / 200),
    )


def _parts(lines: Sequence[Region], levels: SoundLevels | None) -> list[SoundLine]:
    """The lines, those that go on in both videos cut where the sound's offset changes."""
    if levels is None:
        return [SoundLine(line) for line in lines]
    together = [line for line in lines if line.kind in CONTINUED]
    cut = iter(levels.offsets.along(together))
    return [
        part
        for line in lines
        for part in (next(cut) if line.kind in CONTINUED else [SoundLine(line)])
    ]


def _is_left_out(change: Change, gone: Sequence[Span]) -> bool:
    """Whether a change is only what B leaves out of A's sound: the offset tells that."""
    return any(
        change.end - change.start <= (end - start) / 2 + SAME_LENGTH / 2
        and start - SAME_LENGTH <= change.start
        and change.end <= end + SAME_LENGTH
        for start, end in gone
    )


def _without_overhang(regions: list[Region], picture: Sequence[Region]) -> list[Region]:
    """Without what of a tail is only the end of the sound before, because that is late or early."""
    if len(regions) < 2:
        return regions
    *rest, before, last = regions
    ends_a, ends_b = (
        max(ends) for ends in zip(*((r.a_end, r.b_end) for r in picture), strict=True)
    )
    if not before.sound_offset or (last.a_end <= ends_a and last.b_end <= ends_b):
        return regions
    offset = before.sound_offset
    if last.kind is RegionKind.INSERTED and offset > 0:
        last = replace(last, b_end=max(last.b_end - offset, last.b_start), sound_offset=offset)
    elif last.kind is RegionKind.DELETED and offset < 0:
        last = replace(last, a_end=max(last.a_end + offset, last.a_start), sound_offset=offset)
    else:
        return regions
    return [*rest, before, last] if last.longest >= SAME_LENGTH else [*rest, before]


def _scored_hole(region: Region, apart: ContentDistance) -> Region:
    """Where the picture was replaced by a longer or shorter one nothing has scored the sound."""
    if region.kind is RegionKind.REPLACED and region.score == 0:
        return replace(region, score=apart(region))
    return region


def _mean_excess(track: SegmentTrack, heard: list[_Samples]) -> Float64:
    """(n,) the mean excess of the samples in each segment; infinite where there is none."""
    total, count = np.zeros(len(track.starts)), np.zeros(len(track.starts))
    for samples in heard:
        middles = (samples.starts + samples.ends) / 2
        segment = np.clip(np.searchsorted(track.ends, middles, "right"), 0, len(total) - 1)
        np.add.at(total, segment, samples.excess)
        np.add.at(count, segment, 1)
    return np.where(count > 0, total / np.maximum(count, 1), np.inf)


def _changes(
    samples: _Samples, threshold: float, min_region: float, *, tuning: SoundTuning
) -> list[Change]:
    """Changed stretches in A's time."""
    excess = samples.excess
    count = len(excess)
    if count == 0:
        return []
    limit = max(threshold, tuning.vector_floor) * (
        1.0 if samples.exact else tuning.between_times_limit
    )
    length = float(np.median(samples.ends - samples.starts))
    width = int(np.clip(round(tuning.vector_window / length), 1, count))
    sums = np.concatenate([[0.0], np.cumsum(excess)])
    flagged = excess > tuning.alone_times_limit * limit
    for at in np.flatnonzero((sums[width:] - sums[:-width]) / width > limit):
        flagged[at : at + width] |= excess[at : at + width] > limit / 2
    pad = int(np.ceil(tuning.vector_pad / length))
    spans: list[tuple[int, int]] = []
    for first, last in true_runs(flagged):
        low, high = max(first - pad, 0), min(last + pad, count)
        outside = np.concatenate([excess[low:first], excess[last:high]])
        changed = _at_high_level(excess[low:high], excess[first:last], outside, tuning=tuning)
        spans += [(low + i, low + j) for i, j in true_runs(changed)]
    found = []
    for first, last in _united(spans):
        start, end = _ends(samples, first, last, tuning=tuning)
        score = float(excess[first:last].mean())
        if score > limit and end - start >= min_region:
            found.append(Change(start, end, score))
    return found


def _ends(samples: _Samples, first: int, last: int, *, tuning: SoundTuning) -> tuple[float, float]:
    """When the change of samples [first, last) begins and ends.

    The sample that an end lies in holds some of both sounds, and is as far from A's as that share
    implies; so may be the one next to it, which then holds too little to count as changed itself.
    Samples vary, so an end that comes out close to the edge of one is taken to be there.
    """
    starts, ends, excess = samples.starts, samples.ends, samples.excess
    if last - first < 2:
        return float(starts[first]), float(ends[last - 1])
    inner = excess[first + 1 : last - 1]
    full = float(np.median(inner)) if len(inner) else float(excess[first:last].max())
    low = float(np.median(excess))

    def changed(index: int) -> float:
        """How many seconds of a sample are changed."""
        if not 0 <= index < len(excess):
            return 0.0
        share = _changed_share(float(excess[index]) - low, full)
        return share * float(ends[index] - starts[index])

    start = float(ends[first]) - changed(first) - changed(first - 1)
    end = float(starts[last - 1]) + changed(last - 1) + changed(last)
    edges = np.append(starts, ends[-1])
    near = tuning.edge_share * float(ends[first] - starts[first])
    return _at_edge(start, edges, near), _at_edge(end, edges, near)


def _at_edge(time: float, edges: Float64, near: float) -> float:
    edge = float(edges[np.abs(edges - time).argmin()])
    return edge if abs(edge - time) <= near else time


def _changed_share(distance: float, full: float) -> float:
    """How much of y a mixture of two unit vectors holds, which are at cosine distance `full` from
    each other, when the mixture is at `distance` from x.

    (1 - f) x + f y is at distance 1 - (1 - f full) / sqrt(1 - 2 f (1 - f) full) from x.
    """
    shares = np.linspace(0.0, 1.0, 101)
    full = min(max(full, _TINY), 1.0)
    mixed = 1 - (1 - shares * full) / np.sqrt(1 - 2 * shares * (1 - shares) * full)
    return float(np.interp(distance, mixed, shares))


def _at_high_level(
    excess: Float64, inside: Float64, outside: Float64, *, tuning: SoundTuning
) -> NDArray[np.bool_]:
    """Which samples are at the level of a change rather than at that of its surroundings."""
    high_level = float(np.median(inside))
    low_level = float(np.median(outside)) if len(outside) else 0.0
    low, high = np.log(
        np.array([min(low_level, high_level / 4), high_level]) + tuning.vector_log_floor
    )
    share = np.clip((np.log(excess + tuning.vector_log_floor) - low) / (high - low), 0.0, 1.0)
    return two_level_path(share, np.ones(len(share)), tuning.vector_switch)


def _united(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if out and first <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], last))
        else:
            out.append((first, last))
    return out


def _snapped(change: Change, cuts: Float64, near_enough: float) -> Change:
    """The change with its ends on cuts of the picture that are close."""
    if not len(cuts):
        return change

    def near(time: float) -> float:
        cut = float(cuts[np.abs(cuts - time).argmin()])
        return cut if abs(cut - time) <= near_enough else time

    start, end = near(change.start), near(change.end)
    return replace(change, start=start, end=end) if end > start else change


def _cut(line: Region, changes: list[Change]) -> list[Region]:
    """The line cut at its changes."""

    edges = [
        line.a_start,
        *(t for change in changes for t in (change.start, change.end)),
        line.a_end,
    ]
    return [
        replace(
            line,
            kind=RegionKind.REPLACED if index % 2 else line.kind,
            score=changes[index // 2].score if index % 2 else 0.0,
            a_start=start,
            a_end=end,
            b_start=line.b_start if index == 0 else line.in_proportion(start),
            b_end=line.b_end if index == len(edges) - 2 else line.in_proportion(end),
        )
        for index, (start, end) in enumerate(itertools.pairwise(edges))
        if end - start > 1e-6
    ]


def _scored(region: Region, a: SegmentTrack, distances: Float64) -> Region:
    """Replaced sound has its samples' score; any other the mean distance of its segments."""
    if region.kind in GAPS:
        return region
    mean = mean_over(a, distances, region.a_start, region.a_end)
    return region if mean is None else replace(region, score=mean)
