"""A changed letter is found under a look that holds throughout; a look alone is no difference."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import numpy as np
import pytest

from services.compare.detail.track import DetailTrack
from services.compare.outcome import DifferenceOptions, EmbeddedVideo, Modality
from services.compare.picture import align_picture, with_detail
from services.compare.timeline import Region, RegionKind, SegmentTrack, UInt8
from tests.unit.compare.detail.pages import COLUMNS, FPS, HEIGHT, ROWS, WIDTH, letter, video

SECONDS, FIRST, LAST = 8, 3, 5
LINE = 140
Look = Callable[[UInt8], UInt8]


def scenes() -> UInt8:
    """Scenes of a second, with a line of large letters in front of them."""
    random = np.random.default_rng(5)
    out = np.empty((SECONDS * FPS, ROWS, COLUMNS), np.uint8)
    for scene in range(SECONDS):
        ground = random.normal(0, 1, (ROWS + FPS, COLUMNS + FPS)).cumsum(0).cumsum(1)
        ground = 110 + 40 * (ground - ground.mean()) / ground.std()
        for frame in range(FPS):
            picture = np.clip(ground[frame : frame + ROWS, frame : frame + COLUMNS], 30, 190)
            out[scene * FPS + frame] = picture
    for place in range(8):
        put(out, place, place)
    return out


def put(pictures: UInt8, place: int, seed: int) -> None:
    """A letter, white on a dark ground, twice as large as those of pages."""
    drawn = np.kron(255 - letter(seed), np.ones((2, 2), np.uint8))
    drawn = np.where(drawn > 60, 235, 40)
    left = 80 + 2 * WIDTH * place
    pictures[:, LINE : LINE + 2 * HEIGHT, left : left + 2 * WIDTH] = drawn


def with_other_letter(pictures: UInt8) -> UInt8:
    out = pictures.copy()
    put(out[FIRST * FPS : LAST * FPS], 4, 77)
    return out


def graded(pictures: UInt8) -> UInt8:
    return np.asarray(np.clip(20 + 0.8 * pictures, 0, 255), np.uint8)


def mirrored(pictures: UInt8) -> UInt8:
    return pictures[:, :, ::-1].copy()


def negative(pictures: UInt8) -> UInt8:
    return 255 - pictures


def with_bars(pictures: UInt8) -> UInt8:
    """Lower by a third, black above and below."""
    rows = np.arange(ROWS) * 1.5 - 0.25 * ROWS
    inside = (rows >= 0) & (rows <= ROWS - 1)
    low = np.clip(rows.astype(int), 0, ROWS - 2)
    share = np.clip(rows - low, 0, 1)[None, :, None]
    out = pictures[:, low] * (1 - share) + pictures[:, low + 1] * share
    out[:, ~inside] = 0
    return np.asarray(out, np.uint8)


LOOKS: dict[str, tuple[Look, str]] = {
    "graded": (graded, "REGRADED"),
    "mirrored": (mirrored, "MIRRORED"),
    "bars": (with_bars, "BARS"),
    "negative": (negative, "REGRADED"),
}


def embedded(pictures: UInt8) -> EmbeddedVideo:
    made = video(pictures)
    same = np.ones((SECONDS, 4), np.float32)
    starts = np.arange(SECONDS, dtype=np.float64)
    detail: Future[DetailTrack] = Future()
    detail.set_result(made.detail)
    return EmbeddedVideo(
        tracks={Modality.VISUAL: SegmentTrack(vectors=same, starts=starts, ends=starts + 1)},
        frames=made.frames,
        detail=lambda _: detail,
    )


def found_between(a: UInt8, b: UInt8) -> tuple[list[Region], list[str]]:
    """The differences and the kinds of the looks."""
    videos, options = (embedded(a), embedded(b)), DifferenceOptions()
    aligned = align_picture(*videos, options, lambda: None)
    assert aligned is not None
    told = with_detail(aligned, *videos, options, lambda: None).told()
    regions = [each for each in told.regions if each.kind is not RegionKind.UNCHANGED]
    return regions, [look.kind.value for look in told.looks]


@pytest.fixture(scope="module")
def film() -> UInt8:
    return scenes()


@pytest.mark.slow("fits framings")
@pytest.mark.parametrize("name", LOOKS)
def test_a_letter_is_found_under_a_look(film: UInt8, name: str) -> None:
    look, kind = LOOKS[name]
    (region,), kinds = found_between(film, look(with_other_letter(film)))
    assert kind in kinds
    assert region.kind is RegionKind.REPLACED
    assert region.a_start == pytest.approx(FIRST, abs=0.5)
    assert region.a_end == pytest.approx(LAST, abs=0.5)
    assert region.box is not None
    place = (80 + 2 * WIDTH * 4.5) / COLUMNS
    place = 1 - place if name == "mirrored" else place
    assert region.box.left <= place <= region.box.left + region.box.width


@pytest.mark.slow("fits framings")
@pytest.mark.parametrize("name", LOOKS)
def test_a_look_alone_changes_no_region(film: UInt8, name: str) -> None:
    look, kind = LOOKS[name]
    assert found_between(film, look(film)) == ([], [kind])
