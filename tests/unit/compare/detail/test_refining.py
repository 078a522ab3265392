"""A changed letter is a difference, with its frames and its place; encoding alone is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from services.compare.detail.refining import spans_of
from services.compare.frames import RefineOptions, refine_alignment
from services.compare.timeline import Region, RegionKind, UInt8
from tests.unit.compare.detail.pages import (
    COLUMNS,
    FPS,
    HEIGHT,
    OPTIONS,
    ROWS,
    WIDTH,
    compared,
    encoded,
    letter,
    mirrored,
    page,
    put,
    replaced,
    rolling,
    shown,
    times,
    top_left,
    video,
)

SECONDS = 6.0

# A smaller example of text is no simpler one, and each takes a second. The law holds for 99 of a
# hundred letters, so the examples are the same ones each time.
QUICK = settings(phases=[Phase.explicit, Phase.generate], deadline=None, derandomize=True)
seeds = st.integers(0, 30)
lines, places = st.integers(0, 4), st.integers(0, 19)
# Frames of a video of six seconds.
starts = st.integers(8, 20)
ends = st.integers(36, 52)


def with_letter(pictures: UInt8, line: int, place: int, seed: int, start: int, end: int) -> UInt8:
    """With another letter from one frame to another."""
    out = pictures.copy()
    for picture in out[start:end]:
        put(picture, line, place, letter(seed))
    return out


def holds(region: Region, line: int, place: int) -> bool:
    """Whether the middle of the letter is in the region's box."""
    assert region.box is not None
    top, left = top_left(line, place)
    box = region.box
    row, column = (top + HEIGHT / 2) / ROWS, (left + WIDTH / 2) / COLUMNS
    return box.top <= row <= box.top + box.height and box.left <= column <= box.left + box.width


@pytest.mark.slow("makes and compares a dozen films")
@given(seed=seeds)
@settings(QUICK, max_examples=5)
def test_a_video_against_itself_is_unchanged(seed: int) -> None:
    a = video(shown(page(seed), SECONDS))
    assert [region.kind for region in compared(a, a).regions] == [RegionKind.UNCHANGED]


@pytest.mark.parametrize(("start", "end"), [(33, 47), (34, 45), (36, 50), (32, 44)])
def test_a_letter_that_one_picture_shows_is_found_to_the_frame(start: int, end: int) -> None:
    """Where something moves there is a picture every second: a short caption is in one of them."""
    pictures = shown(page(1), SECONDS)
    a = video(encoded(pictures, 2, 1))
    b = video(encoded(with_letter(pictures, 2, 7, 9999, start, end), 2, 2))
    (region,) = replaced(compared(a, b))
    assert holds(region, 2, 7)
    assert times(region) == (start / FPS, end / FPS, start / FPS, end / FPS)


@pytest.mark.slow("makes and compares a dozen films")
@given(seed=seeds, noise=st.floats(0, 8))
@settings(QUICK, max_examples=10)
def test_noise_is_no_difference(seed: int, noise: float) -> None:
    pictures = shown(page(seed), SECONDS)
    a, b = (video(encoded(pictures, noise, number)) for number in (1, 2))
    assert replaced(compared(a, b)) == []


@pytest.mark.slow("makes and compares a dozen films")
@given(seed=seeds, line=lines, place=places, start=starts, end=ends, noise=st.floats(0, 3))
@settings(QUICK, max_examples=12)
def test_a_changed_letter_is_found_with_its_time_and_place(
    seed: int, line: int, place: int, start: int, end: int, noise: float
) -> None:
    plain = shown(page(seed), SECONDS)
    changed = with_letter(plain, line, place, 5_000_000 + seed, start, end)
    a, b = video(encoded(plain, noise, 1)), video(encoded(changed, noise, 2))
    (region,) = replaced(compared(a, b))
    assert holds(region, line, place)
    assert region.score > OPTIONS.threshold
    # A letter with as much ink as the one that it replaces is none to a fingerprint: then its ends
    # are somewhere between two looks, and noise may hide it from one of them.
    expected = start / FPS, end / FPS, start / FPS, end / FPS
    assert times(region) == pytest.approx(expected, abs=1.0 + 1e-6)


def test_its_ends_are_placed_by_fingerprints() -> None:
    plain = shown(page(1), SECONDS)
    a = video(encoded(plain, 1, 1))
    for start, end in ((7, 33), (13, 46), (20, 38)):
        changed = plain.copy()
        changed[start:end, 80:92, 100:110] = 212
        (region,) = replaced(compared(a, video(encoded(changed, 1, 2))))
        expected = start / FPS, end / FPS, start / FPS, end / FPS
        assert times(region) == pytest.approx(expected, abs=1 / FPS + 1e-6)


