"""The page and the report count the same edits: both are held to the same cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sage.compare.v1.compare_pb2 import Region, RegionKind
from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.edits import edit_count

_CASES = Path(__file__).parents[4] / "web" / "tests" / "domain" / "edit_cases.json"


def _region(of: dict[str, Any]) -> Region:
    return Region(
        modality=Modality.Value(f"MODALITY_{of['modality'].upper()}"),
        kind=RegionKind.Value(f"REGION_KIND_{of['kind']}"),
        a_start=of["a"][0],
        a_end=of["a"][1],
        b_start=of["b"][0],
        b_end=of["b"][1],
    )


@pytest.mark.parametrize("case", json.loads(_CASES.read_text()), ids=lambda case: case["name"])
def test_counts_as_the_page_does(case: dict[str, Any]) -> None:
    regions = [_region(each) for each in case["regions"]]

    assert edit_count(regions, case["rates"]) == case["edits"]


def test_there_are_none_without_regions() -> None:
    assert edit_count([], [25.0, 25.0]) == 0
