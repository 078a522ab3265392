from __future__ import annotations

import click
import pytest

from sage_cli.times import seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("62.5", 62.5),
        ("1:02.5", 62.5),
        ("0:01:02.5", 62.5),
        ("10:00:00", 36000.0),
        ("10:00:00:00", 36000.0),
        ("01:00:00;00", 3600.0),
        ("120", 120.0),
    ],
)
def test_times_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "1:99", "1:60:00", "10:00:00:12", "-1"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        seconds_of(text)
