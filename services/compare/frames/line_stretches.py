"""Makes regions that tile both timelines from lines, moves and local changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from services.compare.frames.fingerprints import Frames, frame_distances
from services.compare.frames.lines import FrameLine
from services.compare.frames.local_changes import Change
from services.compare.geometry import Span, Stretch, overlap, uncovered
from services.compare.timeline import CONTINUED, Region, RegionKind

# Frame rates closer than this share are the same.
_SAME_STEP = 0.02
_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True)
class LineStretch(Stretch):
    """A line with its ends on frames of both videos."""

    line: FrameLine


def snap_stretches(
    a: Frames, b: Frames, chain: list[FrameLine], shortest: float
) -> list[LineStretch]:
    """The lines with their ends on A's frames, touching where only a trifle lies between.

    shortest: holes up to this many seconds are closed, whatever their frames.
    """
    out = [snap_stretch(a, line) for line in chain]
    if not out:
        return out
    first, last = out[0], out[-1]
    tiny = max(shortest, trifle(a, b, first.line))
    out[0] = replace(
        first,
        a_start=0.0 if first.a_start <= tiny else first.a_start,
        b_start=0.0 if first.b_start <= tiny else first.b_start,
    )
    last = out[-1]
    tiny = max(shortest, trifle(a, b, last.line))
    out[-1] = replace(
        last,
        a_end=a.duration if a.duration - last.a_end <= tiny else last.a_end,
        b_end=b.duration if b.duration - last.b_end <= tiny else last.b_end,
    )
    for index in range(len(out) - 1):
        left, right = out[index], out[index + 1]
        tiny = max(shortest, trifle(a, b, left.line), trifle(a, b, right.line))
        left = _without_overlap(left, right, tiny)
        last_b, first_b = _beside(b, left.b_end, right.b_start)
        last_a, first_a = _beside(a, left.a_end, right.a_start)
        if right.a_start - left.a_end <= tiny:
            meet = _divided((a, b), left.a_end, right.a_start, last_b, first_b)
            left = replace(left, a_end=max(meet, left.a_start))
            right = replace(right, a_start=left.a_end)
        if right.b_start - left.b_end <= tiny:
            meet = _divided((b, a), left.b_end, right.b_start, last_a, first_a)
            left = replace(left, b_end=max(meet, left.b_start))
            right = replace(right, b_start=left.b_end)
        out[index], out[index + 1] = left, right
    return out


def _beside(frames: Frames, left_end: float, right_start: float) -> tuple[int, int]:
    """The last frame of a stretch that ends then, and the first of one that starts then."""
    ends = np.array([left_end, right_start]) - _ROUNDING
    last, first = (np.searchsorted(frames.times, ends) - (1, 0)).clip(0, len(frames) - 1).tolist()
    return last, first


def _divided(
    sides: tuple[Frames, Frames], start: float, end: float, last: int, first: int
) -> float:
    """Where the trifle that one video has between two stretches is divided between them.

    sides: the video that has it, and the other one. start, end: the trifle, in seconds. last,
    first: the other one's last frame before it and its first after it, which the frames in it are
    more or less like: where frames were dropped, they are those that were shown no more.
    """
    own, other = sides
    index = own.between(start, end)
    if len(index) == 0:
        return end
    before, after = (
        np.append(0.0, frame_distances(own, other, index, np.full(len(index), beside)).cumsum())
        for beside in (last, first)
    )
    cost = before + after[-1] - after
    # What is as much like both stays with the one before.
    cut = len(index) - int(cost[::-1].argmin())
    return float(own.times[index[cut]]) if cut < len(index) else end


def trifle(a: Frames, b: Frames, line: FrameLine) -> float:
    """Seconds at an end of a line that may be nothing but its frames' raster.

    Where every frame of A has its own in B, that is less than a frame. Where frames were dropped or
    repeated on the way, one more may be missing on either side.
    """
    frame = max(a.step, b.step)
    if line.is_retimed or abs(a.step - b.step) > _SAME_STEP * frame:
        return 1.5 * frame * max(line.rate, 1.0) + _ROUNDING
    return 0.75 * frame + _ROUNDING


def _without_overlap(left: LineStretch, right: LineStretch, tiny: float) -> LineStretch:
    """The left stretch ended, on both sides at once, where the right one begins.

    Cut on one side only, an unchanged stretch would be longer in one video than in the other.
    """
    beyond = max(left.a_end - right.a_start, left.line.rate * (left.b_end - right.b_start))
    if beyond <= tiny:
        return left
    return replace(
        left,
        a_end=max(left.a_end - beyond, left.a_start),
        b_end=max(left.b_end - beyond / left.line.rate, left.b_start),
    )


def snap_stretch(a: Frames, line: FrameLine) -> LineStretch:
    """The line with its ends on A's frames; in B they are on frames already.

    B's last picture may stay on the screen when A has ended, until its sound ends as well: that is
    no longer the line's.
    """
    beyond = line.a_end - a.duration
    return LineStretch(
        line=line,
        a_start=_on_frame(a, line.a_start),
        a_end=_on_frame(a, line.a_end),
        b_start=line.b_start,
        b_end=line.b_end - (beyond / line.rate if beyond > 0.6 * a.step else 0.0),
    )


def _on_frame(frames: Frames, time: float) -> float:
    """The nearest time at which a frame starts or ends, if one is within 0.6 of a frame."""
    edges = frames.times
    place = int(np.searchsorted(edges, time))
    near = [float(edge) for edge in edges[max(place - 1, 0) : place + 1]] + [frames.duration]
    best = min(near, key=lambda edge: abs(edge - time))
    return (
        best if abs(best - time) <= 0.6 * frames.step else float(np.clip(time, 0, frames.duration))
    )


def holes_between(
    stretches: list[LineStretch], duration_a: float, duration_b: float
) -> list[Stretch]:
    """The holes before, between and after the stretches, empty ones included."""
    a_edges = [0.0, *(x for s in stretches for x in (s.a_start, s.a_end)), duration_a]
    b_edges = [0.0, *(x for s in stretches for x in (s.b_start, s.b_end)), duration_b]
    return [
        Stretch(a_start=a_edges[k], a_end=a_edges[k + 1], b_start=b_edges[k], b_end=b_edges[k + 1])
        for k in range(0, len(a_edges), 2)
    ]


def stretch_regions(b: Frames, stretch: LineStretch, changes: list[Change]) -> list[Region]:
    """A stretch cut at its changes."""
    same = RegionKind.RETIMED if stretch.line.is_retimed else RegionKind.UNCHANGED
    regions: list[Region] = []
    at_a, at_b = stretch.a_start, stretch.b_start

    def add(kind: RegionKind, a_end: float, b_end: float, change: Change | None = None) -> None:
        nonlocal at_a, at_b
        a_end, b_end = max(a_end, at_a), max(b_end, at_b)
        if a_end > at_a or b_end > at_b:
            regions.append(
                Region(
                    kind=kind,
                    a_start=at_a,
                    a_end=a_end,
                    b_start=at_b,
                    b_end=b_end,
                    rate=stretch.line.rate,
                    score=change.score if change else 0.0,
                    box=change.box if change else None,
                )
            )
        at_a, at_b = a_end, b_end

    for change in changes:
        start, end = (
            _both_sides(b, stretch, change.start),
            _both_sides(b, stretch, change.end),
        )
        if min(end[0] - start[0], end[1] - start[1]) <= 0:
            # Less than a frame of one side: its end is on the frame at which it begins.
            continue
        add(same, *start)
        add(RegionKind.REPLACED, *end, change)
    add(same, stretch.a_end, stretch.b_end)
    return regions


def _both_sides(b: Frames, stretch: LineStretch, time_a: float) -> tuple[float, float]:
    """A's time on the stretch with B's, the stretch's own ends exactly."""
    slack = 0.75 * b.step
    if time_a <= stretch.a_start + slack:
        return stretch.a_start, stretch.b_start
    if time_a >= stretch.a_end - slack:
        return stretch.a_end, stretch.b_end
    time_b = _on_frame(b, stretch.line.to_b(time_a))
    return time_a, float(np.clip(time_b, stretch.b_start, stretch.b_end))


