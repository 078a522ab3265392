"""What was deleted in one place and is shown in another is not surely gone."""

from __future__ import annotations

import numpy as np
import pytest

from services.compare.frames.losses import found_again
from services.compare.frames.tuning import TUNED
from services.compare.timeline import FrameTrack, Region, RegionKind
from tests.unit.compare.frames.films import Frames, cut, film, frame_track, joined, reencoded

_FILM, _OTHER = film(12.0), film(6.0, seed=7)


def _regions(*spans: tuple[RegionKind, float, float]) -> list[Region]:
    """Regions one after the other, each so many seconds long in A and in B."""
    regions: list[Region] = []
    a = b = 0.0
    for kind, seconds_a, seconds_b in spans:
        regions.append(
            Region(kind=kind, a_start=a, a_end=a + seconds_a, b_start=b, b_end=b + seconds_b)
        )
        a, b = a + seconds_a, b + seconds_b
    return regions


def _found(regions: list[Region], a: Frames, b: Frames) -> set[int]:
    return found_again(regions, _track(a), _track(b), lambda: None, tuning=TUNED)


def _track(frames: Frames) -> FrameTrack:
    return frame_track(frames)


# A has four seconds that B leaves out, and B has four seconds of its own at its end.
_CUT_AND_ADDED = _regions(
    (RegionKind.UNCHANGED, 4, 4),
    (RegionKind.DELETED, 4, 0),
    (RegionKind.UNCHANGED, 4, 4),
    (RegionKind.INSERTED, 0, 4),
)


def test_what_is_shown_later_is_found() -> None:
    b = joined(cut(_FILM, 0, 4), cut(_FILM, 8, 12), cut(_FILM, 4, 8))
    assert _found(_CUT_AND_ADDED, _FILM, reencoded(b)) == {1, 3}


def test_two_of_its_four_seconds_are_enough() -> None:
    b = joined(cut(_FILM, 0, 4), cut(_FILM, 8, 12), cut(_OTHER, 0, 2), cut(_FILM, 5, 7))
    assert _found(_CUT_AND_ADDED, _FILM, reencoded(b)) == {1, 3}


def test_what_is_new_is_not_what_was_lost() -> None:
    b = joined(cut(_FILM, 0, 4), cut(_FILM, 8, 12), cut(_OTHER, 0, 4))
    assert _found(_CUT_AND_ADDED, _FILM, reencoded(b)) == set()


def test_a_flash_of_a_scene_says_nothing() -> None:
    # Every frame of A is another picture, so a frame that B has is like one of A's alone.
    a = np.random.default_rng(8).integers(0, 256, _FILM.shape, np.uint8)
    flash = cut(a, 5, 5 + 2 / 25)
    b = joined(cut(a, 0, 4), cut(a, 8, 12), cut(_OTHER, 0, 4 - 2 / 25), flash)
    assert _found(_CUT_AND_ADDED, a, b) == set()


def test_black_is_found_everywhere_and_tells_nothing() -> None:
    black = np.zeros_like(cut(_FILM, 0, 4))
    a = joined(cut(_FILM, 0, 4), black, cut(_FILM, 8, 12))
    b = joined(cut(_FILM, 0, 4), cut(_FILM, 8, 12), black)
    assert _found(_CUT_AND_ADDED, a, b) == set()


@pytest.mark.parametrize("kind", [RegionKind.UNCHANGED, RegionKind.DELETED])
def test_without_both_a_loss_and_something_new_there_is_nothing_to_ask(kind: RegionKind) -> None:
    regions = _regions(
        (RegionKind.UNCHANGED, 4, 4), (kind, 4, 4 if kind.value == "UNCHANGED" else 0)
    )
    assert _found(regions, cut(_FILM, 0, 8), cut(_FILM, 0, 8)) == set()


def test_asking_can_be_given_up() -> None:
    def given_up() -> None:
        raise TimeoutError

    b = joined(cut(_FILM, 0, 4), cut(_FILM, 8, 12), cut(_FILM, 4, 8))
    with pytest.raises(TimeoutError):
        found_again(_CUT_AND_ADDED, _track(_FILM), _track(b), given_up, tuning=TUNED)
