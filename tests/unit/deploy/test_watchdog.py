"""Which process groups the watchdog ends."""

from __future__ import annotations

import pytest

from deploy.embedded.watchdog import groups_left


@pytest.mark.parametrize(
    ("at_start", "lines", "left"),
    [
        (set(), [], set()),
        (set(), ["+12\n", "+34\n", "-12\n"], {34}),
        ({12, 34}, ["-12\n", "+56\n"], {34, 56}),
        (set(), ["+12\n", "-12\n", "+12\n"], {12}),
        # The launcher was killed in the middle of a line: 1 is not a group of ours.
        ({12}, ["+34\n", "+1"], {12, 34}),
    ],
)
def test_groups_that_were_begun_and_have_not_ended_are_left(
    at_start: set[int], lines: list[str], left: set[int]
) -> None:
    assert groups_left(at_start, lines) == left
