from __future__ import annotations

import pytest

from services.compare.carry.document import UnreadableFile
from services.compare.carry.formats import read
from tests.unit.compare.carry.formats.carrying import at, opened
from tests.unit.compare.carry.formats.samples import AUDACITY


def test_the_frequencies_of_a_label_go_with_it() -> None:
    document = opened(AUDACITY)
    first, last = document.items
    written = document.written({first.key: [at(first, 9.0)], last.key: [at(last)]})
    assert written == (
        b"4.040000\t4.040000\tClick\n10.000000\t12.500000\tHello\n\\\t100.0\t2000.0\n"
    )


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("1.0\t2.0\ta\n3.0\tx\tb\n", 2, "between tabs"),
        ("1.0\t2.0\ta\n3.0\t2.0\tb\n", 2, "end is before"),
    ],
)
def test_bad_files_say_where_and_what(text: str, line: int, problem: str) -> None:
    with pytest.raises(UnreadableFile, match=problem) as caught:
        read("a.txt", text.encode(), frame_rate=25)
    assert caught.value.line == line
