"""A look that holds throughout is told, and hides no edit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.frames import refine_alignment
from services.compare.looks import describe, find_look
from services.compare.looks.framing import Axis, area_means
from services.compare.timeline import FrameTrack, LookDifference, LookKind
from tests.unit.compare.frames.films import FPS, differences
from tests.unit.compare.looks.views import (
    Pictures,
    cropped,
    detailed_film,
    graded,
    interlaced,
    letterboxed,
    mirrored,
    track,
    with_logo,
)

LOOKS: dict[str, tuple[Callable[[Pictures], Pictures], LookKind]] = {
    "bars": (lambda film: letterboxed(film, 12), LookKind.BARS),
    "zoom": (lambda film: cropped(film, 10, 4, 78), LookKind.REFRAMED),
    "mirror": (mirrored, LookKind.MIRRORED),
    "grade": (lambda film: graded(film, 0.8, 18, 0.6), LookKind.REGRADED),
    "monochrome": (lambda film: graded(film, 1, 0, 0), LookKind.MONOCHROME),
    "logo": (with_logo, LookKind.OVERLAY),
}


@pytest.fixture(scope="module")
def film() -> Pictures:
    return detailed_film(20)


@pytest.fixture(scope="module")
def edited(film: Pictures) -> Pictures:
    """3 s deleted, and 2 s replaced later on."""
    out = np.concatenate([film[: 6 * FPS], film[9 * FPS :]])
    out[12 * FPS : 14 * FPS] = detailed_film(2, seed=77)
    return out


Difference = tuple[str, float, float, float, float]
EDITS: list[Difference] = [("DELETED", 6.0, 9.0, 6.0, 6.0), ("REPLACED", 15.0, 17.0, 12.0, 14.0)]


def looks_of(a: FrameTrack, b: FrameTrack) -> tuple[LookDifference, ...]:
    look = find_look(a, b, lambda: None)
    return () if look is None else describe(look, a, b)


def edits_under_the_look(
    a: FrameTrack, b: FrameTrack
) -> list[tuple[str, float, float, float, float]]:
    look = find_look(a, b, lambda: None)
    levelled = (a, b) if look is None else look.taken_away(a, b)
    return differences(refine_alignment(None, *levelled, levelled=look is not None).regions)


@pytest.mark.slow("fits framings and aligns films")
@pytest.mark.parametrize("name", LOOKS)
def test_a_look_is_told_and_edits_under_it_are_exact(
    film: Pictures, edited: Pictures, name: str
) -> None:
    look, kind = LOOKS[name]
    a, b = track(film), track(look(edited), seed=2)
    assert [told.kind for told in looks_of(a, b)] == [kind]
    assert edits_under_the_look(a, b) == EDITS


@pytest.mark.slow("fits framings and aligns films")
@pytest.mark.parametrize("name", LOOKS)
def test_the_look_may_be_on_either_side(film: Pictures, edited: Pictures, name: str) -> None:
    look, kind = LOOKS[name]
    a, b = track(look(film)), track(edited, seed=2)
    assert [told.kind for told in looks_of(a, b)] == [kind]
    assert edits_under_the_look(a, b) == EDITS


@pytest.mark.parametrize("name", LOOKS)
def test_the_same_look_on_both_sides_is_none(film: Pictures, edited: Pictures, name: str) -> None:
    look, _ = LOOKS[name]
    assert looks_of(track(look(film)), track(look(edited), seed=2)) == ()


def test_a_reencode_has_no_look(film: Pictures) -> None:
    assert looks_of(track(film), track(film, seed=2)) == ()


@pytest.mark.slow("fits framings and aligns films")
def test_unrelated_videos_have_no_look(film: Pictures) -> None:
    assert looks_of(track(film), track(detailed_film(20, seed=5), seed=2)) == ()


def test_videos_without_pictures_to_go_by_have_no_look() -> None:
    black = np.full((50, 96, 96, 3), 128, np.float32)
    assert looks_of(track(black), track(black, seed=2)) == ()


@pytest.mark.slow("fits framings and aligns films")
def test_two_looks_at_once_are_told_apart(film: Pictures, edited: Pictures) -> None:
    a, b = track(film), track(mirrored(graded(edited, 0.85, 12, 1.3)), seed=2)
    assert {told.kind for told in looks_of(a, b)} == {LookKind.MIRRORED, LookKind.REGRADED}
    assert edits_under_the_look(a, b) == EDITS


@pytest.mark.slow("fits framings and aligns films")
def test_interlaced_against_progressive_is_blended_and_no_edit(film: Pictures) -> None:
    whole_scenes = film[:464]
    a = track(whole_scenes[::4], noise=0.3)
    b = track(interlaced(whole_scenes[::2]), seed=2, noise=0.3)
    (told,) = looks_of(a, b)
    assert (told.kind, round(told.amount / 5) * 5) == (LookKind.BLENDED, 25)
    assert edits_under_the_look(a, b) == []


@pytest.mark.slow("fits framings and aligns films")
def test_figures_and_places_are_right(film: Pictures, edited: Pictures) -> None:
    a = track(film)
    (bars,) = looks_of(a, track(letterboxed(edited, 12), seed=2))
    assert bars.unit == "percent of the height"
    assert bars.amount == pytest.approx(75, abs=1)
    (zoom,) = looks_of(a, track(cropped(edited, 10, 4, 78), seed=2))
    assert zoom.amount == pytest.approx(96 / 78, abs=0.02)
    (logo,) = looks_of(a, track(with_logo(edited), seed=2))
    assert logo.box is not None
    assert (logo.box.left, logo.box.top) == (0.75, 0.0625)
    assert (logo.box.width, logo.box.height) == (0.1875, 0.125)


def test_a_look_that_holds_for_a_part_only_is_none(film: Pictures) -> None:
    partly = film.copy()
    partly[: 8 * FPS] = graded(film[: 8 * FPS], 0.7, 25, 0.5)
    assert looks_of(track(film), track(partly, seed=2)) == ()


@pytest.mark.slow("estimates and refines a look in every example")
@settings(max_examples=6, deadline=None)
@given(
    contrast=st.floats(0.7, 1.1),
    lift=st.floats(-10, 25),
    saturation=st.floats(0.2, 1.5),
    flipped=st.booleans(),
)
def test_no_grade_moves_an_edit(
    film: Pictures,
    edited: Pictures,
    contrast: float,
    lift: float,
    saturation: float,
    flipped: bool,
) -> None:
    look = graded(edited, contrast, lift, saturation)
    b = track(mirrored(look) if flipped else look, seed=2)
    assert edits_under_the_look(track(film), b) == EDITS


@given(
    scale=st.floats(0.5, 1.0),
    place=st.floats(0, 1),
    levels=st.lists(st.floats(0, 255), min_size=16, max_size=16),
)
def test_bringing_cells_onto_another_grid_keeps_their_mean(
    scale: float, place: float, levels: list[float]
) -> None:
    """What lies between two edges is spread over the cells between them, and nothing else."""
    offset = (1 - scale) * place
    edges = offset + scale * np.linspace(0, 1, 17)
    cells = np.array(levels)
    parts = area_means(edges) @ cells
    whole = area_means(edges[[0, -1]]) @ cells
    assert parts.mean() == pytest.approx(float(whole[0]), abs=1e-6)


@given(scale=st.floats(0.4, 2.5), offset=st.floats(-0.5, 0.5), at=st.floats(0, 1))
def test_there_and_back_is_the_same_place(scale: float, offset: float, at: float) -> None:
    axis = Axis(scale=scale, offset=offset)
    assert axis.to_b(axis.to_a(at)) == pytest.approx(at)
