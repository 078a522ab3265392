"""Tables as text come back as they were, and say what they say."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.carry.document import UnreadableFile
from services.compare.carry.formats.table_cells import cell_text, remarked, replaced, rows

_CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=8)
_tables = st.lists(st.lists(_CELLS, min_size=1, max_size=3), min_size=1, max_size=3)
_delimiters = st.sampled_from([",", ";"])


def _written(table: list[list[str]], delimiter: str) -> str:
    """As programs write it that quote whatever they must."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(table)
    return text.getvalue()


@given(_tables, _delimiters)
def test_cells_say_what_was_written(table: list[list[str]], delimiter: str) -> None:
    found = list(rows(_written(table, delimiter), delimiter))
    said = [[cell_text(cell) for cell in row.cells] for row in found]
    # Blanks around an unquoted cell are no part of what it says.
    assert said == [[_bare(cell, delimiter) for cell in row] for row in table]


def _bare(cell: str, delimiter: str) -> str:
    quoted = any(each in cell for each in (delimiter, '"', "\n", "\r"))
    return cell if quoted or not cell else cell.strip()


@given(st.text(st.sampled_from('ab,;" \n\r\t'), max_size=40), st.sampled_from([",", ";", "\t"]))
def test_what_can_be_read_is_written_as_it_was(text: str, delimiter: str) -> None:
    try:
        found = list(rows(text, delimiter))
    except UnreadableFile:
        return
    assert "".join(delimiter.join(row.cells) + row.ending for row in found) == text


def test_a_row_knows_the_line_on_which_it_begins() -> None:
    found = list(rows('a,"one\ntwo\nthree"\nb,c\n', ","))
    assert [row.line for row in found] == [1, 4]


def test_tabs_need_no_quotation_marks() -> None:
    [row] = rows('a\t"b\tc"\n', "\t")
    assert row.cells == ["a", '"b', 'c"']


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('a\nb,"c\nd', "line 2: A quotation mark is not closed"),
        ('"a" b,c', "line 1: There is text after a closing quotation mark"),
    ],
)
def test_a_table_that_is_none_is_told_where(text: str, problem: str) -> None:
    with pytest.raises(UnreadableFile, match=problem):
        list(rows(text, ","))


def test_a_time_takes_another_ones_place_and_nothing_else_changes() -> None:
    assert replaced(' "00:01" ', "00:09") == ' "00:09" '
    assert replaced("  00:01", "00:09") == "  00:09"
    assert replaced("", "00:09") == "00:09"


@given(_CELLS, st.text(st.sampled_from('ab,;" '), min_size=1, max_size=6), _delimiters)
def test_a_remark_leaves_a_row_of_as_many_cells(cell: str, note: str, delimiter: str) -> None:
    text = _written([[cell, "next"]], delimiter)
    [row] = rows(text, delimiter)
    first = remarked(row.cells[0], note, delimiter)
    [again] = rows(delimiter.join([first, *row.cells[1:]]), delimiter)
    assert len(again.cells) == 2
    assert cell_text(again.cells[0]).endswith(f"[{' '.join(note.split())}]")


def test_a_remark_stands_inside_the_quotation_marks() -> None:
    assert remarked('"A cut"', 'see "B"', ",") == '"A cut [see ""B""]"'
    assert remarked("A cut", "one, two", ",") == '"A cut [one, two]"'
    assert remarked("A cut", "one, two", "\t") == "A cut [one, two]"
    assert remarked("", "new", ",") == "[new]"
