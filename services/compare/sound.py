"""Sound compared along the picture's time map.

Where the picture goes on unbroken the sound is compared with what B plays at the same point, sample
by sample; a cut of the picture is a cut of the sound. A replaced picture does not break the sound:
often the sound goes on under it.

Changed sound is found where the distance is above the threshold, and never below an absolute floor,
which clean re-encodes reach. Its ends are placed by two levels of the logarithm of the distance: in
pauses even changed sound hardly differs, and only logarithms keep them from looking like an end. A
sample that is changed in part tells by its distance how much of it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.compare.alignment.report import aligned_distances
from services.compare.refine.two_level import true_runs, two_level_path
from services.compare.timeline import Alignment, Float64, Region, RegionKind, SegmentTrack

# No sound counts as changed below this: re-encoding, and reading between two samples, reach it.
_FLOOR = 0.08
_TIMES_USUAL = 3.0
_WINDOW_SECONDS = 2.0
_PAD_SECONDS = 4.0
_LOG_FLOOR = 0.01
_SWITCH = 1.0
_CLEAR_OF_NOISE = 1.25
_LOWEST_THRESHOLD = 0.06
_SAME_LENGTH = 0.1


@dataclass(frozen=True)
class _Samples:
    """Finest samples of A's sound on one line, and their distances to B's."""

    starts: Float64
    ends: Float64
    distances: Float64


def align_sound(
    picture: Alignment, a: SegmentTrack, b: SegmentTrack, threshold: float, min_region: float
) -> Alignment:
    """The sound's alignment. threshold: a cosine distance; min_region: in seconds."""
    lines = _sound_lines(picture.regions)
    regions: list[Region] = []
    for line in lines:
        if line.kind in (RegionKind.UNCHANGED, RegionKind.RETIMED):
            samples = _samples(a, b, line)
            regions += _cut(line, _changes(samples, threshold, min_region))
        else:
            regions.append(line)
    distances, partners = aligned_distances(a, b, regions)
    regions = [_scored(region, a, distances) for region in regions]
    same = np.zeros(len(a.starts), bool)
    for region in regions:
        if region.kind not in (RegionKind.REPLACED, RegionKind.INSERTED, RegionKind.DELETED):
            same |= (a.starts >= region.a_start - 1e-6) & (a.ends <= region.a_end + 1e-6)
    quiet = distances[same & ~np.isnan(distances)]
    clear = _CLEAR_OF_NOISE * float(np.quantile(quiet, 0.95)) if len(quiet) else 0.0
    return Alignment(
        regions=regions,
        time_map=picture.time_map,
        distances=distances.astype(np.float32),
        partner_starts=partners,
        noise_floor=float(np.median(quiet)) if len(quiet) else 0.0,
        suggested_threshold=float(np.ceil(max(clear, _LOWEST_THRESHOLD) * 200) / 200),
    )


def _sound_lines(picture: Sequence[Region]) -> list[Region]:
    """The picture's regions with replaced pictures of equal length taken into their line."""
    lines: list[Region] = []
    for region in picture:
        kind, rate = region.kind, region.rate
        if kind is RegionKind.REPLACED and _equally_long(region):
            kind = RegionKind.UNCHANGED if rate == 1.0 else RegionKind.RETIMED
        line = replace(region, kind=kind, score=0.0, box=None, confidence=1.0)
        last = lines[-1] if lines else None
        if (
            last is not None
            and kind in (RegionKind.UNCHANGED, RegionKind.RETIMED)
            and last.kind is kind
            and abs(last.rate - rate) < 0.002
            and abs(last.a_end - line.a_start) < 1e-6
            and abs(last.b_end - line.b_start) < 1e-6
        ):
            lines[-1] = replace(last, a_end=line.a_end, b_end=line.b_end)
        else:
            lines.append(line)
    return lines


def _equally_long(region: Region) -> bool:
    in_a, in_b = region.a_end - region.a_start, region.rate * (region.b_end - region.b_start)
    return abs(in_a - in_b) <= _SAME_LENGTH


def _samples(a: SegmentTrack, b: SegmentTrack, line: Region) -> _Samples:
    """Samples of A that are at least half on the line."""
    if a.fine is not None and b.fine is not None:
        a, b = a.fine, b.fine
    distances, _ = aligned_distances(a, b, [line])
    known = ~np.isnan(distances)
    return _Samples(
        np.maximum(a.starts[known], line.a_start),
        np.minimum(a.ends[known], line.a_end),
        np.maximum(distances[known], 0.0),
    )


