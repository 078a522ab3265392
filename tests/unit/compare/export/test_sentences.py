"""What a comparison comes to, in sentences."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sage.compare.v1.compare_pb2 import (
    Box,
    Comparison,
    ComparisonSummary,
    LookDifference,
    LookKind,
    Region,
    RegionKind,
    RegionReason,
)
from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.document import differences
from services.compare.export.sentences import sentences_of, summary_of

VISUAL = Modality.MODALITY_VISUAL


def region(kind: str, **fields: Any) -> Region:
    usual: dict[str, Any] = {
        "modality": VISUAL,
        "a_start": 61.0,
        "a_end": 62.5,
        "b_start": 3661.0,
        "b_end": 3664.0,
        "rate": 0.5,
    }
    return Region(kind=RegionKind.Value(f"REGION_KIND_{kind}"), **{**usual, **fields})


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            region("REPLACED", reason=RegionReason.REGION_REASON_CONTENT),
            "Picture: 1:01.000 to 1:02.500 of A has become 1:01:01.000 to 1:01:04.000 of B: "
            "other content.",
        ),
        (
            region(
                "REPLACED",
                reason=RegionReason.REGION_REASON_OVERLAY,
                box=Box(left=0.8, top=0.8, width=0.1, height=0.1),
            ),
            "Picture: 1:01.000 to 1:02.500 of A has become 1:01:01.000 to 1:01:04.000 of B: "
            "the same content with something else over a part of it, in the bottom right of the "
            "picture.",
        ),
        (
            region("INSERTED", modality=Modality.MODALITY_AUDIO, a_end=61.0),
            "Sound: B has 1:01:01.000 to 1:01:04.000 (3.000 s) that A has not; in A it would be at "
            "1:01.000.",
        ),
        (
            region("DELETED", b_end=3661.0),
            "Picture: B lacks 1:01.000 to 1:02.500 (1.500 s) of A; in B it would be at "
            "1:01:01.000.",
        ),
        (
            region("MOVED"),
            "Picture: 1:01.000 to 1:02.500 of A is at 1:01:01.000 to 1:01:04.000 in B.",
        ),
        (
            region("RETIMED"),
            "Picture: 1:01.000 to 1:02.500 of A takes 1:01:01.000 to 1:01:04.000 of B, at 0.500 "
            "times the speed.",
        ),
    ],
    ids=lambda value: value.kind if isinstance(value, Region) else "",
)
def test_a_difference_is_a_sentence_with_its_times(found: Region, sentence: str) -> None:
    (told,) = sentences_of(Comparison(regions=[found]))
    assert told.text == sentence
    assert (told.a_start, told.a_end, told.b_start, told.b_end) == (
        found.a_start,
        found.a_end,
        found.b_start,
        found.b_end,
    )


def test_a_look_is_told_after_the_differences() -> None:
    look = LookDifference(
        kind=LookKind.LOOK_KIND_REGRADED, a_end=10, b_end=9, amount=12.5, unit="levels of 255"
    )
    *_, told = sentences_of(Comparison(regions=[region("MOVED")], looks=[look]))
    assert told.text == (
        "Picture: throughout 0:00.000 to 0:10.000 of A and 0:00.000 to 0:09.000 of B it looks "
        "different: regraded by 12.5 levels of 255."
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(RegionKind.values()[1:]), max_size=6), st.booleans())
def test_every_difference_has_one_sentence_and_what_is_the_same_none(
    kinds: list[RegionKind.ValueType], known: bool
) -> None:
    comparison = Comparison(
        regions=[Region(kind=kind, modality=VISUAL) for kind in kinds],
        summary=ComparisonSummary(similarity_percent=50.0 if known else None),
    )
    comparison.summary.difference_count = len(differences(comparison))
    told = [each.text for each in sentences_of(comparison)]
    assert len(told) == len(differences(comparison))
    assert all(re.fullmatch(r"Picture: .+\.", text) for text in told)
    summary = summary_of(comparison)
    assert ("50.0 % of their time is the same" in summary) is known
    assert re.search(rf"\b{len(told)} differences? found\.", summary)
