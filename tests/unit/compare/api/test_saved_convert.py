"""Messages and values of comparisons that are kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sage.compare.v1 import compare_pb2, saved_comparison_pb2
from sage.embed.v1 import embed_pb2
from services.compare.api.saved_convert import mark_of, options_json
from tests.fixtures.stack import ROOT

# The page decides by the same cases.
CASES = json.loads((ROOT / "web" / "tests" / "review" / "mark_cases.json").read_text())


def message(where: dict[str, Any], frame_seconds: float = 0.0) -> saved_comparison_pb2.Mark:
    a_start, a_end, b_start, b_end = where["times"]
    return saved_comparison_pb2.Mark(
        modality=embed_pb2.Modality.Value(f"MODALITY_{where['modality']}"),
        kind=compare_pb2.RegionKind.Value(f"REGION_KIND_{where['kind']}"),
        a_start=a_start,
        a_end=a_end,
        b_start=b_start,
        b_end=b_end,
        frame_seconds=frame_seconds,
    )


@pytest.mark.parametrize("case", CASES)
def test_a_mark_holds_for_what_the_page_thinks_it_does(case: dict[str, Any]) -> None:
    mark = mark_of(message(case["mark"], case["frame_seconds"]))
    assert mark.holds_for(mark_of(message(case["region"])).place) is case["holds"]


def test_equal_options_are_equal_texts() -> None:
    one = compare_pb2.ComparisonOptions(threshold=0.3, engine="local")
    other = compare_pb2.ComparisonOptions(engine="local", threshold=0.3)
    assert options_json(one) == options_json(other) == '{"engine": "local", "threshold": 0.3}'
