"""The lines that sound is compared along, made of the picture's regions.

A replaced picture does not break the sound, so one of equal length becomes part of the line around
it. Where sound goes on after the last picture, so does its line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.compare.geometry import Span
from services.compare.timeline import (
    CONTINUED,
    ONE_SIDED,
    SOUND_STEP_SECONDS,
    Region,
    RegionKind,
)

# Lengths that differ by less than this, in seconds, are the same.
SAME_LENGTH = 0.1
_TOUCHING = 1e-6


def sound_lines(picture: Sequence[Region], ends: tuple[float, float]) -> list[Region]:
    """ends: when A's and B's sound end, in seconds, where that is after the last picture."""
    lines: list[Region] = []
    for region in _with_tail(picture, ends):
        kind, rate = region.kind, region.rate
        if kind is RegionKind.REPLACED and _equally_long(region):
            kind = RegionKind.UNCHANGED if rate == 1.0 else RegionKind.RETIMED
        line = replace(region, kind=kind, score=0.0, box=None, confidence=1.0)
        last = lines[-1] if lines else None
        if (
            last is not None
            and kind in CONTINUED
            and last.kind is kind
            and abs(last.rate - rate) < 0.002
            and last.leads_to(line, _TOUCHING)
            and _stays_in_step(last, line)
        ):
            lines[-1] = replace(last, a_end=line.a_end, b_end=line.b_end)
        else:
            lines.append(line)
    return lines


def slope(line: Region) -> float:
    """Seconds of B for a second of A: unchanged content plays on at its own pace, even where one
    side of the line ends a frame early."""
    if line.kind is RegionKind.UNCHANGED:
        return 1.0
    return line.seconds_b / max(line.seconds_a, 1e-9)


def _stays_in_step(last: Region, line: Region) -> bool:
    """Whether one line can be made of two, with all of it in step."""
    if line.kind is not RegionKind.UNCHANGED:
        return True
    drift = (line.b_start - line.a_start) - (last.b_start - last.a_start)
    return abs(drift) < SOUND_STEP_SECONDS


def _equally_long(region: Region) -> bool:
    return abs(region.seconds_a - region.rate * region.seconds_b) <= SAME_LENGTH


def _with_tail(picture: Sequence[Region], ends: tuple[float, float]) -> list[Region]:
    """The picture's regions, and what follows them where only the sound goes on.

    The tail of one sound is compared with what the other plays then, be it a tail as well, or the
    sound of pictures that only it has.
    """
    last_a = max((region.a_end for region in picture), default=0.0)
    last_b = max((region.b_end for region in picture), default=0.0)
    tail_a, tail_b = (
        max(end - last, 0.0) for end, last in zip(ends, (last_a, last_b), strict=True)
    )
    if max(tail_a, tail_b) < SAME_LENGTH:
        return list(picture)
    kept = list(picture)
    from_a, from_b = last_a, last_b
    while kept and kept[-1].kind in ONE_SIDED and kept[-1].ends_at(from_a, from_b, _TOUCHING):
        taken = kept.pop()
        from_a -= taken.seconds_a
        from_b -= taken.seconds_b
    rate = kept[-1].rate if kept and kept[-1].kind is RegionKind.RETIMED else 1.0
    in_a, in_b = last_a + tail_a - from_a, last_b + tail_b - from_b
    both = min(in_a, in_b * rate)
    if both < SAME_LENGTH:
        both = 0.0
    middle_a, middle_b = from_a + both, from_b + both / rate
    kind = RegionKind.RETIMED if rate != 1.0 else RegionKind.UNCHANGED
    parts = [
        _region(kind, (from_a, middle_a), (from_b, middle_b), rate),
        _region(RegionKind.DELETED, (middle_a, from_a + in_a), (middle_b, middle_b)),
        _region(RegionKind.INSERTED, (from_a + in_a,) * 2, (middle_b, from_b + in_b)),
    ]
    return kept + [part for part in parts if part.longest > _TOUCHING]


def _region(kind: RegionKind, in_a: Span, in_b: Span, rate: float = 1.0) -> Region:
    return Region(
        kind=kind, a_start=in_a[0], a_end=in_a[1], b_start=in_b[0], b_end=in_b[1], rate=rate
    )
