"""The service and the page agree on what matters most, and on how much is the same: the page's own
tests read the same cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.compare.outcome import Modality
from services.compare.segments.distance import Metric
from services.compare.similarity import sides, similarity
from services.compare.summary import summarize, worst_first
from services.compare.timeline import Alignment, Region, RegionKind, SegmentTrack, TimeMap

CASES = Path(__file__).resolve().parents[3] / "web" / "tests" / "domain"
RANKING = json.loads((CASES / "ranking_cases.json").read_text())
THRESHOLDS = json.loads((CASES / "threshold_cases.json").read_text())


@pytest.mark.parametrize("case", RANKING, ids=[case["says"] for case in RANKING])
def test_the_worst_comes_first(case: dict[str, Any]) -> None:
    regions = [
        Region(
            kind=RegionKind[each["kind"]],
            **dict(zip(("a_start", "a_end", "b_start", "b_end"), each["times"], strict=True)),
            score=each["score"],
            confidence=1.0,
            rate=each["rate"],
        )
        for each in case["regions"]
    ]
    assert list(worst_first(regions)) == case["worst"]
    of_a, of_b = sides(regions)
    percent = similarity([of_a], [of_b], differs=bool(case["worst"]))
    assert percent == pytest.approx(case["similarity"], abs=1e-9)


@pytest.mark.parametrize("case", THRESHOLDS, ids=str)
def test_a_segment_is_different_strictly_above_the_threshold(case: dict[str, Any]) -> None:
    edges = np.array([0.0, 2.0])
    track = SegmentTrack(vectors=np.ones((1, 2), np.float32), starts=edges[:1], ends=edges[1:])
    alignment = Alignment(
        regions=(),
        time_map=TimeMap(a=edges, b=edges),
        distances=np.array([case["distance"]], np.float32),
        partner_starts=np.array([0.0]),
        noise_floor=0.0,
        suggested_threshold=0.0,
    )
    found = summarize(Modality.VISUAL, alignment, track, track, case["threshold"], Metric.COSINE)
    assert found.different_segments == int(case["different"])