def hole_regions(hole: Stretch, moved: list[LineStretch], tiny: float) -> list[Region]:
    """A hole as replaced, deleted or inserted, less the stretches that were moved."""
    shortest = tiny if moved else 0.0
    in_a = uncovered(hole.in_a, [stretch.in_a for stretch in moved], shortest)
    in_b = uncovered(hole.in_b, [stretch.in_b for stretch in moved], shortest)
    if len(in_a) == 1 and len(in_b) == 1:
        return [_region(RegionKind.REPLACED, in_a[0], in_b[0])]
    deleted = [_region(RegionKind.DELETED, span, (hole.b_start, hole.b_start)) for span in in_a]
    inserted = [_region(RegionKind.INSERTED, (hole.a_end, hole.a_end), span) for span in in_b]
    return deleted + inserted


def fit_moves(moved: list[LineStretch], holes: list[Stretch], tiny: float) -> list[LineStretch]:
    """The moved stretches extended over the trifles between them and the ends of their holes."""
    out = []
    for stretch in moved:
        a = _fitted(stretch.in_a, [hole.in_a for hole in holes], tiny)
        b = _fitted(stretch.in_b, [hole.in_b for hole in holes], tiny)
        if a[1] > a[0] and b[1] > b[0]:
            out.append(replace(stretch, a_start=a[0], a_end=a[1], b_start=b[0], b_end=b[1]))
    return out


def _fitted(span: Span, holes: list[Span], tiny: float) -> Span:
    """The span inside the hole that holds most of it, (0, 0) if none holds any."""
    best = max(holes, key=lambda hole: overlap(span, hole))
    start, end = max(span[0], best[0]), min(span[1], best[1])
    if end <= start:
        return 0.0, 0.0
    return (
        best[0] if start - best[0] <= tiny else start,
        best[1] if best[1] - end <= tiny else end,
    )


def _region(kind: RegionKind, a: Span, b: Span) -> Region:
    return Region(kind=kind, a_start=a[0], a_end=a[1], b_start=b[0], b_end=b[1])


def merge_equal(regions: list[Region]) -> list[Region]:
    """Regions in order, neighbours of one kind and speed made one."""
    out: list[Region] = []
    for region in sorted(regions, key=lambda r: (r.a_start, r.b_start, r.a_end)):
        last = out[-1] if out else None
        if (
            last is not None
            and last.kind == region.kind
            and last.kind in CONTINUED
            and abs(last.rate - region.rate) < 0.002
            and last.leads_to(region)
        ):
            out[-1] = replace(last, a_end=region.a_end, b_end=region.b_end)
        else:
            out.append(region)
    return out
