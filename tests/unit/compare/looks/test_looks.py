"""A look that holds throughout is told, and hides no edit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.compare.frames import refine_alignment
from services.compare.looks import describe, find_look
from services.compare.looks.framing import Axis, area_means
from services.compare.timeline import FrameTrack, LookDifference, LookKind
from tests.unit.compare.frames.films import FPS, differences
from tests.unit.compare.looks.views import (
    Pictures,
    cropped,
    deck,
    detailed_film,
    from_shot_to_shot,
    graded,
    grained_texture,
    interlaced,
    letterboxed,
    mirrored,
    negative,
    panned,
    slowly,
    split_toned,
    squeezed,
    strongly_contrasted,
    track,
    with_logo,
)

LOOKS: dict[str, tuple[Callable[[Pictures], Pictures], LookKind]] = {
    "bars": (lambda film: letterboxed(film, 12), LookKind.BARS),
    "zoom": (lambda film: cropped(film, 10, 4, 78), LookKind.REFRAMED),
    "mirror": (mirrored, LookKind.MIRRORED),
    "grade": (lambda film: graded(film, 0.8, 18, 0.6), LookKind.REGRADED),
    "negative": (negative, LookKind.REGRADED),
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


def looks_and_edits(
    a: FrameTrack, b: FrameTrack
) -> tuple[tuple[LookDifference, ...], list[Difference]]:
    """What is told of the look, and the edits that are found when it is taken away."""
    look = find_look(a, b, lambda: None)
    told = () if look is None else describe(look, a, b)
    levelled = (a, b) if look is None else look.taken_away(a, b)
    regions = refine_alignment(None, *levelled, levelled=look is not None).regions
    return told, differences(regions)


@pytest.mark.slow("fits framings and aligns films")
@pytest.mark.parametrize("name", LOOKS)
def test_a_look_is_told_and_edits_under_it_are_exact(
    film: Pictures, edited: Pictures, name: str
) -> None:
    look, kind = LOOKS[name]
    told, edits = looks_and_edits(track(film), track(look(edited), seed=2))
    assert [each.kind for each in told] == [kind]
    assert edits == EDITS


@pytest.mark.slow("fits framings and aligns films")
@pytest.mark.parametrize("name", LOOKS)
def test_the_look_may_be_on_either_side(film: Pictures, edited: Pictures, name: str) -> None:
    look, kind = LOOKS[name]
    told, edits = looks_and_edits(track(look(film)), track(edited, seed=2))
    assert [each.kind for each in told] == [kind]
    assert edits == EDITS


@pytest.mark.slow("fits framings and aligns films")
@pytest.mark.parametrize("black", [1, 2, 3])
def test_bars_of_a_few_pixels_are_no_edit(film: Pictures, edited: Pictures, black: int) -> None:
    """Beside them the picture is a little smaller, by less than a cell at its edges."""
    for a, b in ((film, squeezed(edited, black)), (squeezed(film, black), edited)):
        found = find_look(track(a), track(b, seed=2), lambda: None)
        assert found is not None
        scale = found.framing.horizontal.scale
        assert max(scale, 1 / scale) == pytest.approx(96 / (96 - 2 * black), abs=0.005)
        assert looks_and_edits(track(a), track(b, seed=2))[1] == EDITS


@pytest.mark.slow("fits framings and aligns films")
def test_bars_of_a_few_pixels_all_around_are_no_edit(film: Pictures, edited: Pictures) -> None:
    narrow = squeezed(edited, 2)
    framed = squeezed(narrow.swapaxes(1, 2), 1).swapaxes(1, 2)
    assert looks_and_edits(track(film), track(framed, seed=2))[1] == EDITS


@pytest.mark.parametrize("name", LOOKS)
def test_the_same_look_on_both_sides_is_none(film: Pictures, edited: Pictures, name: str) -> None:
    look, _ = LOOKS[name]
    assert looks_of(track(look(film)), track(look(edited), seed=2)) == ()


@pytest.mark.parametrize("name", ["bars", "logo"])
def test_a_look_of_text_on_black_is_found_and_no_grade(name: str) -> None:
    """Faint pictures leave next to nothing whatever is laid over what."""
    change, kind = LOOKS[name]
    rolling = credits_on_black()
    if name == "logo":
        # Its colour occurs nowhere else: a grade could turn it into anything.
        a, b = rolling, rolling.copy()
        b[:, 6:18, 72:90] = (81, 90, 240)
    else:
        a, b = rolling, change(rolling)
    told = [look.kind for look in looks_of(track(a, noise=0.1), track(b, 2, noise=0.1))]
    assert kind in told
    assert LookKind.REGRADED not in told


def credits_on_black() -> Pictures:
    """Lines of grey words of their own, rolling."""
    random = np.random.default_rng(3)
    tall = np.full((900, 96), 16, np.float32)
    for top in range(100, 860, 9):
        left = int(random.integers(24, 40))
        tall[top : top + 4, left : left + int(random.integers(12, 34))] = random.integers(90, 140)
    out: Pictures = np.full((400, 96, 96, 3), 128, np.float32)
    for number in range(len(out)):
        out[number, ..., 0] = tall[2 * number : 2 * number + 96]
    return out


def test_a_reencode_has_no_look(film: Pictures) -> None:
    assert looks_of(track(film), track(film, seed=2)) == ()


@pytest.mark.slow("fits framings and aligns films")
def test_unrelated_videos_have_no_look(film: Pictures) -> None:
    assert looks_of(track(film), track(detailed_film(20, seed=5), seed=2)) == ()


def test_videos_without_pictures_to_go_by_have_no_look() -> None:
    black = np.full((50, 96, 96, 3), 128, np.float32)
    assert looks_of(track(black), track(black, seed=2)) == ()


@pytest.mark.slow("aligns films")
@pytest.mark.parametrize("grade", [strongly_contrasted, split_toned])
def test_what_a_strong_grade_does_to_texture_is_no_edit(
    film: Pictures, edited: Pictures, grade: Callable[[Pictures], Pictures]
) -> None:
    """The mean of graded pixels is not the grade of their mean."""
    a, b = grained_texture(film, 30), grade(grained_texture(edited, 30))
    told, edits = looks_and_edits(track(a), track(b, seed=2))
    assert [each.kind for each in told] == [LookKind.REGRADED]
    assert edits == EDITS


@pytest.mark.slow("fits framings and aligns films")
@pytest.mark.parametrize(
    ("way", "reversed_sides"),
    [(slowly, False), (from_shot_to_shot, False), (from_shot_to_shot, True)],
)
def test_a_window_that_moves_is_told_and_edits_under_it_are_exact(
    film: Pictures,
    edited: Pictures,
    way: Callable[[Pictures], NDArray[np.float64]],
    reversed_sides: bool,
) -> None:
    """Pan and scan, over shots or within them."""
    a, b = track(film), track(panned(edited, way(edited)), seed=2)
    (told,), edits = looks_and_edits(*((b, a) if reversed_sides else (a, b)))
    assert told.kind == LookKind.REFRAMED
    assert told.amount == pytest.approx(0.75 if reversed_sides else 4 / 3, abs=0.03)
    assert "which part changes" in told.sentence
    assert told.picture_map is None
    if reversed_sides:
        exchange = {"INSERTED": "DELETED", "DELETED": "INSERTED"}
        edits = [
            (exchange.get(kind, kind), b_start, b_end, a_start, a_end)
            for kind, a_start, a_end, b_start, b_end in edits
        ]
    for wanted in EDITS:
        near = [each for each in edits if each[0] == wanted[0]]
        assert any(each[1:] == pytest.approx(wanted[1:], abs=0.1) for each in near)
    # A scene of half a second may have too few moments to say where its window is.
    assert sum(end - start for kind, start, end, *_ in edits if kind == "REPLACED") <= 2 + 0.6


@pytest.mark.slow("fits framings and aligns films")
@pytest.mark.parametrize("name", ["mirror", "logo"])
@pytest.mark.parametrize("out", [1, 3])
def test_a_page_is_found_to_be_out_under_a_look(name: str, out: int) -> None:
    """Pages of one template are nearly white: what is over them, or on the other side, has most of
    the contrast."""
    pages = deck(6)
    shorter = np.concatenate([pages[: out * 3 * FPS], pages[(out + 1) * 3 * FPS :]])
    look, kind = LOOKS[name]
    b = look(shorter)
    if name == "logo":
        b[:, 6:18, 72:90] = (81, 90, 240)
    told, edits = looks_and_edits(track(pages, noise=0.1), track(b, 2, noise=0.1))
    assert [each.kind for each in told] == [kind]
    assert edits == [("DELETED", 3.0 * out, 3.0 * (out + 1), 3.0 * out, 3.0 * out)]


@pytest.mark.slow("fits framings and aligns films")
def test_two_looks_at_once_are_told_apart(film: Pictures, edited: Pictures) -> None:
    b = track(mirrored(graded(edited, 0.85, 12, 1.3)), seed=2)
    told, edits = looks_and_edits(track(film), b)
    assert {each.kind for each in told} == {LookKind.MIRRORED, LookKind.REGRADED}
    assert edits == EDITS


@pytest.mark.slow("fits framings and aligns films")
def test_a_mirrored_negative_is_told_as_both(film: Pictures, edited: Pictures) -> None:
    told, edits = looks_and_edits(track(film), track(mirrored(negative(edited)), seed=2))
    assert {each.kind for each in told} == {LookKind.MIRRORED, LookKind.REGRADED}
    assert any("negative" in each.sentence for each in told)
    assert edits == EDITS


@pytest.mark.slow("fits framings and aligns films")
def test_interlaced_against_progressive_is_blended_and_no_edit(film: Pictures) -> None:
    whole_scenes = film[:464]
    a = track(whole_scenes[::4], noise=0.3)
    b = track(interlaced(whole_scenes[::2]), seed=2, noise=0.3)
    (told,), edits = looks_and_edits(a, b)
    assert (told.kind, round(told.amount / 5) * 5) == (LookKind.BLENDED, 25)
    assert edits == []


@pytest.mark.slow("fits framings and aligns films")
def test_figures_and_places_are_right(film: Pictures, edited: Pictures) -> None:
    a = track(film)
    (bars,) = looks_of(a, track(letterboxed(edited, 12), seed=2))
    assert bars.unit == "percent of the height"
    assert bars.amount == pytest.approx(75, abs=1)
    (zoom,) = looks_of(a, track(cropped(edited, 10, 4, 78), seed=2))
    assert zoom.amount == pytest.approx(96 / 78, abs=0.02)
    placed = zoom.picture_map
    assert placed is not None
    assert not placed.mirrored
    assert (placed.scale_x, placed.scale_y) == pytest.approx((78 / 96, 78 / 96), abs=0.02)
    assert (placed.offset_x, placed.offset_y) == pytest.approx((10 / 96, 4 / 96), abs=0.02)
    assert bars.picture_map is not None
    assert bars.picture_map.scale_y == pytest.approx(96 / 72, abs=0.03)
    (logo,) = looks_of(a, track(with_logo(edited), seed=2))
    assert logo.picture_map is None
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
    assert looks_and_edits(track(film), b)[1] == EDITS


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
