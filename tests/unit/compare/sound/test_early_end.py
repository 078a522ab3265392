"""A sound that ends before the other one does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.sound.early_end import ended_early
from services.compare.timeline import Float64, Region, RegionKind
from tests.unit.compare.sound.sounds import STEPS_A_SECOND, aligned, levels, sound

SECONDS = 40.0
OWN, OTHER = sound(1, SECONDS), sound(9, SECONDS)
WHOLE = [Region(kind=RegionKind.UNCHANGED, a_start=0, a_end=SECONDS, b_start=0, b_end=SECONDS)]


def silent(sound: Float64, start: float, end: float = SECONDS) -> Float64:
    out = sound.copy()
    out[round(start * STEPS_A_SECOND) : round(end * STEPS_A_SECOND)] = 0
    return out


def kinds(regions: list[Region]) -> list[RegionKind]:
    return [region.kind for region in regions]


@settings(max_examples=10, deadline=None)
@given(st.floats(20, 39), st.booleans())
def test_its_end_is_missing_and_not_another(end: float, turned: bool) -> None:
    a, b = OWN, silent(OWN, end)
    same, missing = aligned(b, a, WHOLE) if turned else aligned(a, b, WHOLE)
    if turned:
        same, missing = same.mirrored(), missing.mirrored()
    assert (same.kind, missing.kind) == (RegionKind.UNCHANGED, RegionKind.DELETED)
    assert (missing.a_start, missing.b_start, missing.b_end) == pytest.approx((end,) * 3, abs=0.1)
    assert missing.a_end == SECONDS


def test_a_sound_that_fades_out_is_missing_to_its_end() -> None:
    found = aligned(silent(OWN, 39.7), silent(OWN, 36.0), WHOLE)
    assert kinds(found) == [RegionKind.UNCHANGED, RegionKind.DELETED]
    assert found[-1].a_end == SECONDS


def test_another_sound_before_the_end_is_told_apart() -> None:
    b = silent(np.concatenate([OWN[:1500], OTHER[1500:]]), 35.0)
    found = aligned(OWN, b, WHOLE)
    assert kinds(found) == [RegionKind.UNCHANGED, RegionKind.REPLACED, RegionKind.DELETED]
    assert [r.a_start for r in found] == pytest.approx([0, 30, 35], abs=0.1)


@pytest.mark.parametrize(
    "b",
    [
        silent(OWN, 30.0, 36.0),
        silent(OWN, 0.0),
        np.concatenate([OWN[:1500], OTHER[1500:]]),
    ],
    ids=["silent for a while", "never heard", "another end"],
)
def test_what_has_not_ended_stays_replaced(b: Float64) -> None:
    assert RegionKind.DELETED not in kinds(aligned(OWN, b, WHOLE))
    regions = aligned(OWN, b, WHOLE)
    assert ended_early(regions, levels(OWN), levels(b)) == regions


def test_no_regions_have_no_end() -> None:
    assert ended_early([], levels(OWN), levels(OWN)) == []