@pytest.mark.parametrize("ghost", [1, 2, 3])
def test_what_an_encoder_leaves_of_a_caption_is_none_of_it(ghost: int) -> None:
    """When one goes, a third of what made it another one stays for some frames."""
    plain = shown(page(1), SECONDS)
    a, b = (with_letter(plain, 2, 9, seed, 20, 42) for seed in (11, 12))
    left = (b[41].astype(np.float32) - a[41]) / 3
    b[42 : 42 + ghost] = np.clip(b[42 : 42 + ghost] + left, 0, 255).astype(np.uint8)
    (region,) = replaced(compared(video(encoded(a, 1, 1)), video(encoded(b, 1, 2))))
    assert times(region) == pytest.approx((2.0, 4.2, 2.0, 4.2), abs=0.01)


@pytest.mark.slow("makes and compares a dozen films")
@given(seed=seeds, line=lines, place=places, start=starts, end=ends)
@settings(QUICK, max_examples=6)
def test_the_other_way_round_it_is_the_mirror(
    seed: int, line: int, place: int, start: int, end: int
) -> None:
    plain = shown(page(seed), SECONDS)
    changed = with_letter(plain, line, place, 5_000_000 + seed, start, end)
    a, b = video(encoded(plain, 1, 1)), video(encoded(changed, 1, 2))
    there, back = replaced(compared(a, b)), replaced(compared(b, a))
    assert mirrored(there) == [times(region) for region in back]
    assert [region.box for region in there] == [region.box for region in back]


def test_a_page_that_differs_throughout_is_replaced_from_end_to_end() -> None:
    plain = shown(page(1), SECONDS)
    b = video(with_letter(plain, 2, 7, 5_000_000, 0, len(plain)))
    (region,) = compared(video(plain), b).regions
    assert region.kind is RegionKind.REPLACED
    assert times(region) == (0.0, SECONDS, 0.0, SECONDS)


def test_behind_an_insertion_the_times_of_b_are_later() -> None:
    plain = shown(page(1), 10.0)
    changed = with_letter(plain, 2, 7, 5_000_000, 50, 80)
    scene = np.random.default_rng(3).integers(0, 255, (ROWS // 8, COLUMNS // 8), np.uint8)
    inserted = shown(np.kron(scene, np.ones((8, 8), np.uint8)), 2.3)
    a, b = video(plain), video(np.concatenate([inserted, changed]))
    (region,) = replaced(compared(a, b))
    assert times(region) == pytest.approx((5.0, 8.0, 7.3, 10.3), abs=0.3 + 1e-6)


@pytest.mark.slow("makes and compares long films")
@pytest.mark.parametrize("speed", [1, 2, 3])
@pytest.mark.parametrize("letters", [4, 18])
def test_a_name_in_rolling_credits_is_followed(speed: int, letters: int) -> None:
    """However slowly it rolls, and however much of the picture it is for how long."""
    names = page(4)[10:160]
    other = names.copy()
    for place in range(1, 1 + letters):
        top, left = top_left(2, place)
        other[top - 10 : top - 10 + HEIGHT, left : left + WIDTH] = letter(7_000_000 + place)
    seconds = (ROWS + 150) / FPS / speed - 2
    a = video(encoded(rolling(names, seconds, speed), 1, 1))
    b = video(encoded(rolling(other, seconds, speed), 1, 2))
    (region,) = replaced(compared(a, b))
    # Its line comes in after 70 pixels of text, and has gone when it has crossed the picture.
    pixel = 1 / FPS / speed
    came, went = (20 + 60 - 10) * pixel, (ROWS + 20 + 60 - 10 + HEIGHT) * pixel
    assert times(region) == pytest.approx((came, went, came, went), abs=2 * pixel + 1 / FPS)


def test_what_moves_is_the_same_at_another_frame_rate() -> None:
    text = page(4)[10:160]
    a = video(rolling(text, 26, 2))
    # Every second frame stays twice as long: most pictures show a moment a little off.
    b = video(np.repeat(rolling(text, 26, 2)[1::2], 2, axis=0))
    assert replaced(compared(a, b)) == []


def test_the_threshold_and_the_shortest_region_count() -> None:
    plain = shown(page(1), SECONDS)
    a, b = video(plain), video(with_letter(plain, 2, 7, 5_000_000, 15, 40))
    for options in (
        RefineOptions(threshold=0.99, min_region=0.0, min_move=1.0, merge_gap=0.0),
        RefineOptions(threshold=0.1, min_region=3.0, min_move=1.0, merge_gap=0.0),
    ):
        assert replaced(compared(a, b, options)) == []


def test_only_what_is_the_same_is_asked_for() -> None:
    one, two = page(1), 255 - page(2)
    a = video(np.concatenate([shown(one, 30), shown(two, 30), shown(one, 30)]))
    b = video(np.concatenate([shown(one, 30), shown(page(3) // 2, 30), shown(one, 30)]))
    coarse = refine_alignment(None, a.frames, b.frames, options=OPTIONS)
    of_a, of_b = spans_of(coarse)
    assert of_a == of_b == [(0.0, 30.0), (60.0, 90.0)]
