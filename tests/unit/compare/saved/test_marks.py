"""A mark finds its difference again, as long as that is within half a frame of where it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.outcome import Modality
from services.compare.saved.marks import Mark, Place, match, with_set
from services.compare.timeline import RegionKind

FRAME = 0.04


def place(start: float, end: float, kind: RegionKind = RegionKind.REPLACED) -> Place:
    return Place(
        modality=Modality.VISUAL, kind=kind, a_start=start, a_end=end, b_start=start, b_end=end
    )


def moved(place: Place, *by: float) -> Place:
    a_start, a_end, b_start, b_end = (
        time + shift for time, shift in zip(place.times, by, strict=True)
    )
    return replace(place, a_start=a_start, a_end=a_end, b_start=b_start, b_end=b_end)


# Differences of one modality follow each other, at least a frame long.
frames = st.integers(0, 100_000)
lengths = st.integers(1, 500)
kinds = st.sampled_from([RegionKind.REPLACED, RegionKind.MOVED])


@st.composite
def several_places(draw: st.DrawFn) -> list[Place]:
    steps = draw(st.lists(st.tuples(lengths, lengths, kinds), min_size=1, max_size=5))
    found, at = [], draw(frames)
    for gap, length, kind in steps:
        start = at + gap
        at = start + length
        found.append(place(start * FRAME, at * FRAME, kind))
    return found


jitter = st.floats(-FRAME / 2, FRAME / 2)


@settings(max_examples=40)
@given(several_places(), st.data())
def test_marks_stick_when_times_shift_by_up_to_half_a_frame(
    places: list[Place], data: st.DataObject
) -> None:
    marks = [Mark(place=each, frame_seconds=FRAME, reviewed=True) for each in places]
    again = [moved(each, *(data.draw(jitter) for _ in range(4))) for each in places]
    found = match(marks, again)
    assert list(found.marks) == marks
    assert found.unmatched == []


@settings(max_examples=40)
@given(several_places(), st.integers(0, 3), st.floats(0.6, 40.0))
def test_a_mark_comes_off_when_one_time_shifts_further(
    places: list[Place], which: int, by: float
) -> None:
    mark = Mark(place=places[0], frame_seconds=FRAME, ignored=True)
    shift = [0.0] * 4
    shift[which] = by * FRAME
    found = match([mark], [moved(places[0], *shift)])
    assert found.marks == [None]
    assert found.unmatched == [mark]


@settings(max_examples=40)
@given(several_places(), several_places())
def test_every_mark_holds_for_something_or_is_unmatched(
    marked: list[Place], places: list[Place]
) -> None:
    marks = [Mark(place=each, reviewed=True) for each in marked]
    found = match(marks, places)
    held = [mark for mark in found.marks if mark is not None]
    assert set(held) | set(found.unmatched) == set(marks)
    assert not set(held) & set(found.unmatched)


@settings(max_examples=40)
@given(several_places(), several_places())
def test_setting_marks_twice_is_setting_them_once(first: list[Place], then: list[Place]) -> None:
    present = tuple(Mark(place=each, reviewed=True) for each in first)
    wanted = [Mark(place=each, ignored=True) for each in then]
    once = with_set(present, wanted)
    assert set(with_set(once, wanted)) == set(once)
    assert list(match(once, then).marks) == wanted


@pytest.mark.parametrize(
    "other",
    [
        replace(place(1, 2), modality=Modality.AUDIO),
        replace(place(1, 2), kind=RegionKind.INSERTED),
    ],
)
def test_another_modality_or_kind_is_another_difference(other: Place) -> None:
    assert match([Mark(place=place(1, 2), reviewed=True)], [other]).marks == [None]


def test_of_two_marks_for_one_difference_the_last_holds() -> None:
    early = Mark(place=place(1, 2), reviewed=True)
    late = Mark(place=place(1.01, 2.01), ignored=True)
    assert match([early, late], [place(1.005, 2.005)]).marks == [late]


def test_a_mark_that_says_nothing_takes_the_others_back() -> None:
    other = Mark(place=place(5, 6), reviewed=True)
    present = [Mark(place=place(1, 2), reviewed=True, ignored=True), other]
    assert with_set(present, [Mark(place=place(1.01, 2))]) == (other,)


def test_of_two_marks_set_in_one_place_the_later_counts() -> None:
    later = Mark(place=place(1, 2), ignored=True)
    assert with_set([], [Mark(place=place(1, 2), reviewed=True), later]) == (later,)
