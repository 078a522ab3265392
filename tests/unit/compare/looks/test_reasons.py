"""A stretch that was replaced says whether that is other content, another look, or an overlay."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from services.compare.looks import with_reasons
from services.compare.timeline import Box, Region, RegionKind, RegionReason
from tests.unit.compare.frames.films import FPS
from tests.unit.compare.looks.views import (
    Pictures,
    cropped,
    detailed_film,
    graded,
    mirrored,
    track,
    with_logo,
)

START, END = 2, 5


@pytest.fixture(scope="module")
def film() -> Pictures:
    return detailed_film(7)


def changed(film: Pictures, change: Callable[[Pictures], Pictures]) -> Pictures:
    """The film with the part from 2 to 5 s changed."""
    part = slice(START * FPS, END * FPS)
    out = film.copy()
    out[part] = change(film[part])
    return out


def replaced(box: Box | None = None, b_end: float = END) -> Region:
    return Region(
        kind=RegionKind.REPLACED, a_start=START, a_end=END, b_start=START, b_end=b_end, box=box
    )


def reason_of(region: Region, a: Pictures, b: Pictures) -> RegionReason | None:
    (told,) = with_reasons([region], track(a), track(b, seed=2), 0.1, lambda: None)
    return told.reason


LOOKS: dict[str, Callable[[Pictures], Pictures]] = {
    "graded": lambda part: graded(part, 0.8, 18, 0.6),
    "monochrome": lambda part: graded(part, 1, 0, 0),
    "mirrored": mirrored,
    "zoomed": lambda part: cropped(part, 10, 4, 78),
}


@pytest.mark.parametrize("name", LOOKS)
def test_the_same_in_another_look(film: Pictures, name: str) -> None:
    assert reason_of(replaced(), film, changed(film, LOOKS[name])) is RegionReason.LOOK


@pytest.mark.parametrize("seed", range(70, 76))
def test_other_content(film: Pictures, seed: int) -> None:
    other = changed(film, lambda part: detailed_film(3, seed=seed))
    assert reason_of(replaced(), film, other) is RegionReason.CONTENT


def test_a_logo_for_a_part(film: Pictures) -> None:
    box = Box(left=0.75, top=0.05, width=0.2, height=0.2)
    assert reason_of(replaced(box), film, changed(film, with_logo)) is RegionReason.OVERLAY


def test_something_that_crosses_the_picture_is_content(film: Pictures) -> None:
    def crossed(part: Pictures) -> Pictures:
        out = part.copy()
        for k, picture in enumerate(out):
            left = k * 72 // len(out)
            picture[36:60, left : left + 24] = 235 - picture[36:60, left : left + 24]
        return out

    box = Box(left=0.0, top=0.37, width=1.0, height=0.25)
    assert reason_of(replaced(box), film, changed(film, crossed)) is RegionReason.CONTENT


def test_what_became_longer_is_content(film: Pictures) -> None:
    longer = np.concatenate([film[: END * FPS], film[END * FPS - 1 :][:1].repeat(FPS, axis=0)])
    assert reason_of(replaced(b_end=END + 1), film, longer) is RegionReason.CONTENT


def test_only_replaced_regions_have_a_reason(film: Pictures) -> None:
    same = Region(kind=RegionKind.UNCHANGED, a_start=0, a_end=7, b_start=0, b_end=7)
    assert reason_of(same, film, film) is None
