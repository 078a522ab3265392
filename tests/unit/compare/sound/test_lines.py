"""The lines of sound: through replaced pictures, and on after the last one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.sound.lines import sound_lines
from services.compare.timeline import Region, RegionKind

Told = tuple[str, float, float, float, float]


def region(
    kind: str, a_start: float, a_end: float, b_start: float, b_end: float, rate: float = 1.0
) -> Region:
    return Region(
        kind=RegionKind[kind],
        a_start=a_start,
        a_end=a_end,
        b_start=b_start,
        b_end=b_end,
        rate=rate,
    )


def told(picture: list[Region], ends: tuple[float, float]) -> list[Told]:
    return [
        (
            r.kind.value,
            round(r.a_start, 6),
            round(r.a_end, 6),
            round(r.b_start, 6),
            round(r.b_end, 6),
        )
        for r in sound_lines(picture, ends)
    ]


WHOLE = region("UNCHANGED", 0, 20, 0, 20)


def test_a_replaced_picture_is_part_of_the_line() -> None:
    picture = [
        region("UNCHANGED", 0, 5, 0, 5),
        region("REPLACED", 5, 8, 5, 8),
        region("UNCHANGED", 8, 20, 8, 20),
    ]
    assert told(picture, (0, 0)) == [("UNCHANGED", 0, 20, 0, 20)]


def test_sound_that_goes_on_in_one_video_is_only_in_that_one() -> None:
    assert told([WHOLE], (20, 23)) == [
        ("UNCHANGED", 0, 20, 0, 20),
        ("INSERTED", 20, 20, 20, 23),
    ]
    assert told([WHOLE], (22.5, 20)) == [
        ("UNCHANGED", 0, 20, 0, 20),
        ("DELETED", 20, 22.5, 20, 20),
    ]


def test_sounds_that_both_go_on_are_compared() -> None:
    assert told([WHOLE], (22, 23)) == [
        ("UNCHANGED", 0, 22, 0, 22),
        ("INSERTED", 22, 22, 22, 23),
    ]


def test_a_tail_is_compared_with_the_sound_of_pictures_that_only_the_other_has() -> None:
    """B has black pictures under what in A is sound alone."""
    picture = [WHOLE, region("INSERTED", 20, 20, 20, 24)]
    assert told(picture, (23, 24)) == [
        ("UNCHANGED", 0, 23, 0, 23),
        ("INSERTED", 23, 23, 23, 24),
    ]


def test_a_tail_plays_at_the_speed_of_what_precedes_it() -> None:
    picture = [region("RETIMED", 0, 20, 0, 16, rate=1.25)]
    assert told(picture, (25, 20)) == [("RETIMED", 0, 25, 0, 20)]


@pytest.mark.parametrize("ends", [(0, 0), (20, 20), (20.05, 20)])
def test_without_a_tail_the_lines_end_with_the_picture(ends: tuple[float, float]) -> None:
    assert told([WHOLE], ends) == [("UNCHANGED", 0, 20, 0, 20)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["UNCHANGED", "INSERTED", "DELETED", "REPLACED"]), st.integers(1, 9)
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(0, 5),
    st.integers(0, 5),
)
def test_lines_tile_both_sounds_and_mirror(
    parts: list[tuple[str, int]], tail_a: int, tail_b: int
) -> None:
    picture, at_a, at_b = [], 0.0, 0.0
    for kind, length in parts:
        in_a = 0 if kind == "INSERTED" else length
        in_b = 0 if kind == "DELETED" else length
        picture.append(region(kind, at_a, at_a + in_a, at_b, at_b + in_b))
        at_a, at_b = at_a + in_a, at_b + in_b
    ends = at_a + tail_a, at_b + tail_b
    lines = sound_lines(picture, ends)
    assert lines[0].a_start == lines[0].b_start == 0
    for before, after in itertools.pairwise(lines):
        assert (before.a_end, before.b_end) == pytest.approx((after.a_start, after.b_start))
    assert (lines[-1].a_end, lines[-1].b_end) == pytest.approx(ends)
