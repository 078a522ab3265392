"""Times carried from one version to the other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.timeline import Box, Region, RegionKind, RegionReason
from services.compare.timemap import Outcome, Piece, PieceMap, map_of_regions
from tests.unit.compare.timemap.edits import FRAME, UNHURRIED, edit_lists, map_of, regions_of, step

KEEP, CUT, NEW = RegionKind.UNCHANGED, RegionKind.DELETED, RegionKind.INSERTED
OTHER, MOVE, SPEED = RegionKind.REPLACED, RegionKind.MOVED, RegionKind.RETIMED


def edited(*steps: tuple[RegionKind, float, float], moved: int = 0) -> PieceMap:
    """A map of kinds with seconds (and B's seconds)."""
    frames = [step(kind, round(a * 25), round(b * 25)) for kind, a, b in steps]
    return map_of(regions_of(frames, moved))


def test_what_follows_a_cut_comes_earlier() -> None:
    by = edited((KEEP, 10, 0), (CUT, 4, 0), (KEEP, 10, 0))
    assert by.at(5).place == pytest.approx(5)
    assert by.at(20).place == pytest.approx(16)


def test_what_was_cut_has_the_places_around_the_cut() -> None:
    found = edited((KEEP, 10, 0), (CUT, 4, 0), (NEW, 3, 0), (KEEP, 10, 0)).at(12)
    assert found.outcome is Outcome.DELETED
    assert found.place is None
    assert (found.before, found.after) == pytest.approx((10, 13))


def test_a_time_on_a_cut_belongs_to_what_begins_there() -> None:
    by = edited((KEEP, 10, 0), (NEW, 5, 0), (KEEP, 10, 0))
    assert by.at(10).place == pytest.approx(15)
    assert by.at(10 - 1e-9).place == pytest.approx(10)


def test_what_plays_faster_comes_in_proportion() -> None:
    by = edited((KEEP, 10, 0), (SPEED, 8, 0), (KEEP, 10, 0))
    piece = by.pieces[1]
    assert piece.rate == pytest.approx(1.25)
    assert by.at(12).place == pytest.approx(10 + 2 / 1.25)


def test_what_was_moved_is_found_in_its_new_place() -> None:
    by = edited((KEEP, 10, 0), (MOVE, 5, 0), (KEEP, 10, 0), moved=1)
    assert by.at(12).place == pytest.approx(22)
    assert by.at(16).place == pytest.approx(11)
    assert by.mirrored().at(22).place == pytest.approx(12)


def test_what_was_replaced_is_a_guess_with_its_limits() -> None:
    found = edited((KEEP, 10, 0), (OTHER, 4, 8), (KEEP, 10, 0)).at(11)
    assert found.outcome is Outcome.AMBIGUOUS
    assert (found.place, found.before, found.after) == pytest.approx((12, 10, 18))


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        (RegionReason.OVERLAY, Outcome.MAPPED),
        (RegionReason.LOOK, Outcome.MAPPED),
        (RegionReason.CONTENT, Outcome.AMBIGUOUS),
        (None, Outcome.AMBIGUOUS),
    ],
)
def test_below_a_logo_and_in_another_look_the_place_is_known(
    reason: RegionReason | None, outcome: Outcome
) -> None:
    regions = regions_of([step(KEEP, 250, 0), step(OTHER, 100, 100)])
    box = Box(left=0, top=0, width=0.1, height=0.1)
    changed = replace(regions[1], box=box, reason=reason)
    assert map_of([regions[0], changed]).at(11).outcome is outcome


def test_where_the_comparison_is_not_sure_a_place_is_a_guess() -> None:
    (region,) = regions_of([step(KEEP, 250, 0)])
    assert map_of([replace(region, confidence=0.4)]).at(5).outcome is Outcome.AMBIGUOUS


def test_before_the_start_and_after_the_end_there_is_nothing() -> None:
    by = edited((KEEP, 10, 0))
    assert by.at(-0.1).outcome is by.at(10.1).outcome is Outcome.OUTSIDE
    assert by.at(10).place == pytest.approx(10)


def sound(a: float, b: float, length: float, offset: float = 0.0) -> Region:
    return Region(
        kind=KEEP,
        a_start=a,
        a_end=a + length,
        b_start=b,
        b_end=b + length,
        sound_offset=offset,
    )


def test_late_sound_is_later_by_its_offset() -> None:
    by = map_of_regions([sound(0, 0, 30, 0.4)], 30)
    assert by.at(10).place == pytest.approx(10.4)
    assert by.at(29.9).outcome is Outcome.DELETED
    assert by.mirrored().at(0.2).outcome is Outcome.DELETED


def test_sound_that_comes_to_be_early_loses_what_is_played_over() -> None:
    by = map_of_regions([sound(0, 0, 10), sound(10, 10, 10, -0.5)], 20)
    assert by.at(9.7).outcome is Outcome.DELETED
    assert by.at(10).place == pytest.approx(9.5)
    assert by.mirrored().at(19.8).outcome is Outcome.DELETED


offsets = st.floats(-1, 1)


@st.composite
def sounds(draw: st.DrawFn) -> list[Region]:
    """An edit list whose parts in common have offsets of their own."""
    return [
        replace(region, sound_offset=draw(offsets)) if region.kind in (KEEP, SPEED) else region
        for region in draw(edit_lists)
    ]


maps = st.one_of(edit_lists, sounds()).map(map_of)


def assert_tiles(spans: list[tuple[float, float]], end: float) -> None:
    at = 0.0
    for start, until in sorted(span for span in spans if span[1] > span[0]):
        assert start == pytest.approx(at, abs=2e-6)
        at = until
    assert at == pytest.approx(end, abs=2e-6)


@UNHURRIED
@given(maps)
def test_pieces_tile_both_sides(by: PieceMap) -> None:
    assert_tiles([(each.a_start, each.a_end) for each in by.pieces], by.end)
    assert_tiles([(each.b_start, each.b_end) for each in by.pieces], by.end_b)


@UNHURRIED
@given(maps, st.floats(0, 1, exclude_max=True))
def test_there_and_back_is_the_same_frame(by: PieceMap, share: float) -> None:
    time = share * by.end
    there = by.at(time)
    if there.place is not None and time < by.end:
        back = by.mirrored().at(there.place)
        assert back.place == pytest.approx(time, abs=FRAME / 2)


@UNHURRIED
@given(maps, st.floats(0, 1), st.floats(0, 1))
def test_within_a_piece_later_stays_later(by: PieceMap, first: float, second: float) -> None:
    earlier, later = (by.at(share * by.end) for share in sorted((first, second)))
    if earlier.piece == later.piece and earlier.place is not None:
        assert later.place is not None
        assert earlier.place <= later.place


@UNHURRIED
@given(maps)
def test_the_mirror_of_the_mirror_is_the_map(by: PieceMap) -> None:
    assert set(by.mirrored().mirrored().pieces) == set(by.pieces)


@UNHURRIED
@given(maps, st.floats(0, 1))
def test_a_piece_says_by_itself_where_its_times_go(by: PieceMap, share: float) -> None:
    """A client needs no more than the piece's start and rate."""
    found = by.at(share * by.end)
    if found.place is not None and found.piece is not None:
        piece: Piece = by.pieces[found.piece]
        into = (share * by.end - piece.a_start) / piece.rate if piece.paired else 0.0
        place = piece.b_start + into
        assert found.place == pytest.approx(place, abs=1e-6)
