"""The frame-exact comparison finds every kind of edit, to the frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.frames import RefineOptions, refine_alignment
from services.compare.timeline import Alignment, RegionKind
from tests.unit.compare.frames.films import (
    FPS,
    Frames,
    assert_tiles,
    cut,
    differences,
    film,
    frame_track,
    joined,
    reencoded,
    resampled,
    segment_track,
    with_patch,
)

ONE_FRAME = 1 / FPS + 1e-6


@pytest.fixture(scope="module")
def original() -> Frames:
    return film(30)


@pytest.fixture(scope="module")
def other() -> Frames:
    return film(12, seed=99)


def refine(a: Frames, b: Frames, fps_b: float = FPS) -> Alignment:
    alignment = refine_alignment(None, frame_track(a), frame_track(b, fps_b))
    assert_tiles(alignment.regions, len(a) / FPS, len(b) / fps_b)
    return alignment


def test_identical_videos_are_one_unchanged_region(original: Frames) -> None:
    regions = refine(original, original).regions
    assert [r.kind for r in regions] == [RegionKind.UNCHANGED]


@pytest.mark.parametrize("noise", [1.0, 3.0])
def test_a_reencode_differs_nowhere(original: Frames, noise: float) -> None:
    assert differences(refine(original, reencoded(original, noise)).regions) == []


def test_another_frame_rate_is_no_difference(original: Frames) -> None:
    converted = reencoded(resampled(original, fps=30))
    assert differences(refine(original, converted, fps_b=30).regions) == []


def test_inserted_deleted_and_replaced_stretches_are_exact(original: Frames, other: Frames) -> None:
    edited = joined(
        cut(original, 0, 5),
        cut(other, 0, 1.6),
        cut(original, 5, 11.2),
        cut(original, 13, 20),
        cut(other, 4, 4.4),
        cut(original, 20.4, 30),
    )
    assert differences(refine(original, reencoded(edited)).regions) == [
        ("INSERTED", 5.0, 5.0, 5.0, 6.6),
        ("DELETED", 11.2, 13.0, 12.8, 12.8),
        ("REPLACED", 20.0, 20.4, 19.8, 20.2),
    ]


def test_edits_in_a_video_of_another_frame_rate_are_a_frame_off_at_most(
    original: Frames, other: Frames
) -> None:
    edited = joined(
        cut(original, 0, 7), cut(other, 0, 2), cut(original, 9, 21), cut(original, 24, 30)
    )
    regions = refine(original, reencoded(resampled(edited, fps=30)), fps_b=30).regions
    replaced, deleted = differences(regions)
    assert replaced[0] == "REPLACED"
    assert replaced[1:] == pytest.approx((7, 9, 7, 9), abs=ONE_FRAME)
    assert deleted[0] == "DELETED"
    assert deleted[1:] == pytest.approx((21, 24, 21, 21), abs=ONE_FRAME)


def test_a_replacement_may_have_another_length(original: Frames, other: Frames) -> None:
    edited = joined(cut(original, 0, 8), cut(other, 0, 3), cut(original, 10, 30))
    assert differences(refine(original, reencoded(edited)).regions) == [
        ("REPLACED", 8.0, 10.0, 8.0, 11.0)
    ]


def test_trimmed_ends_are_deleted(original: Frames) -> None:
    assert differences(refine(original, reencoded(cut(original, 2.2, 27))).regions) == [
        ("DELETED", 0.0, 2.2, 0.0, 0.0),
        ("DELETED", 27.0, 30.0, 24.8, 24.8),
    ]


def test_a_last_picture_that_stays_on_is_inserted(original: Frames) -> None:
    """As where the sound goes on after the picture."""
    track = frame_track(original)
    longer = replace(track, duration=30.5)
    for a, b, kind in ((track, longer, "INSERTED"), (longer, track, "DELETED")):
        ((found, *times),) = differences(refine_alignment(None, a, b).regions)
        assert found == kind
        assert times == pytest.approx([30.0, a.duration, 30.0, b.duration], abs=0.01)


def test_a_moved_stretch_is_linked_to_where_it_was(original: Frames) -> None:
    edited = joined(
        cut(original, 0, 6), cut(original, 10, 22), cut(original, 6, 10), cut(original, 22, 30)
    )
    assert differences(refine(original, reencoded(edited)).regions) == [
        ("MOVED", 6.0, 10.0, 18.0, 22.0)
    ]


def test_a_repeated_stretch_is_inserted(original: Frames) -> None:
    edited = joined(cut(original, 0, 20), cut(original, 4, 7), cut(original, 20, 30))
    assert differences(refine(original, reencoded(edited)).regions) == [
        ("INSERTED", 20.0, 20.0, 20.0, 23.0)
    ]


@pytest.mark.parametrize("rate", [1.05, 0.96, 1.25, 2.0])
def test_another_speed_is_one_retimed_region(original: Frames, rate: float) -> None:
    (region,) = refine(original, reencoded(resampled(original, rate))).regions
    assert region.kind is RegionKind.RETIMED
    assert region.rate == pytest.approx(rate, rel=0.002)


def test_a_retimed_stretch_is_found_between_unchanged_ones(original: Frames) -> None:
    edited = joined(
        cut(original, 0, 8), resampled(cut(original, 8, 20), 1.2), cut(original, 20, 30)
    )
    (retimed,) = differences(refine(original, reencoded(edited)).regions)
    assert retimed[0] == "RETIMED"
    # Two speeds agree within a frame for a while where they meet.
    assert retimed[1:] == pytest.approx((8, 20, 8, 18), abs=0.3)


def test_a_patch_is_replaced_with_its_box(original: Frames) -> None:
    marked = with_patch(original, 10, 13, slice(1, 3), slice(12, 15))
    regions = refine(original, reencoded(marked)).regions
    assert differences(regions) == [("REPLACED", 10.0, 13.0, 10.0, 13.0)]
    box = next(r.box for r in regions if r.kind is RegionKind.REPLACED)
    assert box is not None
    assert (box.left, box.top) == (12 / 16, 1 / 16)
    assert (box.width, box.height) == (3 / 16, 2 / 16)


def test_a_mirrored_stretch_is_replaced_as_a_whole(original: Frames) -> None:
    edited = joined(cut(original, 0, 10), cut(original, 10, 14)[:, :, ::-1], cut(original, 14, 30))
    assert differences(refine(original, reencoded(edited)).regions) == [
        ("REPLACED", 10.0, 14.0, 10.0, 14.0)
    ]


def test_a_change_is_reported_only_above_the_threshold(original: Frames) -> None:
    brighter = original.astype(np.int16)
    brighter[250:350, :, :, 0] += 8
    edited = frame_track(reencoded(np.clip(brighter, 0, 255).astype(np.uint8)))
    strict = refine_alignment(
        None, frame_track(original), edited, options=RefineOptions(threshold=0.05)
    )
    lax = refine_alignment(
        None, frame_track(original), edited, options=RefineOptions(threshold=0.1)
    )
    assert [kind for kind, *_ in differences(strict.regions)] == ["REPLACED"]
    assert all(r.score > 0.05 for r in strict.regions if r.kind is RegionKind.REPLACED)
    assert differences(lax.regions) == []


def test_a_graded_video_is_replaced_throughout_where_the_threshold_says_so(
    original: Frames,
) -> None:
    graded = original.astype(np.int16)
    graded[..., 1] += 12
    edited = frame_track(reencoded(np.clip(graded, 0, 255).astype(np.uint8)))
    for threshold, kind in ((0.1, RegionKind.REPLACED), (0.3, RegionKind.UNCHANGED)):
        options = RefineOptions(threshold=threshold)
        (region,) = refine_alignment(None, frame_track(original), edited, options=options).regions
        assert region.kind is kind


def test_nothing_in_common_is_replaced(original: Frames) -> None:
    unrelated = film(20, seed=7)
    kinds = {r.kind for r in refine(original, unrelated).regions}
    assert RegionKind.UNCHANGED not in kinds
    assert kinds <= {RegionKind.REPLACED, RegionKind.INSERTED, RegionKind.DELETED}


def test_a_still_picture_is_unchanged() -> None:
    slide = np.repeat(film(1)[:1], 20 * FPS, axis=0)
    assert differences(refine(slide, reencoded(slide)).regions) == []


def test_a_single_frame_can_be_compared() -> None:
    frame = film(1)[:1]
    assert differences(refine(frame, frame).regions) == []


def test_a_track_without_frames_is_refused(original: Frames) -> None:
    with pytest.raises(ValueError, match="no frames"):
        refine_alignment(None, frame_track(original), frame_track(original[:0]))


def test_vectors_give_distances_and_partners(original: Frames) -> None:
    edited = reencoded(joined(cut(original, 0, 10), cut(original, 14, 30)))
    alignment = refine_alignment(
        None,
        frame_track(original),
        frame_track(edited),
        segments_a=segment_track(original),
        segments_b=segment_track(edited),
    )
    assert np.isnan(alignment.distances[5:7]).all()
    assert np.nanmax(alignment.distances) < 0.01
    assert alignment.partner_starts[7] == pytest.approx(10.0)
    assert alignment.noise_floor < alignment.suggested_threshold < 0.1


def test_the_time_map_leads_from_a_to_b(original: Frames) -> None:
    edited = joined(cut(original, 0, 10), cut(original, 14, 30))
    time_map = refine(original, reencoded(edited)).time_map
    assert time_map.to_b(np.array([5.0, 12.0, 20.0])) == pytest.approx([5.0, 10.0, 16.0])


def test_a_failing_check_stops_the_work(original: Frames) -> None:
    class Cancelled(Exception):
        pass

    def cancel() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        refine_alignment(None, frame_track(original), frame_track(original), check=cancel)


edit = st.tuples(
    st.sampled_from(["insert", "delete", "replace"]),
    st.integers(2, 8),
    st.integers(15, 45),
)


def edited_film(original: Frames, other: Frames, edits: list[tuple[str, int, int]]) -> Frames:
    """One edit in every tenth second that has one."""
    parts, at = [], 0
    for number, (kind, second, length) in enumerate(edits):
        start = (10 * number + second) * FPS
        parts.append(original[at:start])
        at = start
        if kind != "delete":
            parts.append(other[40 * number : 40 * number + length])
        if kind != "insert":
            at += length
    return np.concatenate([*parts, original[at:]])


@settings(deadline=None, max_examples=4)
@given(edits=st.lists(edit, max_size=3))
def test_regions_tile_and_swapping_swaps_inserted_and_deleted(
    edits: list[tuple[str, int, int]],
) -> None:
    a = film(30)
    b = reencoded(edited_film(a, film(12, seed=99), edits))
    forward = differences(refine(a, b).regions)
    swapped = {"INSERTED": "DELETED", "DELETED": "INSERTED", "REPLACED": "REPLACED"}
    backward = [
        (swapped[kind], a_start, a_end, b_start, b_end)
        for kind, b_start, b_end, a_start, a_end in differences(refine(b, a).regions)
    ]
    assert forward == backward
    wanted = {"insert": "INSERTED", "delete": "DELETED", "replace": "REPLACED"}
    assert [kind for kind, *_ in forward] == [wanted[kind] for kind, *_ in edits]


@pytest.mark.parametrize("frames", [1, 2])
def test_a_single_frame_is_a_difference(original: Frames, other: Frames, frames: int) -> None:
    seconds = frames / FPS
    flash = np.full_like(cut(original, 10, 10 + seconds), 16)
    edited = joined(
        cut(original, 0, 5),
        cut(other, 0, seconds),
        cut(original, 5, 10),
        flash,
        cut(original, 10 + seconds, 20),
        cut(original, 20 + seconds, 30),
    )
    assert differences(refine(original, reencoded(edited)).regions) == [
        ("INSERTED", 5, 5, 5, 5 + seconds),
        ("REPLACED", 10, 10 + seconds, 10 + seconds, 10 + 2 * seconds),
        ("DELETED", 20, 20 + seconds, 20 + seconds, 20 + seconds),
    ]


@pytest.mark.parametrize("place", [0, -1])
def test_a_flash_at_either_end_is_a_difference(original: Frames, place: int) -> None:
    edited = reencoded(original)
    edited[place] = (16, 128, 128)
    start, end = (0.0, 1 / FPS) if place == 0 else (30 - 1 / FPS, 30.0)
    assert differences(refine(original, edited).regions) == [("REPLACED", start, end, start, end)]


def fixed_camera(seconds: float, seed: int = 5) -> Frames:
    """A picture that hardly moves: a small light wanders over it."""
    random = np.random.default_rng(seed)
    picture = random.uniform(40, 200, (16, 16, 3))
    rows, columns = np.mgrid[0:16, 0:16]
    frames = np.repeat(picture[None], round(seconds * FPS), axis=0)
    for index in range(len(frames)):
        row, column = 8 + 6 * np.sin(index / 41), 8 + 6 * np.cos(index / 67)
        light = 60 * np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / 3)
        frames[index] += light[..., None]
    return np.clip(frames, 0, 255).astype(np.uint8)


@settings(max_examples=8, deadline=None)
@given(start=st.integers(100, 500), length=st.integers(10, 130), still=st.booleans())
def test_an_insertion_is_the_mirror_of_a_deletion(start: int, length: int, still: bool) -> None:
    whole = fixed_camera(30) if still else film(30)
    shorter = reencoded(joined(whole[:start], whole[start + length :]))
    ((kind, *there),) = differences(refine(whole, shorter).regions)
    ((mirrored, *back),) = differences(refine(shorter, whole).regions)
    assert (kind, mirrored) == ("DELETED", "INSERTED")
    assert [*back[2:], *back[:2]] == pytest.approx(there, abs=ONE_FRAME)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000), start=st.integers(100, 500), length=st.integers(1, 200))
def test_what_is_unchanged_or_moved_is_as_long_in_both(seed: int, start: int, length: int) -> None:
    whole = fixed_camera(30, seed)
    edited = reencoded(joined(whole[:start], film(2, seed), whole[start + length :]))
    for region in refine(whole, edited).regions:
        if region.kind in (RegionKind.UNCHANGED, RegionKind.MOVED):
            in_a, in_b = region.a_end - region.a_start, region.b_end - region.b_start
            assert in_a == pytest.approx(in_b, abs=ONE_FRAME)


@pytest.mark.parametrize("fps_b", [24 / 1.001, 25.0])
def test_the_same_frames_at_another_rate_are_one_retimed_stretch(
    original: Frames, fps_b: float
) -> None:
    a, b = frame_track(original, fps=24.0), frame_track(reencoded(original), fps=fps_b)
    (region,) = refine_alignment(None, a, b).regions
    assert region.kind is RegionKind.RETIMED
    assert region.rate == pytest.approx(fps_b / 24.0, abs=2e-4)
    assert (region.a_end, region.b_end) == pytest.approx((a.duration, b.duration))


def test_edits_between_frame_rates_are_exact_to_the_frame(original: Frames) -> None:
    fps = 24 / 1.001
    edited = joined(cut(original, 0, 10), cut(original, 14, 30))
    a, b = frame_track(original, fps=24.0), frame_track(reencoded(edited), fps=fps)
    kinds = [region.kind for region in refine_alignment(None, a, b).regions]
    assert kinds == [RegionKind.RETIMED, RegionKind.DELETED, RegionKind.RETIMED]
    deleted = refine_alignment(None, a, b).regions[1]
    assert (deleted.a_start, deleted.a_end) == pytest.approx((250 / 24, 350 / 24))
    assert deleted.b_start == pytest.approx(250 / fps)


@pytest.mark.parametrize("fps_b", [5.0, 8.0, 10.0, 12.5])
def test_fewer_frames_a_second_are_no_difference(original: Frames, fps_b: float) -> None:
    fewer = reencoded(resampled(original, fps=fps_b))
    assert differences(refine(original, fewer, fps_b=fps_b).regions) == []
    back = refine_alignment(None, frame_track(fewer, fps_b), frame_track(original))
    assert differences(back.regions) == []


def test_what_was_replaced_at_another_frame_rate_runs_at_the_rate_of_the_rest(
    original: Frames, other: Frames
) -> None:
    edited = joined(cut(original, 0, 10), cut(other, 0, 4), cut(original, 14, 30))
    a, b = frame_track(original, fps=24.0), frame_track(reencoded(edited), fps=25.0)
    regions = refine_alignment(None, a, b).regions
    assert [r.kind for r in regions].count(RegionKind.REPLACED) == 1
    assert {round(r.rate, 3) for r in regions} == {round(25 / 24, 3)}