def _changes(samples: _Samples, threshold: float, min_region: float) -> list[tuple[float, float]]:
    """Changed stretches in A's time."""
    count = len(samples.distances)
    if count == 0:
        return []
    usual = float(np.median(samples.distances))
    # A line of which most is changed has no usual distance of its own.
    limit = max(threshold, _FLOOR, min(_TIMES_USUAL * usual, 2 * max(threshold, _FLOOR)))
    length = float(np.median(samples.ends - samples.starts))
    width = int(np.clip(round(_WINDOW_SECONDS / length), 1, count))
    sums = np.concatenate([[0.0], np.cumsum(samples.distances)])
    flagged = np.zeros(count, bool)
    for at in np.flatnonzero((sums[width:] - sums[:-width]) / width > limit):
        flagged[at : at + width] |= samples.distances[at : at + width] > limit / 2
    pad = int(np.ceil(_PAD_SECONDS / length))
    found: list[tuple[float, float]] = []
    for first, last in true_runs(flagged):
        low, high = max(first - pad, 0), min(last + pad, count)
        inside = samples.distances[first:last]
        outside = np.concatenate([samples.distances[low:first], samples.distances[last:high]])
        levels = _levels(inside, outside)
        changed = _two_levels(samples.distances[low:high], levels)
        found += [
            _ends(samples, low + i, low + j, levels)
            for i, j in true_runs(changed)
            if float(samples.distances[low + i : low + j].mean()) > limit
        ]
    return _joined(found, min_region)


def _levels(inside: Float64, outside: Float64) -> tuple[float, float]:
    """Usual distances outside and inside a change."""
    quiet = float(np.median(outside)) if len(outside) else 0.0
    return min(quiet, 0.5 * float(np.median(inside))), float(np.median(inside))


def _two_levels(distances: Float64, levels: tuple[float, float]) -> NDArray[np.bool_]:
    low, high = np.log(np.array(levels) + _LOG_FLOOR)
    share = np.clip((np.log(distances + _LOG_FLOOR) - low) / (high - low), 0.0, 1.0)
    return two_level_path(share, np.ones(len(share)), _SWITCH)


def _ends(
    samples: _Samples, first: int, last: int, levels: tuple[float, float]
) -> tuple[float, float]:
    """The change's ends inside its first and last sample."""

    def share(index: int) -> float:
        """How much of a sample is changed."""
        return float(
            np.clip((samples.distances[index] - levels[0]) / (levels[1] - levels[0]), 0.0, 1.0)
        )

    start, end = float(samples.starts[first]), float(samples.ends[last - 1])
    if last - first >= 3:
        start += (1 - share(first)) * float(samples.ends[first] - samples.starts[first])
        end -= (1 - share(last - 1)) * float(samples.ends[last - 1] - samples.starts[last - 1])
    return start, end


def _joined(spans: list[tuple[float, float]], min_region: float) -> list[tuple[float, float]]:
    """Overlapping spans made one, short ones left out."""
    out: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1] + 1e-6:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return [span for span in out if span[1] - span[0] >= min_region]


def _cut(line: Region, changes: list[tuple[float, float]]) -> list[Region]:
    """The line cut at its changes."""
    if not changes:
        return [line]

    def at(time_a: float) -> float:
        share = (time_a - line.a_start) / (line.a_end - line.a_start)
        return line.b_start + share * (line.b_end - line.b_start)

    edges = [line.a_start, *(time for span in changes for time in span), line.a_end]
    return [
        replace(
            line,
            kind=RegionKind.REPLACED if index % 2 else line.kind,
            a_start=start,
            a_end=end,
            b_start=line.b_start if index == 0 else at(start),
            b_end=line.b_end if index == len(edges) - 2 else at(end),
        )
        for index, (start, end) in enumerate(itertools.pairwise(edges))
        if end - start > 1e-6
    ]


def _scored(region: Region, a: SegmentTrack, distances: Float64) -> Region:
    overlap = np.minimum(a.ends, region.a_end) - np.maximum(a.starts, region.a_start)
    weight = np.where(np.isnan(distances), 0.0, np.maximum(overlap, 0.0))
    if weight.sum() <= 0:
        return region
    return replace(region, score=float(np.average(np.nan_to_num(distances), weights=weight)))
