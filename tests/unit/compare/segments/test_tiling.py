"""Regions tile both timelines, whatever lines and junctions they are made of."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.segments.tiling import gap_kind, merged, time_map_of, unchanged_joined
from services.compare.timeline import GAPS, Region, RegionKind

_LENGTHS = st.sampled_from([0.0, 0.5, 1.0, 7.0])


def _laid(*pieces: tuple[RegionKind, float, float]) -> list[Region]:
    """Regions one after the other, each so many seconds long in A and in B."""
    regions: list[Region] = []
    a = b = 0.0
    for kind, seconds_a, seconds_b in pieces:
        regions.append(
            Region(
                kind=kind,
                a_start=a,
                a_end=a + seconds_a,
                b_start=b,
                b_end=b + seconds_b,
                confidence=0.5 + 0.1 * (len(regions) % 5),
            )
        )
        a, b = a + seconds_a, b + seconds_b
    return regions


def _piece(kind: RegionKind, only_a: float, only_b: float) -> tuple[RegionKind, float, float]:
    match kind:
        case RegionKind.DELETED:
            return kind, max(only_a, 0.5), 0.0
        case RegionKind.INSERTED:
            return kind, 0.0, max(only_b, 0.5)
        case _:
            return kind, max(only_a, 0.5), max(only_b, 0.5)


_KINDS = st.sampled_from(
    [RegionKind.UNCHANGED, RegionKind.REPLACED, RegionKind.DELETED, RegionKind.INSERTED]
)
_tilings = st.lists(st.builds(_piece, _KINDS, _LENGTHS, _LENGTHS), min_size=1, max_size=12).map(
    lambda pieces: _laid(*pieces)
)


def _ends(regions: list[Region]) -> tuple[float, float]:
    return regions[-1].a_end, regions[-1].b_end


@given(_tilings, st.sampled_from([0.0, 0.6, 2.0]))
def test_merged_regions_tile_the_same_time(regions: list[Region], merge_gap: float) -> None:
    found = merged(regions, merge_gap)
    assert (found[0].a_start, found[0].b_start) == (0.0, 0.0)
    assert _ends(found) == _ends(regions)
    assert all(one.leads_to(other) for one, other in pairwise(found))


@given(_tilings)
def test_no_two_neighbours_say_the_same(regions: list[Region]) -> None:
    for one, other in pairwise(merged(regions)):
        assert not (one.kind in GAPS and other.kind in GAPS)
        assert not (one.kind is other.kind is RegionKind.UNCHANGED)


@given(_tilings, st.sampled_from([0.0, 0.6, 2.0]))
def test_merging_twice_is_merging_once(regions: list[Region], merge_gap: float) -> None:
    once = merged(regions, merge_gap)
    assert merged(once) == once


@given(_tilings)
def test_a_joined_region_is_as_sure_as_its_least_sure_part(regions: list[Region]) -> None:
    for region in merged(regions):
        parts = [it for it in regions if region.a_start <= it.a_start and it.a_end <= region.a_end]
        parts = [it for it in parts if region.b_start <= it.b_start and it.b_end <= region.b_end]
        assert region.confidence == min(it.confidence for it in parts)


@pytest.mark.parametrize(
    ("only_a", "only_b", "kind"),
    [(1, 1, RegionKind.REPLACED), (1, 0, RegionKind.DELETED), (0, 1, RegionKind.INSERTED)],
)
def test_what_is_left_between_lines(only_a: float, only_b: float, kind: RegionKind) -> None:
    assert gap_kind(only_a, only_b) is kind


def test_a_deletion_beside_an_insertion_is_a_replacement() -> None:
    [region] = merged(_laid((RegionKind.DELETED, 3, 0), (RegionKind.INSERTED, 0, 2)))
    assert region.kind is RegionKind.REPLACED
    assert (region.seconds_a, region.seconds_b) == (3, 2)


def test_replacements_close_to_each_other_are_one_when_asked_for() -> None:
    regions = _laid(
        (RegionKind.REPLACED, 3, 3), (RegionKind.UNCHANGED, 0.5, 0.5), (RegionKind.REPLACED, 2, 2)
    )
    assert merged(regions) == regions
    [joined] = merged(regions, merge_gap=0.5)
    assert (joined.kind, joined.seconds_a) == (RegionKind.REPLACED, 5.5)


@given(_tilings)
def test_joining_what_is_unchanged_leaves_the_rest_alone(regions: list[Region]) -> None:
    found = unchanged_joined(regions)
    others = [it for it in regions if it.kind is not RegionKind.UNCHANGED]
    assert [it for it in found if it.kind is not RegionKind.UNCHANGED] == others
    assert _ends(found) == _ends(regions)


@given(_tilings)
def test_the_map_of_time_never_goes_back_and_leads_through_every_edge(
    regions: list[Region],
) -> None:
    found = time_map_of(regions)
    assert (np.diff(found.a) >= 0).all()
    assert (np.diff(found.b) >= 0).all()
    for region in regions:
        if region.kind is RegionKind.UNCHANGED:
            middle = (region.a_start + region.a_end) / 2
            assert found.to_b(middle) == pytest.approx((region.b_start + region.b_end) / 2)


def test_moves_are_outside_the_map() -> None:
    moved = Region(kind=RegionKind.MOVED, a_start=2, a_end=4, b_start=8, b_end=10)
    regions = _laid((RegionKind.UNCHANGED, 2, 2))
    assert time_map_of([*regions, moved]).a.tolist() == time_map_of(regions).a.tolist()
