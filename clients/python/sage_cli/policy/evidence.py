"""What is known of two versions, for a policy to be held against."""

from __future__ import annotations

from dataclasses import dataclass

from sage.compare.v1.compare_pb2 import Comparison, Region, RegionKind, RegionReason
from sage.compare.v1.technical_pb2 import TechnicalDifferences
from sage.embed.v1.embed_pb2 import Modality
from sage_cli.policy.verdict import Span

_REASONS = {
    RegionReason.REGION_REASON_LOOK: "look",
    RegionReason.REGION_REASON_OVERLAY: "overlay",
}
_KINDS = {
    RegionKind.REGION_KIND_INSERTED: "inserted",
    RegionKind.REGION_KIND_DELETED: "deleted",
    RegionKind.REGION_KIND_MOVED: "moved",
    RegionKind.REGION_KIND_RETIMED: "retimed",
}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """technical: None when no rule asks for it. a_has_sound, b_has_sound: what the files have,
    whether or not it was compared."""

    comparison: Comparison
    technical: TechnicalDifferences | None = None
    a_has_sound: bool = False
    b_has_sound: bool = False

    def differences(self, modality: Modality.ValueType) -> list[Region]:
        """Regions of the picture or of the sound that are not unchanged, in the answer's order."""
        return [
            region
            for region in self.comparison.regions
            if region.modality == modality and region.kind != RegionKind.REGION_KIND_UNCHANGED
        ]


def kinds_of(region: Region) -> tuple[str, ...]:
    """By what names a policy may allow it, the most telling one first.

    `other` for what is not known yet, which no policy can name.
    """
    if region.kind != RegionKind.REGION_KIND_REPLACED:
        return (_KINDS.get(region.kind, "other"),)
    kind = _REASONS.get(region.reason, "content")
    return ("part", kind) if region.HasField("box") and kind == "content" else (kind,)


def spans(region: Region) -> tuple[Span, Span]:
    """Of A and of B."""
    a = Span(
        start=region.a_start,
        end=region.a_end,
        start_frame=region.a_start_frame if region.HasField("a_start_frame") else None,
        end_frame=region.a_end_frame if region.HasField("a_end_frame") else None,
    )
    b = Span(
        start=region.b_start,
        end=region.b_end,
        start_frame=region.b_start_frame if region.HasField("b_start_frame") else None,
        end_frame=region.b_end_frame if region.HasField("b_end_frame") else None,
    )
    return a, b
