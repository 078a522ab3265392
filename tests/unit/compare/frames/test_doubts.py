"""Nobody is sure of stretches whose frames may lie elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.frames.doubts import following_doubts, with_doubted_content, with_doubts
from services.compare.timeline import FrameTrack, Region, RegionKind, RegionReason
from tests.unit.compare.frames.films import assert_tiles, film, frame_track, with_patch

KEPT, RETIMED, DELETED = RegionKind.UNCHANGED, RegionKind.RETIMED, RegionKind.DELETED


def region(kind: RegionKind, *span: float) -> Region:
    a_start, a_end, b_start, b_end = span
    return Region(kind=kind, a_start=a_start, a_end=a_end, b_start=b_start, b_end=b_end)


@pytest.fixture(scope="module")
def pair() -> tuple[FrameTrack, FrameTrack]:
    """B plays seconds 2 to 7 of A in four, everything else as it is."""
    frames = film(12)
    faster = 50 + np.arange(100) * 5 // 4
    return frame_track(frames), frame_track(
        np.concatenate([frames[:50], frames[faster], frames[175:]])
    )


def sure(regions: list[Region], pair: tuple[FrameTrack, FrameTrack]) -> list[bool]:
    return [each.confidence > 0.5 for each in with_doubts(regions, *pair, lambda: None)]


def test_stretches_that_lie_where_their_frames_are_stay_sure(
    pair: tuple[FrameTrack, FrameTrack],
) -> None:
    regions = [region(KEPT, 0, 2, 0, 2), region(RETIMED, 2, 7, 2, 6), region(KEPT, 7, 12, 6, 11)]
    assert sure(regions, pair) == [True, True, True]


def test_a_speed_that_is_spread_too_far_is_doubted(pair: tuple[FrameTrack, FrameTrack]) -> None:
    regions = [region(KEPT, 0, 2, 0, 2), region(RETIMED, 2, 8, 2, 7), region(KEPT, 8, 12, 7, 11)]
    assert sure(regions, pair) == [True, False, True]


def test_another_speed_of_a_still_picture_is_doubted_unless_it_is_long() -> None:
    still = np.repeat(film(0.04), 25 * 50, axis=0)
    pair = frame_track(still), frame_track(still[:1000])
    assert sure([region(RETIMED, 0, 25, 0, 20)], pair) == [False]
    assert sure([region(RETIMED, 0, 50, 0, 40)], pair) == [True]


def test_short_stretches_between_cuts_of_a_few_frames_are_doubted(
    pair: tuple[FrameTrack, FrameTrack],
) -> None:
    regions = [
        region(KEPT, 0, 2.4, 0, 2.4),
        region(DELETED, 2.4, 2.52, 2.4, 2.4),
        region(KEPT, 2.52, 2.92, 2.4, 2.8),
        region(DELETED, 2.92, 3.0, 2.8, 2.8),
    ]
    # The first is cut where B begins to be faster.
    assert sure(regions, pair) == [True, False, True, False, True]


def test_sound_is_doubted_where_the_picture_is() -> None:
    doubted = replace(region(RETIMED, 2, 7, 2, 6), confidence=0.3)
    sound = [region(KEPT, 0, 2, 0, 2), region(RETIMED, 3, 7, 2.8, 6)]
    found = following_doubts(sound, [region(KEPT, 0, 2, 0, 2), doubted])
    assert [each.confidence for each in found] == [1.0, 0.3]


def test_the_end_of_a_still_stretch_beside_a_small_step_is_doubted() -> None:
    """B leaves out 0.4 s of a picture that stands: nobody can say which."""
    moving, still = film(6), np.repeat(film(8)[150:151], 100, axis=0)
    a = np.concatenate([moving[:100], still, moving[100:150]])
    pair = frame_track(a), frame_track(np.concatenate([a[:150], a[160:]]))
    found = with_doubts(
        [
            region(KEPT, 0, 6, 0, 6),
            region(DELETED, 6, 6.4, 6, 6),
            region(KEPT, 6.4, 10, 6, 9.6),
        ],
        *pair,
        lambda: None,
    )
    sure = [(each.a_start, each.a_end) for each in found if each.confidence > 0.5]
    assert sure == [(0, pytest.approx(4, abs=0.2)), (6, 6.4), (pytest.approx(8, abs=0.2), 10)]
    assert_tiles(found, 10, 9.6)


def test_the_ends_of_moving_stretches_beside_a_small_step_stay_sure() -> None:
    frames = film(12)
    pair = frame_track(frames), frame_track(np.concatenate([frames[:110], frames[120:]]))
    regions = [region(KEPT, 0, 4.4, 0, 4.4), region(DELETED, 4.4, 4.8, 4.4, 4.4)]
    assert sure([*regions, region(KEPT, 4.8, 12, 4.4, 11.6)], pair) == [True, True, True]


def test_what_was_deleted_and_is_among_what_is_new_is_doubted() -> None:
    frames, other = film(12), film(4, seed=9)
    b = np.concatenate([frames[:50], frames[75:], other, frames[50:75]])
    pair = frame_track(frames), frame_track(b)
    regions = [
        region(KEPT, 0, 2, 0, 2),
        region(DELETED, 2, 3, 2, 2),
        region(KEPT, 3, 12, 2, 11),
        region(RegionKind.INSERTED, 12, 12, 11, 16),
    ]
    assert sure(regions, pair) == [True, False, True, False]


def test_what_is_gone_stays_sure() -> None:
    frames, other = film(12), film(5, seed=9)
    pair = frame_track(frames), frame_track(np.concatenate([frames[:50], frames[75:], other]))
    regions = [
        region(KEPT, 0, 2, 0, 2),
        region(DELETED, 2, 3, 2, 2),
        region(KEPT, 3, 12, 2, 11),
        region(RegionKind.INSERTED, 12, 12, 11, 16),
    ]
    assert all(sure(regions, pair))


@pytest.mark.parametrize(("shown_below", "confident"), [("the same", True), ("another", False)])
def test_content_below_a_title_has_to_move_as_it_did(shown_below: str, confident: bool) -> None:
    frames = film(8)
    below = frames[50:100] if shown_below == "the same" else np.repeat(frames[70:71], 50, axis=0)
    titled = with_patch(below, 0, 2, slice(12, 14), slice(2, 12))
    pair = frame_track(frames), frame_track(np.concatenate([frames[:50], titled, frames[100:]]))
    replaced = region(RegionKind.REPLACED, 2, 4, 2, 4)
    replaced = replace(replaced, reason=RegionReason.OVERLAY)
    (found,) = with_doubted_content([replaced], *pair, lambda: None)
    assert (found.confidence > 0.5) is confident


def test_unchanged_sound_is_doubted_from_where_the_picture_is() -> None:
    picture = [region(KEPT, 0, 4, 0, 4), replace(region(KEPT, 4, 6, 4, 6), confidence=0.3)]
    found = following_doubts([region(KEPT, 0, 6, 0, 6)], picture)
    assert [(each.a_start, each.a_end, each.confidence) for each in found] == [
        (0, 4, 1.0),
        (4, 6, 0.3),
    ]


def test_unchanged_sound_is_doubted_where_the_picture_beside_a_doubt_was_replaced() -> None:
    doubted = replace(region(KEPT, 4, 6, 4, 6), confidence=0.3)
    picture = [region(KEPT, 0, 3, 0, 3), region(RegionKind.REPLACED, 3, 4, 3, 4), doubted]
    found = following_doubts([region(KEPT, 0, 6, 0, 6)], picture)
    assert [(each.a_end, each.confidence) for each in found] == [(3, 1.0), (4, 0.3), (6, 0.3)]


@given(
    spans=st.lists(st.tuples(st.floats(0, 9), st.floats(0.01, 5)), max_size=6),
    rate=st.sampled_from([0.96, 1.0, 1.25]),
)
def test_cutting_at_doubts_moves_nothing(spans: list[tuple[float, float]], rate: float) -> None:
    whole = region(KEPT, 0, 10 * rate, 0, 10)
    doubts = [
        replace(region(KEPT, start, start + length, start, start + length), confidence=0.3)
        for start, length in spans
    ]
    found = following_doubts([whole], doubts)
    assert_tiles(found, 10 * rate, 10)
    for part in found:
        assert part.a_start == pytest.approx(part.b_start * rate)
        assert part.a_end == pytest.approx(part.b_end * rate)
