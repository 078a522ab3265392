"""`sage map-times` and `sage time-map`"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Terminal


def map_times(terminal: Terminal, *times: str) -> list[str | Path]:
    a, b = terminal.file("old.mp4"), terminal.file("new.mp4")
    return ["map-times", "--from", a, "--to", b, *times]


def test_each_time_is_told_on_a_line(terminal: Terminal) -> None:
    result = terminal.sage(*map_times(terminal, "1", "1:02.5", "0:01:03", "64", "65"))
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "0:00:01.000  0:00:01.500",
        "0:01:02.500  cut away; around it 0:00:03.000 and the end",
        "0:01:03.000  0:00:05.000  a guess, between 0:00:04.000 and 0:00:06.000",
        "0:01:04.000  outside of the video",
        "0:01:05.000  0:00:07.000  a guess: it may be gone, or elsewhere",
    ]


def test_times_can_be_json(terminal: Terminal) -> None:
    found = json.loads(terminal.sage(*map_times(terminal, "1", "2", "--json")).stdout)
    assert found["times"] == [
        {"time": 1, "outcome": "mapped", "place": 1.5},
        {"time": 2, "outcome": "deleted", "before": 3},
    ]


@pytest.mark.parametrize("time", ["soon", "-1", "1:2:3:4"])
def test_what_is_no_time_is_refused(terminal: Terminal, time: str) -> None:
    assert terminal.sage(*map_times(terminal, "--", time)).exit_code == 2


def test_the_pieces_of_a_map_are_listed(terminal: Terminal) -> None:
    a, b = terminal.file("old.mp4"), terminal.file("new.mp4")
    listed = terminal.sage("time-map", a, b).stdout
    assert "picture" in listed
    assert "deleted   0:00:00.000 - 0:00:01.000   0:00:00.000 - 0:00:00.000" in listed
    (retimed,) = [line.split() for line in listed.splitlines() if "retimed" in line]
    assert retimed[-2:] == ["1.25", "?"]
    found = json.loads(terminal.sage("time-map", a, b, "--json").stdout)
    assert [each["kind"] for each in found["modalities"][0]["pieces"]] == [
        "KIND_DELETED",
        "KIND_RETIMED",
    ]
