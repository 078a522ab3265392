from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.servicekit.errors import SageError
from services.servicekit.listing.syntax import COMPARATORS, Comparison, read_filter, read_order

FIELDS = st.from_regex(r"[a-z][a-z_0-9]{0,20}", fullmatch=True)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
COMPARISONS = st.tuples(FIELDS, st.sampled_from(COMPARATORS), VALUES)
GROUPS = st.lists(st.lists(COMPARISONS, min_size=1, max_size=3), min_size=1, max_size=3)
SPACES = st.sampled_from(["", " ", "\t ", "\n"])


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@given(groups=GROUPS, space=SPACES)
def test_what_is_written_is_read(groups: list[list[tuple[str, str, str]]], space: str) -> None:
    written = " AND ".join(
        " OR ".join(
            f"{field}{space}{comparator}{space}{quoted(value)}"
            for field, comparator, value in group
        )
        for group in groups
    )
    read = read_filter(space + written + space)
    assert [[(it.field, it.comparator, it.value) for it in group] for group in read] == groups


@given(groups=GROUPS)
def test_positions_lead_to_what_stands_there(groups: list[list[tuple[str, str, str]]]) -> None:
    written = " AND ".join(
        " OR ".join(f"{field} {comparator} {quoted(value)}" for field, comparator, value in group)
        for group in groups
    )
    for group in read_filter(written):
        for it in group:
            assert written[it.field_position - 1 :].startswith(it.field)
            assert written[it.value_position - 1 :].startswith(quoted(it.value))


@given(text=st.text(max_size=60))
def test_anything_is_read_or_refused_by_its_position(text: str) -> None:
    for argument, read in (("filter", read_filter), ("order_by", read_order)):
        refusal = None
        try:
            read(text)
        except SageError as error:
            refusal = error
        if refusal is not None:
            assert refusal.reason_name == "INVALID_ARGUMENT"
            assert 1 <= int(refusal.metadata["position"]) <= len(text) + 1
            assert refusal.fields[0].field == argument


def test_or_binds_closer_than_and() -> None:
    read = read_filter("a = 1 OR b = 2 AND c = 3")
    assert [[it.field for it in group] for group in read] == [["a", "b"], ["c"]]


def test_words_need_no_quotes() -> None:
    (group,) = read_filter("create_time>=2026-05-01T12:00:00Z")
    assert group == (
        Comparison(
            field="create_time",
            comparator=">=",
            value="2026-05-01T12:00:00Z",
            field_position=1,
            value_position=14,
        ),
    )
    assert read_filter("video = videos/01k9a")[0][0].value == "videos/01k9a"


def test_nothing_is_no_filter_and_no_order() -> None:
    assert read_filter("  ") == () == read_order(" ")


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("state", 6),
        ("state FAILED", 7),
        ("state =", 8),
        ("= 1", 1),
        ("a = 1 b = 2", 7),
        ("a = 1 AND", 10),
        ("a = 1 AND AND b = 2", 11),
        ("NOT a = 1", 1),
        ("-a = 1", 1),
        ("(a = 1)", 1),
        ('a = "open', 5),
        ('a = "open\\"', 5),
        ("a = f(1)", 6),
    ],
)
def test_a_fault_is_told_with_its_position(text: str, position: int) -> None:
    with pytest.raises(SageError) as caught:
        read_filter(text)
    assert caught.value.metadata == {"position": str(position)}
    assert caught.value.message.startswith(f"filter, at character {position}: ")


def test_orders() -> None:
    read = read_order(" update_time desc ,display_name, size_bytes asc")
    assert [(key.field, key.descending, key.position) for key in read] == [
        ("update_time", True, 2),
        ("display_name", False, 20),
        ("size_bytes", False, 34),
    ]


@pytest.mark.parametrize(
    ("text", "position"), [("a,", 3), ("a b", 1), (",a", 1), ("a desc, a", 9), ("a desc desc", 1)]
)
def test_a_fault_of_an_order_is_told_with_its_position(text: str, position: int) -> None:
    with pytest.raises(SageError) as caught:
        read_order(text)
    assert caught.value.metadata == {"position": str(position)}
