"""What is exported, and what every format says in the same words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from sage.compare.v1.compare_pb2 import Comparison, LookKind, Region, RegionKind, RegionReason
from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.review import Review
from services.compare.export.thumbnails import NO_THUMBNAILS, Thumbnails
from services.compare.export.timecode import FrameClock
from services.compare.technical.comparing import TechnicalFindings

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_STEM_LENGTH = 60
DEFAULT_HEAL_FRAMES = 2


@dataclass(frozen=True, kw_only=True)
class Document:
    """A comparison with what a file of it needs besides.

    a_name, b_name: what the file calls the two versions.
    a_clock, b_clock: by which each version's frames are counted and its time codes written.
    heal_frames, in_feet: of change notes: up to how many unchanged frames between two changes are
        told as a part of them, and whether lengths are in feet of 35 mm film.
    a_shots, b_shots: those ends of regions at which a shot begins, in seconds; None where that is
        not known.
    review: what people said; None when nobody was asked for it.
    technical: what differs in the files themselves; None where that is not known.
    """

    comparison: Comparison
    a_name: str
    b_name: str
    a_clock: FrameClock
    b_clock: FrameClock
    heal_frames: int = DEFAULT_HEAL_FRAMES
    in_feet: bool = False
    a_shots: frozenset[float] | None = None
    b_shots: frozenset[float] | None = None
    review: Review | None = None
    technical: TechnicalFindings | None = None
    thumbnails: Thumbnails = NO_THUMBNAILS

    def file_name(self, extension: str) -> str:
        """A name that every file system takes, whatever the videos are called."""
        return f"{_stem(self.a_name)}-vs-{_stem(self.b_name)}.{extension}"


@dataclass(frozen=True, kw_only=True)
class ExportFile:
    """content_type: media type with the file's name as its parameter `name`."""

    content_type: str
    file_name: str
    data: bytes


def differences(comparison: Comparison) -> list[Region]:
    """All regions that say something other than UNCHANGED."""
    return [
        region for region in comparison.regions if region.kind != RegionKind.REGION_KIND_UNCHANGED
    ]


def kind_name(kind: RegionKind.ValueType) -> str:
    """`replaced`."""
    return RegionKind.Name(kind).removeprefix("REGION_KIND_").lower()


def reason_name(reason: RegionReason.ValueType) -> str:
    """`overlay`."""
    return RegionReason.Name(reason).removeprefix("REGION_REASON_").lower()


def look_name(kind: LookKind.ValueType) -> str:
    """`mirrored`."""
    return LookKind.Name(kind).removeprefix("LOOK_KIND_").lower()


def modality_name(modality: Modality.ValueType) -> str:
    """`visual`."""
    return Modality.Name(modality).removeprefix("MODALITY_").lower()


def verdict(comparison: Comparison) -> str:
    """`identical` (the same bytes), `re-encode only`, `same` or `different`.

    The same bytes differ where they are compared at other times.
    A modality that only one side has makes them different, and so do another look, and sound that
    is out of step or differs beside its regions.
    """
    header, summary = comparison.header, comparison.summary
    same_bytes = header.a.video_sha256 and header.a.video_sha256 == header.b.video_sha256
    if same_bytes and not summary.difference_count:
        return "identical"
    one_sided = header.only_in_a or header.only_in_b
    besides = comparison.looks or summary.sound_differences or _out_of_step(comparison)
    if summary.difference_count or one_sided or besides:
        return "different"
    return "re-encode only" if summary.reencode_only else "same"


def _out_of_step(comparison: Comparison) -> bool:
    return any(region.sound_offset for region in comparison.regions)


def _stem(name: str) -> str:
    without_extension = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", name.rsplit("/", 1)[-1])
    plain = unicodedata.normalize("NFKD", without_extension).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("-", plain).strip("-.")[:_STEM_LENGTH] or "video"
