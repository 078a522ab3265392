"""Which lines make the timeline that both videos share, and which were moved away from it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.compare.frames.chain import split_chain
from services.compare.frames.lines import FrameLine
from services.compare.frames.tuning import TUNED
from services.compare.geometry import overlap

Split = tuple[list[FrameLine], list[FrameLine]]


def _line(a_start: float, b_start: float, seconds: float) -> FrameLine:
    """So much of A from a_start on, shown in B from b_start on, at its own speed."""
    return FrameLine(offset=a_start - b_start, b_start=b_start, b_end=b_start + seconds)


def _split(*lines: FrameLine, min_move: float = 0.5, certain: bool = True) -> Split:
    return split_chain(list(lines), min_move, lambda _: certain, tuning=TUNED)


def test_nothing_has_no_timeline() -> None:
    assert _split() == ([], [])


def test_lines_in_the_same_order_are_the_timeline() -> None:
    lines = [_line(0, 0, 10), _line(15, 10, 10), _line(25, 22, 5)]
    assert _split(*lines) == (lines, [])


def test_the_shorter_of_two_that_changed_places_was_moved() -> None:
    long, short = _line(5, 0, 20), _line(0, 20, 5)
    assert _split(long, short) == ([long], [short])


def test_a_move_that_nobody_is_sure_of_is_none() -> None:
    assert _split(_line(5, 0, 20), _line(0, 20, 5), certain=False)[1] == []


def test_a_move_shorter_than_asked_for_is_none() -> None:
    assert _split(_line(5, 0, 20), _line(0, 20, 5), min_move=6)[1] == []


def test_what_repeats_the_timeline_is_inserted_and_not_moved() -> None:
    whole, again = _line(0, 0, 20), _line(4, 20, 5)
    assert _split(whole, again) == ([whole], [])


def test_of_a_line_that_repeats_a_little_the_rest_was_moved() -> None:
    _, [moved] = _split(_line(5, 0, 20), _line(0, 20, 6))
    assert moved == _line(0, 20, 5)


def test_material_that_is_shown_twice_away_from_its_place_was_moved_once() -> None:
    _, moved = _split(_line(10, 0, 30), _line(0, 30, 6), _line(0, 36, 6))
    assert len(moved) == 1


_lines = st.lists(
    st.builds(_line, st.floats(0, 100), st.floats(0, 100), st.floats(0.2, 30)), max_size=8
).map(lambda lines: sorted(lines, key=lambda line: line.b_start))


@given(_lines, st.floats(0, 3))
def test_the_timeline_runs_forward_and_moves_are_long_enough_and_of_unused_material(
    lines: list[FrameLine], min_move: float
) -> None:
    chain, moved = _split(*lines, min_move=min_move)
    assert all(line in lines for line in chain)
    assert all(one.a_end < other.a_end for one, other in pairwise(chain))
    assert all(one.b_start <= other.b_start for one, other in pairwise(chain))
    assert all(line.duration >= min_move for line in moved)
    assert all(overlap(one.in_a, other.in_a) <= 1e-6 for one in moved for other in chain)
    assert all(overlap(one.in_a, other.in_a) <= 1e-6 for one, other in pairwise(moved))


@given(_lines)
def test_there_is_a_timeline_where_there_is_a_line(lines: list[FrameLine]) -> None:
    chain, _ = _split(*lines)
    assert bool(chain) == bool(lines)
    if lines:
        longest = max(line.duration for line in lines)
        assert sum(line.duration for line in chain) >= longest - 1e-9
