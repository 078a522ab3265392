"""Lines of pictures that are shown for long, as the sounds know them better.

At five frames a second a picture says only to a fifth of a second where it was cut, and by how much
B is later than A from there on. Sound that goes with it all the same is early or late by as much on
one line and not on the next: that is the picture's inexactness, not the sound's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.compare.geometry import Span
from services.compare.sound.lines import SAME_LENGTH
from services.compare.sound.tuning import TUNED, SoundTuning
from services.compare.timeline import ONE_SIDED, Region, RegionKind


def by_sound(
    lines: Sequence[Region],
    offsets: Sequence[Span],
    frame_seconds: float,
    *,
    tuning: SoundTuning = TUNED,
) -> tuple[list[Region], list[Span]]:
    """The lines with the jumps between them as long as the sounds have them, and what is left of
    the offsets.

    offsets: for each line, by how many seconds B's sound is late where it begins and where it ends.
    frame_seconds: how long a picture is shown, in the version where that is longer.
    """
    known = list(offsets)
    if frame_seconds < tuning.long_picture:
        return list(lines), known
    common = _common(lines, offsets, frame_seconds)
    out = list(lines)
    for index in range(len(out) - 1):
        out[index : index + 2] = _evenly_long(out[index], out[index + 1], frame_seconds)
    for index, line in enumerate(lines):
        early, late = offsets[index]
        off = early - common
        # A line that begins with both versions is exact, and so is what lies between other content.
        movable = line.kind is RegionKind.UNCHANGED and early == late and off
        if movable and abs(off) <= frame_seconds and _after_a_jump(out, index):
            moved = _lagging(out[index - 1 : index + 2], off)
            if moved is not None:
                out[index - 1 : index + 2] = moved
                known[index] = common, common
    return out, known


def _common(lines: Sequence[Region], offsets: Sequence[Span], frame_seconds: float) -> float:
    """By how much the sound is late as a whole."""
    steady = [
        (line, early)
        for line, (early, late) in zip(lines, offsets, strict=True)
        if line.kind is RegionKind.UNCHANGED and early == late
    ]
    if not steady:
        return 0.0
    line, offset = steady[0]
    if max(line.a_start, line.b_start) < SAME_LENGTH:
        return offset
    longest = max(steady, key=lambda each: each[0].seconds_a)[1]
    return longest if abs(longest) > frame_seconds else 0.0


def _after_a_jump(lines: Sequence[Region], index: int) -> bool:
    beside = [lines[k] for k in (index - 1, index + 1) if 0 <= k < len(lines)]
    return index > 0 and all(each.kind in ONE_SIDED for each in beside)


def _evenly_long(line: Region, jump: Region, frame_seconds: float) -> list[Region]:
    """A line that is as long in both versions, and the jump after it."""
    longer = line.seconds_a - line.seconds_b
    if line.kind is not RegionKind.UNCHANGED or not 0 < abs(longer) <= frame_seconds:
        return [line, jump]
    if jump.kind is RegionKind.DELETED and jump.seconds_a + longer > 0:
        end = line.a_end - longer
        return [replace(line, a_end=end), replace(jump, a_start=end)]
    if jump.kind is RegionKind.INSERTED and jump.seconds_b - longer > 0:
        end = line.b_end + longer
        return [replace(line, b_end=end), replace(jump, b_start=end)]
    return [line, jump]


def _lagging(around: Sequence[Region], off: float) -> list[Region] | None:
    """A line later in B by `off`, with the jumps on its sides; None where they do not last."""
    jump, line, *rest = around
    if jump.kind is RegionKind.DELETED:
        line = replace(line, a_start=line.a_start - off)
        jump = replace(jump, a_end=line.a_start)
    else:
        line = replace(line, b_start=line.b_start + off)
        jump = replace(jump, b_end=line.b_start)
    if rest and rest[0].kind is RegionKind.DELETED:
        line = replace(line, a_end=line.a_end - off)
        rest = [replace(rest[0], a_start=line.a_end)]
    elif rest:
        line = replace(line, b_end=line.b_end + off)
        rest = [replace(rest[0], b_start=line.b_end)]
    moved = [jump, line, *rest]
    lasts = all(each.seconds_a >= 0 <= each.seconds_b and each.longest > 0 for each in moved)
    return moved if lasts else None
