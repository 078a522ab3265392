"""Subtitles compared as text: other words, other times, texts that only one side has."""

from __future__ import annotations

import enum
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sage.ingest.v1.technical_pb2 import Cue
from services.compare.technical.text_matches import matches

# Containers and frame rates round times by so much: a frame.
_SAME_SECONDS = 0.045
# All come earlier or later by one amount when so many do.
_THROUGHOUT_SHARE = 0.95
_FEWEST_THROUGHOUT = 3


class TextKind(enum.Enum):
    """How a text differs."""

    CHANGED = "CHANGED"
    SHIFTED = "SHIFTED"
    ONLY_IN_A = "ONLY_IN_A"
    ONLY_IN_B = "ONLY_IN_B"


_MIRRORED = {
    TextKind.CHANGED: TextKind.CHANGED,
    TextKind.SHIFTED: TextKind.SHIFTED,
    TextKind.ONLY_IN_A: TextKind.ONLY_IN_B,
    TextKind.ONLY_IN_B: TextKind.ONLY_IN_A,
}


@dataclass(frozen=True)
class TextDifference:
    """a, b: the texts with their times; None where there is none."""

    kind: TextKind
    a: Cue | None
    b: Cue | None


@dataclass(frozen=True)
class TextFindings:
    """What differs in the texts of two tracks.

    differences: in order of time. shift: by how many seconds all texts of B come later; 0 when
    that is not so of all. A text that is shifted is so beside this.
    """

    differences: Sequence[TextDifference]
    shift: float


def compare_texts(a: Sequence[Cue], b: Sequence[Cue]) -> TextFindings:
    """Swapped sides have the same differences, swapped."""
    # Of several ways to match texts one is taken; which one must not depend on the sides.
    if _order(b) < _order(a):
        found = _compared(b, a)
        swapped = [TextDifference(_MIRRORED[it.kind], it.b, it.a) for it in found.differences]
        return TextFindings(sorted(swapped, key=_time), _negative(found.shift))
    found = _compared(a, b)
    return replace(found, differences=sorted(found.differences, key=_time))


def _compared(a: Sequence[Cue], b: Sequence[Cue]) -> TextFindings:
    same = matches([cue.text for cue in a], [cue.text for cue in b])
    shift = _common_shift([b[j].start - a[i].start for i, j in same])
    found: list[TextDifference] = []
    for i, j in same:
        off = max(abs(b[j].start - a[i].start - shift), abs(b[j].end - a[i].end - shift))
        if off > _SAME_SECONDS:
            found.append(TextDifference(TextKind.SHIFTED, a[i], b[j]))
    ends = [*same, (len(a), len(b))]
    starts = [(0, 0), *((i + 1, j + 1) for i, j in same)]
    for (first_a, first_b), (last_a, last_b) in zip(starts, ends, strict=True):
        found += _unmatched(a[first_a:last_a], b[first_b:last_b], shift)
    return TextFindings(found, shift)


def _unmatched(a: Sequence[Cue], b: Sequence[Cue], shift: float) -> Iterator[TextDifference]:
    """Texts between two that are the same: those on the screen at once have changed."""
    i = j = 0
    while i < len(a) and j < len(b):
        if len(a) == len(b) or (a[i].start + shift < b[j].end and b[j].start < a[i].end + shift):
            yield TextDifference(TextKind.CHANGED, a[i], b[j])
            i, j = i + 1, j + 1
        elif a[i].start + shift < b[j].start:
            yield TextDifference(TextKind.ONLY_IN_A, a[i], None)
            i += 1
        else:
            yield TextDifference(TextKind.ONLY_IN_B, None, b[j])
            j += 1
    for cue in a[i:]:
        yield TextDifference(TextKind.ONLY_IN_A, cue, None)
    for cue in b[j:]:
        yield TextDifference(TextKind.ONLY_IN_B, None, cue)


def _common_shift(shifts: Sequence[float]) -> float:
    if len(shifts) < _FEWEST_THROUGHOUT:
        return 0.0
    usual = statistics.median(shifts)
    alike = sum(abs(shift - usual) <= _SAME_SECONDS for shift in shifts)
    if abs(usual) <= _SAME_SECONDS or alike < _THROUGHOUT_SHARE * len(shifts):
        return 0.0
    return round(usual, 3)


def _negative(value: float) -> float:
    return -value if value else 0.0


def _order(cues: Sequence[Cue]) -> list[tuple[str, float, float]]:
    return [(cue.text, cue.start, cue.end) for cue in cues]


def _time(difference: TextDifference) -> tuple[float, float, str]:
    starts = [cue.start for cue in (difference.a, difference.b) if cue is not None]
    texts = sorted(cue.text for cue in (difference.a, difference.b) if cue is not None)
    return min(starts), max(starts), "\n".join(texts)
