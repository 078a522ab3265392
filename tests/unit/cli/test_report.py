"""What a comparison comes to, in a line."""

from __future__ import annotations

import pytest

from sage.compare.v1.compare_pb2 import (
    Comparison,
    ComparisonHeader,
    ComparisonSummary,
    Region,
    RegionKind,
    SoundDifference,
)
from sage.embed.v1.embed_pb2 import Modality
from sage_cli.report import differs, verdict

CHANNEL = SoundDifference(kind=SoundDifference.KIND_CHANNEL, description="Silent.")
SAME = Region(kind=RegionKind.REGION_KIND_UNCHANGED, a_end=10, b_end=10)
LATE = Region(kind=RegionKind.REGION_KIND_UNCHANGED, a_end=10, b_end=10, sound_offset=0.4)


def comparison(
    region: Region = SAME, only_in_a: tuple[Modality.ValueType, ...] = (), **summary: object
) -> Comparison:
    header = ComparisonHeader(modalities=[Modality.MODALITY_VISUAL], only_in_a=only_in_a)
    return Comparison(header=header, regions=[region], summary=ComparisonSummary(**summary))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "said", "different"),
    [
        (comparison(reencode_only=True), "Re-encode only: no differences but the encoding.", False),
        (comparison(), "No differences found.", False),
        (comparison(LATE), "The sound is out of step; nothing else differs.", True),
        (comparison(sound_differences=[CHANNEL]), "The sound differs: see the notes.", True),
        (comparison(LATE, sound_differences=[CHANNEL]), "The sound differs: see the notes.", True),
        (
            comparison(only_in_a=(Modality.MODALITY_AUDIO,)),
            "No differences in what both have.",
            True,
        ),
    ],
)
def test_the_verdict(found: Comparison, said: str, different: bool) -> None:
    assert verdict(found) == said
    assert differs(found) == different
