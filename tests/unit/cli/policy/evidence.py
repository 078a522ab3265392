"""Comparisons as policies see them."""

from __future__ import annotations

from sage.compare.v1 import compare_pb2 as pb
from sage.compare.v1 import technical_pb2
from sage.compare.v1.compare_pb2 import Comparison, Region
from sage.compare.v1.technical_pb2 import TechnicalDifferences, TechnicalRow
from sage.embed.v1.embed_pb2 import MODALITY_AUDIO, MODALITY_VISUAL
from sage_cli.policy.evaluation import evaluate
from sage_cli.policy.evidence import Evidence
from sage_cli.policy.reading import read_policy
from sage_cli.policy.verdict import Verdict

REPLACED = pb.REGION_KIND_REPLACED
DELETED = pb.REGION_KIND_DELETED
INSERTED = pb.REGION_KIND_INSERTED
LOOK, OVERLAY = pb.REGION_REASON_LOOK, pb.REGION_REASON_OVERLAY


ROWS = TechnicalDifferences(
    rows=[
        TechnicalRow(
            group=technical_pb2.TECHNICAL_GROUP_PICTURE,
            name="Frame rate",
            a="25",
            b="24",
            severity=technical_pb2.TECHNICAL_SEVERITY_IMPORTANT,
        ),
        TechnicalRow(
            group=technical_pb2.TECHNICAL_GROUP_PICTURE, name="Size", a="1", b="1", same=True
        ),
        TechnicalRow(
            group=technical_pb2.TECHNICAL_GROUP_FILE,
            name="Size",
            a="1 byte",
            severity=technical_pb2.TECHNICAL_SEVERITY_INFO,
        ),
    ]
)


def region(
    kind: pb.RegionKind.ValueType,
    a: tuple[float, float] = (4, 6),
    b: tuple[float, float] = (4, 6),
    reason: pb.RegionReason.ValueType = pb.REGION_REASON_UNSPECIFIED,
    sound: bool = False,
) -> Region:
    return Region(
        kind=kind,
        a_start=a[0],
        a_end=a[1],
        b_start=b[0],
        b_end=b[1],
        reason=reason,
        modality=MODALITY_AUDIO if sound else MODALITY_VISUAL,
    )


def comparison(*regions: Region, similarity: float = 90) -> Comparison:
    found = Comparison(regions=regions)
    found.header.modalities.extend([MODALITY_VISUAL, MODALITY_AUDIO])
    found.summary.similarity_percent = similarity
    return found


def check(policy: str, found: Comparison, technical: TechnicalDifferences | None = None) -> Verdict:
    evidence = Evidence(comparison=found, technical=technical, a_has_sound=True, b_has_sound=True)
    return evaluate(read_policy(policy, "p.toml"), evidence)


def failed(verdict: Verdict) -> list[str]:
    return [rule.key for rule in verdict.failed_rules]
