"""Moves: what is missing in one place and new in another, found among the gaps only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.compare.geometry import Stretch
from services.compare.segments.anchors import mutual_neighbours
from services.compare.segments.content import Content
from services.compare.segments.fitting import fit_line
from services.compare.segments.lines import SegmentLine
from services.compare.segments.residuals import partner_distances
from services.compare.segments.tiling import gap_kind
from services.compare.segments.tuning import SegmentsTuning
from services.compare.timeline import Float64, Region, RegionKind

# Anchors of one move lie within this many segments of one diagonal and of each other.
_DIAGONAL_SLACK = 1
_LARGEST_SKIP = 3


@dataclass(frozen=True, kw_only=True)
class _Move(Stretch):
    """What A shows in its side is shown by B in the other."""

    score: float


def move_score_required(sensitivity: float, *, tuning: SegmentsTuning) -> float:
    """Evidence a move needs, in segments that fit perfectly and occur once. 0 needs infinite."""
    return (
        math.inf
        if sensitivity <= 0
        else tuning.move_least_score + tuning.move_score_growth * (1 - sensitivity)
    )


def move_score(
    region: Region, a: Content, b: Content, limit: float, *, tuning: SegmentsTuning
) -> float:
    """The evidence for a move that was found, wherever it was looked for. limit: as for anchors."""
    offset = (region.a_start + region.a_end - region.b_start - region.b_end) / 2
    middles = (b.starts + b.ends) / 2
    rows = np.flatnonzero((middles > region.b_start) & (middles < region.b_end))
    if len(rows) == 0:
        return 0.0
    line = SegmentLine(first=int(rows[0]), last=int(rows[-1]), rate=1.0, offset=offset)
    fit = _fit(line, rows, a, b, limit)
    return float(np.sum(fit * _rarity(a, line, b, rows, limit, tuning=tuning)))


def with_moves(
    regions: Sequence[Region],
    a: Content,
    b: Content,
    limit: float,
    required: float,
    *,
    tuning: SegmentsTuning,
) -> list[Region]:
    """The regions with moved stretches taken out of their gaps. limit: as for anchors."""
    result = list(regions)
    if math.isinf(required):
        return result
    for line in _candidates(regions, a, b, limit):
        move = _best_extent(line, result, a, b, limit, tuning=tuning)
        if move is not None and move.score >= required:
            result = _carved(result, move)
    return result


def _candidates(
    regions: Sequence[Region], a: Content, b: Content, limit: float
) -> list[SegmentLine]:
    """Diagonals between gaps that several mutual neighbours lie on, the longest first."""
    rows_a = _rows_inside(a, [(r.a_start, r.a_end) for r in regions if _lost(r)])
    rows_b = _rows_inside(b, [(r.b_start, r.b_end) for r in regions if _new(r)])
    if len(rows_a) < 2 or len(rows_b) < 2:
        return []
    i, j = mutual_neighbours(a.vectors[rows_a], b.vectors[rows_b])
    i, j = rows_a[i], rows_b[j]
    # At half a segment's offset the best pairs are further apart; their line tells later.
    close = 1 - np.vecdot(a.vectors[i], b.vectors[j]) < 2.5 * limit
    i, j = i[close], j[close]
    order = np.argsort(j, kind="stable")
    groups: list[list[tuple[int, int]]] = []
    for at_a, at_b in zip(i[order].tolist(), j[order].tolist(), strict=True):
        for group in reversed(groups[-8:]):
            last_a, last_b = group[-1]
            beside = abs((at_a - at_b) - (last_a - last_b)) <= _DIAGONAL_SLACK
            if beside and at_b - last_b <= _LARGEST_SKIP:
                group.append((at_a, at_b))
                break
        else:
            groups.append([(at_a, at_b)])
    groups = sorted((g for g in groups if len(g) >= 2), key=len, reverse=True)
    lines = []
    for group in groups:
        offset = float(np.median([a.starts[x] - b.starts[y] for x, y in group]))
        rough = SegmentLine(first=group[0][1], last=group[-1][1], rate=1.0, offset=offset)
        lines.append(fit_line(rough, a, b, limit))
    return lines


def _best_extent(
    line: SegmentLine,
    regions: Sequence[Region],
    a: Content,
    b: Content,
    limit: float,
    *,
    tuning: SegmentsTuning,
) -> _Move | None:
    """The longest stretch round the line that fits and lies within one gap of each video."""
    middle_b = float(b.starts[line.first] + b.ends[line.last]) / 2
    lost = _at(regions, line.to_a(middle_b), "a")
    new = _at(regions, middle_b, "b")
    if lost is None or new is None:
        return None
    if lost is new and abs(line.offset - (lost.a_start - lost.b_start)) < tuning.move_same_place:
        return None
    whole = _whole_gap(line, lost, new, a, b, limit, tuning=tuning)
    if whole is not None:
        return whole
    earliest = max(new.b_start, line.to_b(lost.a_start))
    latest = min(new.b_end, line.to_b(lost.a_end))
    rows = np.flatnonzero((b.ends > earliest + 0.5 * b.step) & (b.starts < latest - 0.5 * b.step))
    if len(rows) == 0:
        return None
    fit = _fit(line, rows, a, b, limit)
    weights = np.where(fit > 0, _rarity(a, line, b, rows, limit, tuning=tuning), 1.0)
    begin, end, score = _largest_sum(fit * weights)
    b_start, b_end = float(b.starts[rows[begin]]), float(b.ends[rows[end - 1]])
    a_start, a_end = line.to_a(b_start), line.to_a(b_end)
    reach = 1.1 * b.step
    if b_start - earliest < reach:
        a_start, b_start = line.to_a(earliest), earliest
    if latest - b_end < reach:
        a_end, b_end = line.to_a(latest), latest
    a_start, a_end = _snapped(a_start, a_end, lost.a_start, lost.a_end, tuning=tuning)
    b_start, b_end = _snapped(b_start, b_end, new.b_start, new.b_end, tuning=tuning)
    if a_end - a_start <= tuning.move_leftover or b_end - b_start <= tuning.move_leftover:
        return None
    return _Move(a_start=a_start, a_end=a_end, b_start=b_start, b_end=b_end, score=score)


def _whole_gap(
    line: SegmentLine,
    lost: Region,
    new: Region,
    a: Content,
    b: Content,
    limit: float,
    *,
    tuning: SegmentsTuning,
) -> _Move | None:
    """The whole of two gaps of one length that the line leads from end to end."""
    length_a, length_b = lost.a_end - lost.a_start, new.b_end - new.b_start
    offset = (lost.a_start + lost.a_end - new.b_start - new.b_end) / 2
    if abs(length_a - length_b) > 0.5 or abs(offset - line.offset) > 0.5 * b.step:
        return None
    line = replace(line, offset=offset)
    rows = np.flatnonzero((b.starts >= new.b_start - 0.1) & (b.ends <= new.b_end + 0.1))
    if len(rows) == 0:
        return None
    fit = _fit(line, rows, a, b, limit)
    if np.mean(fit) < 0.1:
        return None
    score = tuning.move_fills_both_gaps * float(
        np.sum(fit * _rarity(a, line, b, rows, limit, tuning=tuning))
    )
    return _Move(
        a_start=lost.a_start,
        a_end=lost.a_end,
        b_start=new.b_start,
        b_end=new.b_end,
        score=score,
    )


def _fit(
    line: SegmentLine, rows: NDArray[np.int64], a: Content, b: Content, limit: float
) -> Float64:
    """1 for segments that are identical on the line, 0 at the limit, at least -1."""
    starts, ends = line.to_a(b.starts[rows]), line.to_a(b.ends[rows])
    distances, _ = partner_distances(a, b.vectors[rows], starts, ends, 1.0)
    return np.maximum(1 - distances / limit, -1.0)


def _rarity(
    a: Content,
    line: SegmentLine,
    b: Content,
    rows: NDArray[np.int64],
    limit: float,
    *,
    tuning: SegmentsTuning,
) -> Float64:
    """1 for content that A shows once, less for what it shows everywhere."""
    at = np.searchsorted(a.edges, line.to_a((b.starts[rows] + b.ends[rows]) / 2), "right") - 1
    shown = a.vectors[np.clip(at, 0, len(a) - 1)]
    alike = (shown @ a.vectors.T > 1 - limit).sum(axis=1)
    rarity: Float64 = 1 / np.maximum(alike / tuning.move_common, 1.0)
    return rarity


def _largest_sum(values: Float64) -> tuple[int, int, float]:
    """Begin, end and sum of the stretch with the largest sum (Kadane)."""
    best = (0, 1, float(values[0]))
    begin, running = 0, 0.0
    for index, value in enumerate(values.tolist()):
        if running <= 0:
            begin, running = index, 0.0
        running += value
        if running > best[2]:
            best = (begin, index + 1, running)
    return best


def _snapped(
    start: float, end: float, low: float, high: float, *, tuning: SegmentsTuning
) -> tuple[float, float]:
    start = low if start - low < tuning.move_leftover else start
    end = high if high - end < tuning.move_leftover else end
    return start, end


def _carved(regions: Sequence[Region], move: _Move) -> list[Region]:
    result: list[Region] = []
    for region in regions:
        parts = [region]
        if _lost(region) and region.a_start <= move.a_start and move.a_end <= region.a_end:
            parts = _without_a(region, move.a_start, move.a_end)
        for part in parts:
            if _new(part) and part.b_start <= move.b_start and move.b_end <= part.b_end:
                result += _without_b(part, move.b_start, move.b_end)
            else:
                result.append(part)
    result.append(
        Region(
            kind=RegionKind.MOVED,
            a_start=move.a_start,
            a_end=move.a_end,
            b_start=move.b_start,
            b_end=move.b_end,
        )
    )
    return result


def _without_a(region: Region, start: float, end: float) -> list[Region]:
    """The gap without a stretch of A; what B has there stays with the first part."""
    parts = [(s, e) for s, e in ((region.a_start, start), (end, region.a_end)) if e > s]
    first = parts[0] if parts else (region.a_start, region.a_start)
    kept = [_resized(region, a_start=first[0], a_end=first[1])]
    for s, e in parts[1:]:
        kept.append(_resized(region, a_start=s, a_end=e, b_start=region.b_end))
    return [part for part in kept if part.a_end > part.a_start or part.b_end > part.b_start]


def _without_b(region: Region, start: float, end: float) -> list[Region]:
    parts = [(s, e) for s, e in ((region.b_start, start), (end, region.b_end)) if e > s]
    first = parts[0] if parts else (region.b_start, region.b_start)
    kept = [_resized(region, b_start=first[0], b_end=first[1])]
    for s, e in parts[1:]:
        kept.append(_resized(region, b_start=s, b_end=e, a_start=region.a_end))
    return [part for part in kept if part.a_end > part.a_start or part.b_end > part.b_start]


def _resized(region: Region, **times: float) -> Region:
    resized = replace(region, **times)  # type: ignore[arg-type]
    return replace(resized, kind=gap_kind(resized.seconds_a, resized.seconds_b))


def _lost(region: Region) -> bool:
    return region.kind in (RegionKind.DELETED, RegionKind.REPLACED)


def _new(region: Region) -> bool:
    return region.kind in (RegionKind.INSERTED, RegionKind.REPLACED)


def _at(regions: Sequence[Region], time: float, side: str) -> Region | None:
    for region in regions:
        if side == "a" and _lost(region) and region.a_start <= time < region.a_end:
            return region
        if side == "b" and _new(region) and region.b_start <= time < region.b_end:
            return region
    return None


def _rows_inside(content: Content, spans: Sequence[tuple[float, float]]) -> NDArray[np.int64]:
    inside = np.zeros(len(content), bool)
    middle = (content.starts + content.ends) / 2
    for start, end in spans:
        inside |= (middle > start) & (middle < end)
    return np.flatnonzero(inside)
