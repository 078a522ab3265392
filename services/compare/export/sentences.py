"""A comparison in sentences: what a person would write down, with times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sage.compare.v1.compare_pb2 import Comparison, LookDifference, Region, RegionKind, RegionReason
from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.document import differences, look_name, verdict
from services.compare.export.timecode import clock_time

_VERDICTS = {
    "identical": "Both are the same file.",
    "re-encode only": "The two differ by nothing but their encoding.",
    "same": "No difference was found in what was compared.",
    "different": "The two differ.",
}
_PLACES = {
    Modality.MODALITY_VISUAL: "Picture",
    Modality.MODALITY_AUDIO: "Sound",
    Modality.MODALITY_TRANSCRIPTION: "Words",
}
_REASONS = {
    RegionReason.REGION_REASON_LOOK: "the same content in another look",
    RegionReason.REGION_REASON_OVERLAY: "the same content with something else over a part of it",
}


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """What differs, in words and in seconds of both versions."""

    text: str
    modality: Modality.ValueType
    a_start: float
    a_end: float
    b_start: float
    b_end: float


def summary_of(comparison: Comparison) -> str:
    """What a comparison comes to."""
    summary = comparison.summary
    parts = [_VERDICTS[verdict(comparison)]]
    if summary.HasField("similarity_percent"):
        parts.append(f"{summary.similarity_percent:.1f} % of their time is the same.")
    count = summary.difference_count
    parts.append(f"{count} difference{'' if count == 1 else 's'} found.")
    lengths = f"A is {clock_time(summary.duration_a)} long, B {clock_time(summary.duration_b)}."
    return " ".join((*parts, lengths))


def sentences_of(comparison: Comparison) -> Iterator[Sentence]:
    """One for each region that differs, then one for each look."""
    for region in differences(comparison):
        yield _sentence(
            f"{_PLACES.get(region.modality, 'Content')}: {_TELL[region.kind](region)}",
            region,
            region.modality,
        )
    for look in comparison.looks:
        yield _sentence(_look(look), look, Modality.MODALITY_VISUAL)


def _sentence(text: str, where: Region | LookDifference, modality: Modality.ValueType) -> Sentence:
    return Sentence(
        text=text,
        modality=modality,
        a_start=where.a_start,
        a_end=where.a_end,
        b_start=where.b_start,
        b_end=where.b_end,
    )


def _replaced(region: Region) -> str:
    what = _REASONS.get(region.reason, "other content")
    return f"{_a(region)} of A has become {_b(region)} of B: {what}{_box(region)}."


def _inserted(region: Region) -> str:
    length = region.b_end - region.b_start
    where = f"in A it would be at {_time(region.a_start)}"
    return f"B has {_b(region)} ({length:.3f} s) that A has not; {where}."


def _deleted(region: Region) -> str:
    length = region.a_end - region.a_start
    return (
        f"B lacks {_a(region)} ({length:.3f} s) of A; in B it would be at {_time(region.b_start)}."
    )


def _moved(region: Region) -> str:
    return f"{_a(region)} of A is at {_b(region)} in B."


def _retimed(region: Region) -> str:
    return f"{_a(region)} of A takes {_b(region)} of B, at {region.rate:.3f} times the speed."


_TELL: Mapping[RegionKind.ValueType, Callable[[Region], str]] = {
    RegionKind.REGION_KIND_REPLACED: _replaced,
    RegionKind.REGION_KIND_INSERTED: _inserted,
    RegionKind.REGION_KIND_DELETED: _deleted,
    RegionKind.REGION_KIND_MOVED: _moved,
    RegionKind.REGION_KIND_RETIMED: _retimed,
}


def _look(look: LookDifference) -> str:
    amount = f" by {look.amount:.3g} {look.unit}" if look.amount else ""
    name = look_name(look.kind)
    where = f"{_a(look)} of A and {_b(look)} of B"
    return f"Picture: throughout {where} it looks different: {name}{amount}."


def _a(where: Region | LookDifference) -> str:
    return f"{_time(where.a_start)} to {_time(where.a_end)}"


def _b(where: Region | LookDifference) -> str:
    return f"{_time(where.b_start)} to {_time(where.b_end)}"


def _time(seconds: float) -> str:
    return clock_time(seconds)


def _box(region: Region) -> str:
    if not region.HasField("box"):
        return ""
    box = region.box
    middle = (box.left + box.width / 2, box.top + box.height / 2)
    across = "left" if middle[0] < 1 / 3 else "right" if middle[0] > 2 / 3 else "centre"
    down = "top" if middle[1] < 1 / 3 else "bottom" if middle[1] > 2 / 3 else "middle"
    return f", in the {down} {across} of the picture"
