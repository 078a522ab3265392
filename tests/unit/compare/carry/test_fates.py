"""What becomes of subtitles and markers when the video under them is cut again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.carry.document import Extent, Item
from services.compare.carry.fates import CarriedItem, Fate, carried
from services.compare.timeline import Region, RegionKind
from services.compare.timemap import PieceMap
from tests.unit.compare.timemap.edits import FRAME, UNHURRIED, edit_lists, map_of, regions_of, step

KEEP, CUT, NEW = RegionKind.UNCHANGED, RegionKind.DELETED, RegionKind.INSERTED
OTHER, MOVE, SPEED = RegionKind.REPLACED, RegionKind.MOVED, RegionKind.RETIMED


def edited(*steps: tuple[RegionKind, float], moved: int = 0) -> PieceMap:
    frames = [step(kind, round(a * 25), round(a * 25)) for kind, a in steps]
    return map_of(regions_of(frames, moved))


def item(start: float, end: float | None, text: str = "Hello.") -> Item:
    return Item(key="1", start=start, end=end, text=text, location="line 1")


def fate_of(
    by: PieceMap,
    start: float,
    end: float | None,
    text: str = "Hello.",
    extent: Extent = Extent.READ,
) -> CarriedItem:
    (found,) = carried([item(start, end, text)], by, FRAME, extent)
    return found


def places(found: CarriedItem) -> list[float]:
    return [time for each in found.placements for time in (each.start, each.end or each.start)]


def test_a_subtitle_after_a_cut_comes_earlier() -> None:
    found = fate_of(edited((KEEP, 10), (CUT, 4), (KEEP, 10)), 15, 17)
    assert found.fate is Fate.KEPT
    assert places(found) == pytest.approx([11, 13])


def test_a_subtitle_that_was_cut_away_is_lost() -> None:
    found = fate_of(edited((KEEP, 10), (CUT, 4), (KEEP, 10)), 11, 13)
    assert (found.fate, found.placements) == (Fate.LOST, ())


def test_a_subtitle_that_begins_in_a_cut_is_trimmed() -> None:
    found = fate_of(edited((KEEP, 10), (CUT, 4), (KEEP, 10)), 13, 16)
    assert found.fate is Fate.TRIMMED
    assert places(found) == pytest.approx([10, 12])
    assert found.remark == "1.00 s of it are left out."
    assert found.placements[0].taken_from == pytest.approx(14)


def test_a_subtitle_around_a_short_cut_goes_on_without_it() -> None:
    found = fate_of(edited((KEEP, 10), (CUT, 1), (KEEP, 10)), 9, 13)
    assert found.fate is Fate.TRIMMED
    assert places(found) == pytest.approx([9, 12])


def test_a_subtitle_in_which_something_was_inserted_stands_twice() -> None:
    found = fate_of(edited((KEEP, 10), (NEW, 5), (KEEP, 10)), 8, 12)
    assert found.fate is Fate.SPLIT
    assert places(found) == pytest.approx([8, 10, 15, 17])


def test_a_part_that_is_too_short_to_be_read_is_not_split_off() -> None:
    found = fate_of(edited((KEEP, 10), (NEW, 5), (KEEP, 10)), 7, 10.4)
    assert found.fate is Fate.TRIMMED
    assert places(found) == pytest.approx([7, 10])


def test_an_edit_event_is_split_where_a_subtitle_would_be_too_short() -> None:
    found = fate_of(edited((KEEP, 10), (NEW, 5), (KEEP, 10)), 7, 10.4, extent=Extent.PLAYED)
    assert found.fate is Fate.SPLIT
    assert places(found) == pytest.approx([7, 10, 15, 15.4])


def test_an_edit_event_is_split_at_a_cut_inside() -> None:
    found = fate_of(edited((KEEP, 10), (CUT, 4), (KEEP, 10)), 8, 20, extent=Extent.PLAYED)
    assert found.fate is Fate.SPLIT
    assert places(found) == pytest.approx([8, 10, 10, 16])
    assert [each.taken_from for each in found.placements] == [None, pytest.approx(14)]


def test_an_edit_event_that_plays_faster_is_to_be_checked() -> None:
    by = map_of(regions_of([step(KEEP, 250, 0), step(SPEED, 250, 0)]))
    found = fate_of(by, 12, 14, extent=Extent.PLAYED)
    assert found.fate is Fate.TO_CHECK
    assert found.remark == "It plays 1.25 times as fast."


def test_a_chapter_reaches_from_end_to_end_whatever_came_between() -> None:
    by = edited((KEEP, 10), (NEW, 5), (KEEP, 10), (CUT, 2), (OTHER, 3), (KEEP, 10))
    found = fate_of(by, 2, 28, extent=Extent.SPANNED)
    assert found.fate is Fate.TRIMMED
    assert places(found) == pytest.approx([2, 31])


def test_a_chapter_that_begins_in_replaced_content_is_to_be_checked() -> None:
    found = fate_of(edited((OTHER, 5), (KEEP, 20)), 2, 20, extent=Extent.SPANNED)
    assert found.fate is Fate.TO_CHECK


def test_markup_is_not_read() -> None:
    by = edited((KEEP, 10), (CUT, 4), (KEEP, 10))
    text = "<font color='#ffffff'>{\\an8}Short.</font>"
    assert fate_of(by, 9, 11, text).remark == "1.00 s of it are left out."


def test_a_subtitle_runs_on_over_a_few_new_frames() -> None:
    found = fate_of(edited((KEEP, 10), (NEW, 0.32), (KEEP, 10)), 8, 12)
    assert found.fate is Fate.KEPT
    assert places(found) == pytest.approx([8, 12.32])
    assert found.remark == "It runs on over 0.32 s of new content."


def test_a_subtitle_goes_with_what_was_moved() -> None:
    found = fate_of(edited((KEEP, 10), (MOVE, 5), (KEEP, 10), moved=1), 11, 13)
    assert found.fate is Fate.MOVED
    assert places(found) == pytest.approx([21, 23])


def test_a_subtitle_of_a_faster_stretch_is_shorter() -> None:
    by = map_of(regions_of([step(KEEP, 250, 0), step(SPEED, 250, 0)]))
    (piece,) = [each for each in by.pieces if each.kind is SPEED]
    found = fate_of(by, 12, 14)
    assert found.fate is Fate.KEPT
    expected = [10 + 2 / piece.rate, 10 + 4 / piece.rate]
    assert places(found) == pytest.approx(expected)


def test_a_subtitle_of_what_was_replaced_is_to_be_checked() -> None:
    found = fate_of(edited((KEEP, 10), (OTHER, 5), (KEEP, 10)), 11, 13)
    assert found.fate is Fate.TO_CHECK
    assert places(found) == pytest.approx([11, 13])
    assert found.placements[0].note == found.remark == "What it belongs to was replaced."


def test_where_the_comparison_is_not_sure_it_is_to_be_checked() -> None:
    by = map_of([replace(each, confidence=0.3) for each in regions_of([step(KEEP, 250, 0)])])
    assert fate_of(by, 1, 2).fate is Fate.TO_CHECK


def doubted(*steps: tuple[RegionKind, float], which: int) -> PieceMap:
    """The map of an edit of which one region is not sure."""
    frames = [step(kind, round(a * 25), round(a * 25)) for kind, a in steps]
    regions = regions_of(frames)
    regions[which] = replace(regions[which], confidence=0.3)
    return map_of(regions)


def test_what_may_be_gone_is_to_be_checked() -> None:
    by = doubted((KEEP, 10), (CUT, 4), (KEEP, 10), which=1)
    found = fate_of(by, 11, 13)
    assert (found.fate, places(found)) == (Fate.TO_CHECK, [10, 12])
    assert found.remark == "The comparison is not sure that it was cut away."
    assert fate_of(by, 9, 15).fate is Fate.TO_CHECK
    assert fate_of(by, 11, None).fate is Fate.TO_CHECK
    assert fate_of(by, 9, 15, extent=Extent.SPANNED).fate is Fate.TO_CHECK


@pytest.mark.parametrize("start", [10.0, 10.2])
def test_a_step_beside_what_is_doubted_is_no_loss(start: float) -> None:
    by = doubted((KEEP, 10), (CUT, 0.4), (KEEP, 3), (KEEP, 10), which=2)
    assert fate_of(by, start, None).fate is Fate.TO_CHECK
    assert fate_of(by, start, start + 0.2).fate is Fate.TO_CHECK


@pytest.mark.parametrize("extent", Extent)
def test_what_ends_a_frame_into_doubtful_content_ends_before_it(extent: Extent) -> None:
    by = edited((KEEP, 10), (OTHER, 4), (KEEP, 10))
    found = fate_of(by, 8, 10.04, extent=extent)
    assert (found.fate, places(found)) == (Fate.KEPT, [8, pytest.approx(10)])
    found = fate_of(by, 13.96, 16, extent=extent)
    assert (found.fate, places(found)) == (Fate.KEPT, [pytest.approx(14), 16])
    assert fate_of(by, 8, 10.08, extent=extent).fate is Fate.TO_CHECK


def test_a_part_that_is_left_out_may_be_longer_where_nobody_is_sure() -> None:
    by = doubted((KEEP, 10), (NEW, 5), (KEEP, 2), (KEEP, 10), which=2)
    assert fate_of(by, 7, 10.4).fate is Fate.TO_CHECK


def test_what_can_hardly_be_read_any_more_is_said() -> None:
    by = edited((KEEP, 10), (CUT, 4), (KEEP, 10))
    assert "0.50 s, too short" in fate_of(by, 9.5, 11.5).remark
    assert "39 characters a second" in fate_of(by, 9, 13, "word " * 8).remark
    assert fate_of(by, 5, 5.5).remark == ""


def test_what_is_left_for_two_frames_is_lost() -> None:
    found = fate_of(edited((KEEP, 10), (CUT, 4), (KEEP, 10)), 9.92, 12)
    assert (found.fate, found.remark) == (Fate.LOST, "Only 0.08 s of it are left.")


def test_a_subtitle_that_reaches_beyond_the_end_ends_with_the_video() -> None:
    found = fate_of(edited((CUT, 4), (KEEP, 10)), 12, 14.5)
    assert (found.fate, found.remark) == (
        Fate.TRIMMED,
        "It reached 0.50 s beyond the end of the video.",
    )
    assert places(found) == pytest.approx([8, 10])


def test_a_subtitle_that_ends_a_frame_after_the_video_keeps_its_end() -> None:
    found = fate_of(edited((CUT, 4), (KEEP, 10)), 12, 14.04)
    assert (found.fate, found.remark) == (Fate.KEPT, "")
    assert places(found) == pytest.approx([8, 10.04])


def test_a_subtitle_after_the_end_is_to_be_checked() -> None:
    found = fate_of(edited((CUT, 4), (KEEP, 10)), 15, 16)
    assert found.fate is Fate.TO_CHECK
    assert places(found) == pytest.approx([11, 12])


@pytest.mark.parametrize(
    ("time", "fate", "place"),
    [
        (5, Fate.KEPT, 5),
        (9.9951, Fate.KEPT, 15),  # A file's rounding of the cut at 10.
        (9.97, Fate.KEPT, 9.97),
        (20, Fate.KEPT, 21),
        (19.97, Fate.TO_CHECK, 21),  # The cut may be a frame off.
        (17, Fate.LOST, None),
        (16, Fate.LOST, None),
    ],
)
def test_markers(time: float, fate: Fate, place: float | None) -> None:
    by = edited((KEEP, 10), (NEW, 5), (KEEP, 6), (CUT, 4), (KEEP, 10))
    found = fate_of(by, time, None, extent=Extent.PLAYED)
    assert found.fate is fate
    assert [each.start for each in found.placements] == (
        [] if place is None else [pytest.approx(place)]
    )


starts, lengths = st.floats(0, 1), st.integers(1, 300)
extents = st.sampled_from([Extent.READ, Extent.PLAYED])


@UNHURRIED
@given(edit_lists, starts, lengths, extents)
def test_nothing_is_silently_wrong(
    regions: list[Region], share: float, frames: int, extent: Extent
) -> None:
    """Every moment of an item's places shows what the item stood on, or the item says otherwise."""
    by = map_of(regions)
    start = share * by.end
    end = start + frames * FRAME
    found = fate_of(by, start, end, extent=extent)
    back = by.mirrored()
    for each in found.placements:
        assert each.end is not None
        assert 0 <= each.start <= each.end
        for where in (each.start, (each.start + each.end) / 2, each.end - 1e-6):
            shown = back.at(where)
            if found.fate is Fate.TO_CHECK or shown.place is None:
                continue
            assert start - FRAME <= shown.place <= end + FRAME


@UNHURRIED
@given(edit_lists, starts, lengths, extents)
def test_what_is_kept_comes_back(
    regions: list[Region], share: float, frames: int, extent: Extent
) -> None:
    by = map_of(regions)
    start = share * by.end
    end = min(start + frames * FRAME, by.end)
    found = fate_of(by, start, end, extent=extent)
    if found.fate not in (Fate.KEPT, Fate.MOVED):
        return
    (there,) = found.placements
    again = fate_of(by.mirrored(), there.start, there.end, extent=extent)
    (back,) = again.placements
    assert back.start == pytest.approx(start, abs=1.5 * FRAME + 1e-6)
    assert back.end == pytest.approx(end, abs=1.5 * FRAME + 1e-6)
