"""In which order items are written after they were given other times."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.compare.carry.document import Item, Placement
from services.compare.carry.formats.arrangement import Placed, arrange


def _items(*starts: float) -> list[Item]:
    return [
        Item(key=str(at), start=start, end=start + 1, text="", location=f"line {at}")
        for at, start in enumerate(starts)
    ]


def _at(*starts: float) -> list[Placement]:
    return [Placement(start=start, end=start + 1) for start in starts]


def _order(placed: list[Placed]) -> list[tuple[int, float]]:
    return [(entry.index, entry.placement.start) for entry in placed]


def test_a_file_in_order_of_time_stays_in_order_of_time() -> None:
    placed = arrange(_items(0, 10), {"0": _at(30), "1": _at(5)})
    assert _order(placed) == [(1, 5), (0, 30)]
    assert [entry.number for entry in placed] == [0, 1]


def test_a_file_in_an_order_of_its_own_keeps_it() -> None:
    placed = arrange(_items(10, 0), {"0": _at(30), "1": _at(5)})
    assert _order(placed) == [(0, 30), (1, 5)]


def test_items_without_a_place_are_dropped_and_others_repeated() -> None:
    placed = arrange(_items(0, 10, 20), {"0": _at(8, 3), "2": _at(4)})
    assert _order(placed) == [(0, 3), (2, 4), (0, 8)]
    assert [entry.repeat for entry in placed] == [0, 0, 1]


def test_numbers_stay_as_they_are_where_the_same_items_stand_in_the_same_order() -> None:
    placed = arrange(_items(0, 10), {"0": _at(3), "1": _at(12)})
    assert [entry.number for entry in placed] == [None, None]


_starts = st.lists(st.integers(0, 50).map(float), min_size=1, max_size=6)


@given(_starts, st.data())
def test_every_place_is_written_once(starts: list[float], data: st.DataObject) -> None:
    items = _items(*starts)
    places = {item.key: _at(*data.draw(st.lists(st.integers(0, 50), max_size=3))) for item in items}
    placed = arrange(items, places)
    wanted = [(int(key), it.start) for key, several in places.items() for it in several]
    assert sorted(_order(placed)) == sorted(wanted)
    numbers = [entry.number for entry in placed]
    assert numbers in ([None] * len(placed), list(range(len(placed))))
