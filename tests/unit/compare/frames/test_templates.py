"""Pages of one template that differ by a few words are told apart, to the frame."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.frames import refine_alignment
from services.compare.frames.fingerprints import Frames as PreparedFrames
from services.compare.frames.templates import without_template
from tests.unit.compare.frames.films import (
    FPS,
    Frames,
    assert_tiles,
    differences,
    film,
    frame_track,
    joined,
    reencoded,
)

SECONDS = (5.2, 6.0, 5.6, 5.2, 6.0, 5.6)


def page(number: int) -> Frames:
    """A still page: white, with a bar below, and some words of its own."""
    random = np.random.default_rng(1000 + number)
    picture = np.full((16, 16, 3), (235, 128, 128), np.uint8)
    picture[15] = (90, 150, 110)
    for row in (2, 5, 8, 11):
        length = int(random.integers(3, 8))
        picture[row, 1 : 1 + length, 0] = random.integers(190, 232, length)
    return np.repeat(picture[None], round(SECONDS[number % len(SECONDS)] * FPS), axis=0)


def deck(*numbers: int) -> Frames:
    return joined(*(page(number) for number in numbers))


def coded(frames: Frames, seed: int = 1) -> Frames:
    """As encoders leave still pages: nearly untouched."""
    return reencoded(frames, noise=0.15, seed=seed)


def found(a: Frames, b: Frames) -> list[tuple[str, float, float, float, float]]:
    alignment = refine_alignment(None, frame_track(coded(a)), frame_track(coded(b, seed=2)))
    assert_tiles(alignment.regions, len(a) / FPS, len(b) / FPS)
    return differences(alignment.regions)


def test_a_page_that_is_out_is_deleted() -> None:
    assert found(deck(0, 1, 2, 3, 4, 5), deck(0, 1, 2, 4, 5)) == [
        ("DELETED", 16.8, 22.0, 16.8, 16.8)
    ]


def test_a_page_more_is_inserted() -> None:
    assert found(deck(0, 1, 2, 3), deck(0, 1, 6, 2, 3)) == [("INSERTED", 11.2, 11.2, 11.2, 16.4)]


def test_pages_that_change_places_are_moved() -> None:
    told = found(deck(0, 1, 2, 3, 4, 5), deck(0, 1, 3, 2, 4, 5))
    assert told in (
        [("MOVED", 16.8, 22.0, 11.2, 16.4)],
        [("MOVED", 11.2, 16.8, 16.4, 22.0)],
    )


def test_two_pages_are_enough() -> None:
    assert found(deck(0, 1), deck(0)) == [("DELETED", 5.2, 11.2, 5.2, 5.2)]
    assert found(deck(0, 1), deck(1)) == [("DELETED", 0.0, 5.2, 0.0, 0.0)]


@pytest.mark.slow("aligns a deck in every example")
@settings(max_examples=8, deadline=None)
@given(st.integers(1, 4), st.integers(0, 50))
def test_whichever_page_is_out_the_rest_is_unchanged(out: int, first: int) -> None:
    pages = [first * 6 + number for number in range(6)]
    rest = pages[:out] + pages[out + 1 :]
    start = sum(SECONDS[:out])
    end = start + SECONDS[out]
    ((kind, *times),) = found(deck(*pages), deck(*rest))
    assert kind == "DELETED"
    assert times == pytest.approx([start, end, start, start], abs=0.001)


@pytest.mark.parametrize("fainter", [4, 8])
def test_the_rounding_of_a_look_that_was_taken_away_is_no_page(fainter: int) -> None:
    """It is as much as faint pages are apart, and the same on all of them."""
    a = frame_track(faint(deck(0, 1, 2, 3, 4), fainter))
    b = frame_track(graded_and_back(faint(deck(0, 1, 3, 4), fainter)))
    assert differences(refine_alignment(None, a, b).regions) == [
        ("DELETED", 11.2, 16.8, 11.2, 11.2)
    ]


def faint(frames: Frames, times: int) -> Frames:
    """The pages with grey letters instead of black ones."""
    levels = 235 - (235 - frames[..., :1].astype(np.float32)) / times
    return np.concatenate([np.rint(levels).astype(np.uint8), frames[..., 1:]], axis=-1)


def graded_and_back(frames: Frames) -> Frames:
    graded = np.rint(frames.astype(np.float32) * 0.7 + 30)
    return np.asarray(np.clip(np.rint((graded - 30) / 0.7), 0, 255), np.uint8)


def test_pictures_of_ordinary_contrast_stay_as_they_are() -> None:
    a, b = (PreparedFrames(frame_track(film(6, seed=seed))) for seed in (1, 2))
    assert without_template(a, b) == (a, b)


def test_pictures_that_never_change_stay_as_they_are() -> None:
    still = PreparedFrames(frame_track(page(0)))
    assert without_template(still, still) == (still, still)
