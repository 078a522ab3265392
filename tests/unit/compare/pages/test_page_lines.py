"""Two stretches of still pages are the same page when, and only when, their detail agrees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.compare.detail.pages import FPS
from tests.unit.compare.pages.decks import (
    Deck,
    Told,
    differences,
    embedded,
    found,
    page,
)

DECK = [(0, 24), (1, 31), (2, 27), (3, 38), (4, 22)]
NEW = 50


def starts(deck: Deck) -> list[float]:
    """When each page comes on, and the end."""
    return [0.0, *np.cumsum([tenths for _, tenths in deck]).tolist()]


def seconds(kind: str, *tenths: float) -> Told:
    first, second, third, fourth = (round(each / 10, 3) for each in tenths)
    return kind, first, second, third, fourth


decks = st.lists(st.integers(20, 45), min_size=4, max_size=6).map(
    lambda lengths: list(enumerate(lengths))
)


@pytest.mark.slow("makes two videos in every example")
@settings(max_examples=3, deadline=None)
@given(decks, st.data())
def test_whichever_page_is_out_the_rest_is_unchanged(deck: Deck, data: st.DataObject) -> None:
    out = data.draw(st.integers(0, len(deck) - 1))
    at = starts(deck)
    assert found(deck, [*deck[:out], *deck[out + 1 :]]) == [
        seconds("DELETED", at[out], at[out + 1], at[out], at[out])
    ]


@pytest.mark.slow("makes two videos in every example")
@settings(max_examples=3, deadline=None)
@given(decks, st.integers(20, 45), st.data())
def test_wherever_a_page_comes_in_the_rest_is_unchanged(
    deck: Deck, length: int, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(deck)))
    at = starts(deck)[place]
    assert found(deck, [*deck[:place], (NEW, length), *deck[place:]]) == [
        seconds("INSERTED", at, at, at, at + length)
    ]


@pytest.mark.slow("makes two videos in every example")
@settings(max_examples=3, deadline=None)
@given(decks, st.data())
def test_of_two_pages_that_change_places_one_is_moved(deck: Deck, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(deck) - 2))
    other = [*deck[:first], deck[first + 1], deck[first], *deck[first + 2 :]]
    start, middle, end = starts(deck)[first : first + 3]
    then = starts(other)[first + 1]
    assert found(deck, other) in (
        [seconds("MOVED", start, middle, then, end)],
        [seconds("MOVED", middle, end, start, then)],
    )


@pytest.mark.slow("makes two videos in every example")
@settings(max_examples=3, deadline=None)
@given(decks, st.data())
def test_a_page_with_another_letter_is_replaced_in_place(deck: Deck, data: st.DataObject) -> None:
    changed = data.draw(st.integers(0, len(deck) - 1))
    other = [*deck[:changed], (NEW, deck[changed][1]), *deck[changed + 1 :]]
    at = starts(deck)
    edges = at[changed], at[changed + 1]
    assert found(deck, other) == [seconds("REPLACED", *edges, *edges)]


@pytest.mark.parametrize("held", range(5))
def test_a_page_that_is_held_is_longer_somewhere_within(held: int) -> None:
    number, length = DECK[held]
    ((kind, a_start, a_end, b_start, b_end),) = found(
        DECK, [*DECK[:held], (number, length + 20), *DECK[held + 1 :]]
    )
    assert (kind, a_start) == ("INSERTED", a_end)
    assert b_end - b_start == pytest.approx(2.0)
    start, end = starts(DECK)[held : held + 2]
    assert start / 10 <= a_start <= end / 10


def test_pages_that_come_again_are_not_moved() -> None:
    deck = [(0, 24), (1, 30), (0, 26), (2, 30), (0, 22)]
    assert found(deck, deck) == []
    assert found(deck, [*deck, (1, 30)]) == [seconds("INSERTED", 132, 132, 132, 162)]


def test_what_is_new_at_the_place_of_a_moved_page_is_not_in_its_place() -> None:
    """Pages that last equally long could stand in each other's place, but one is elsewhere."""
    deck = [(number, 30) for number in range(5)]
    told = found(deck, [deck[0], deck[3], deck[2], deck[1], deck[4]])
    assert {kind for kind, *_ in told} == {"MOVED"}
    assert len(told) == 2


def test_pages_at_another_speed_are_not_held_one_by_one() -> None:
    slow = [(number, 2 * length) for number, length in DECK]
    told = found(DECK, slow)
    assert "RETIMED" in {kind for kind, *_ in told}


def test_moving_pictures_are_no_pages() -> None:
    """A page that scrolls by is not looked up among pages, and is found all the same."""
    tall = np.concatenate([page(number) for number in range(4)])
    frames = (len(tall) - len(page(0))) // 4
    scrolled = np.stack([tall[4 * top : 4 * top + len(page(0))] for top in range(frames)])
    a, b = embedded(scrolled, seed=1), embedded(np.delete(scrolled, range(40, 60), axis=0), seed=2)
    assert differences(a, b) == [("DELETED", 40 / FPS, 60 / FPS, 40 / FPS, 40 / FPS)]
