"""Makes regions that tile both timelines from lines, moves and local changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from services.compare.frames.changes import Change
from services.compare.frames.fingerprints import Frames
from services.compare.frames.lines import Line
from services.compare.timeline import Region, RegionKind

Span = tuple[float, float]
# Frame rates closer than this share are the same.
_SAME_STEP = 0.02
_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A line with its ends on frames of both videos."""

    line: Line
    a_start: float
    a_end: float
    b_start: float
    b_end: float


@dataclass(frozen=True, kw_only=True)
class Hole:
    """What lies between two stretches of the timeline."""

    a: Span
    b: Span


def snap_stretches(a: Frames, b: Frames, chain: list[Line], shortest: float) -> list[Stretch]:
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
        if right.a_start - left.a_end <= tiny:
            left = replace(left, a_end=max(right.a_start, left.a_start))
            right = replace(right, a_start=left.a_end)
        if right.b_start - left.b_end <= tiny:
            left = replace(left, b_end=max(right.b_start, left.b_start))
            right = replace(right, b_start=left.b_end)
        out[index], out[index + 1] = left, right
    return out


def trifle(a: Frames, b: Frames, line: Line) -> float:
    """Seconds at an end of a line that may be nothing but its frames' raster.

    Where every frame of A has its own in B, that is less than a frame. Where frames were dropped or
    repeated on the way, one more may be missing on either side.
    """
    frame = max(a.step, b.step)
    if line.is_retimed or abs(a.step - b.step) > _SAME_STEP * frame:
        return 1.5 * frame * max(line.rate, 1.0) + _ROUNDING
    return 0.75 * frame + _ROUNDING


def _without_overlap(left: Stretch, right: Stretch, tiny: float) -> Stretch:
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


def snap_stretch(a: Frames, line: Line) -> Stretch:
    """The line with its ends on A's frames; in B they are on frames already.

    B's last picture may stay on the screen when A has ended, until its sound ends as well: that is
    no longer the line's.
    """
    beyond = line.a_end - a.duration
    return Stretch(
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


def holes_between(stretches: list[Stretch], duration_a: float, duration_b: float) -> list[Hole]:
    """The holes before, between and after the stretches, empty ones included."""
    a_edges = [0.0, *(x for s in stretches for x in (s.a_start, s.a_end)), duration_a]
    b_edges = [0.0, *(x for s in stretches for x in (s.b_start, s.b_end)), duration_b]
    return [
        Hole(a=(a_edges[k], a_edges[k + 1]), b=(b_edges[k], b_edges[k + 1]))
        for k in range(0, len(a_edges), 2)
    ]


def stretch_regions(b: Frames, stretch: Stretch, changes: list[Change]) -> list[Region]:
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
        add(same, *start)
        add(RegionKind.REPLACED, *end, change)
    add(same, stretch.a_end, stretch.b_end)
    return regions


def _both_sides(b: Frames, stretch: Stretch, time_a: float) -> tuple[float, float]:
    """A's time on the stretch with B's, the stretch's own ends exactly."""
    slack = 0.75 * b.step
    if time_a <= stretch.a_start + slack:
        return stretch.a_start, stretch.b_start
    if time_a >= stretch.a_end - slack:
        return stretch.a_end, stretch.b_end
    time_b = _on_frame(b, (time_a - stretch.line.offset) / stretch.line.rate)
    return time_a, float(np.clip(time_b, stretch.b_start, stretch.b_end))


def hole_regions(hole: Hole, moved: list[Stretch], tiny: float) -> list[Region]:
    """A hole as replaced, deleted or inserted, less the stretches that were moved."""
    in_a = _without(hole.a, [(s.a_start, s.a_end) for s in moved], tiny)
    in_b = _without(hole.b, [(s.b_start, s.b_end) for s in moved], tiny)
    if len(in_a) == 1 and len(in_b) == 1:
        return [_region(RegionKind.REPLACED, in_a[0], in_b[0])]
    deleted = [_region(RegionKind.DELETED, span, (hole.b[0], hole.b[0])) for span in in_a]
    inserted = [_region(RegionKind.INSERTED, (hole.a[1], hole.a[1]), span) for span in in_b]
    return deleted + inserted


def fit_moves(moved: list[Stretch], holes: list[Hole], tiny: float) -> list[Stretch]:
    """The moved stretches extended over the trifles between them and the ends of their holes."""
    out = []
    for stretch in moved:
        a = _fitted((stretch.a_start, stretch.a_end), [hole.a for hole in holes], tiny)
        b = _fitted((stretch.b_start, stretch.b_end), [hole.b for hole in holes], tiny)
        if a[1] > a[0] and b[1] > b[0]:
            out.append(replace(stretch, a_start=a[0], a_end=a[1], b_start=b[0], b_end=b[1]))
    return out


def _fitted(span: Span, holes: list[Span], tiny: float) -> Span:
    """The span inside the hole that holds most of it, (0, 0) if none holds any."""
    best = max(holes, key=lambda hole: min(span[1], hole[1]) - max(span[0], hole[0]))
    start, end = max(span[0], best[0]), min(span[1], best[1])
    if end <= start:
        return 0.0, 0.0
    return (
        best[0] if start - best[0] <= tiny else start,
        best[1] if best[1] - end <= tiny else end,
    )


def _without(span: Span, taken: list[Span], tiny: float) -> list[Span]:
    parts = [span]
    for start, end in taken:
        parts = [
            part
            for low, high in parts
            for part in ((low, min(high, start)), (max(low, end), high))
            if part[1] > part[0]
        ]
    return [part for part in parts if part[1] - part[0] > (tiny if taken else 0.0)]


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
            and last.kind in (RegionKind.UNCHANGED, RegionKind.RETIMED)
            and abs(last.rate - region.rate) < 0.002
            and last.a_end == region.a_start
            and last.b_end == region.b_start
        ):
            out[-1] = replace(last, a_end=region.a_end, b_end=region.b_end)
        else:
            out.append(region)
    return out
