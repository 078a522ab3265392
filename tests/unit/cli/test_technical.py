"""`sage technical`, and `sage compare --technical`"""

from __future__ import annotations

import json

import pytest

from sage.compare.v1 import technical_pb2
from sage.compare.v1.technical_pb2 import SubtitleDifference, TechnicalDifferences, TechnicalRow
from sage.ingest.v1.technical_pb2 import TECHNICAL_FACTS_VIEW_BASIC, TECHNICAL_FACTS_VIEW_FULL
from tests.unit.cli.conftest import Terminal

IMPORTANT = technical_pb2.TECHNICAL_SEVERITY_IMPORTANT
INFO = technical_pb2.TECHNICAL_SEVERITY_INFO
PICTURE = technical_pb2.TECHNICAL_GROUP_PICTURE
FILE = technical_pb2.TECHNICAL_GROUP_FILE
FOUND = TechnicalDifferences(
    rows=[
        TechnicalRow(group=FILE, name="Size", a="1 byte", b="2 bytes", severity=INFO, meaning="So"),
        TechnicalRow(
            group=PICTURE, name="Codec", a="H.264", b="HEVC", severity=IMPORTANT, meaning="Plays?"
        ),
        TechnicalRow(group=PICTURE, name="Scan", a="progressive", b="progressive", same=True),
    ],
    subtitle_differences=[
        SubtitleDifference(
            kind=SubtitleDifference.KIND_CHANGED, a_start=1, b_start=1, a_text="Yes", b_text="No"
        ),
        SubtitleDifference(kind=SubtitleDifference.KIND_ONLY_IN_B, b_start=2.5, b_text="End"),
    ],
    subtitle_difference_count=7,
    notes=["Only headers were read."],
)


@pytest.fixture
def technical(terminal: Terminal) -> Terminal:
    terminal.server.technical = FOUND
    return terminal


def test_what_differs_is_told_the_gravest_first(technical: Terminal) -> None:
    result = technical.sage("technical", technical.file("a.mp4"), technical.file("b.mp4"))
    assert result.exit_code == 1, result.stderr
    lines = [line.split() for line in result.stdout.splitlines() if line.strip()]
    assert lines[2] == ["important", "picture:", "Codec", "H.264", "HEVC", "Plays?"]
    assert lines[3] == ["info", "file:", "Size", "1", "byte", "2", "bytes", "So"]
    assert "Scan" not in result.stdout
    assert ["changed", "0:00:01.000", "0:00:01.000", "Yes", "No"] in lines
    assert ["only", "in", "B", "0:00:02.500", "End"] in lines
    assert "5 more texts differ." in result.stdout
    assert "2 of 3 properties differ, 1 of them important" in result.stdout
    assert "Note: Only headers were read." in result.stdout
    (request,) = technical.server.technical_requests
    assert request.view == TECHNICAL_FACTS_VIEW_FULL


def test_all_shows_what_is_the_same_as_well(technical: Terminal) -> None:
    files = technical.file("a.mp4"), technical.file("b.mp4")
    result = technical.sage("technical", *files, "--all", "--headers")
    assert "progressive" in result.stdout
    assert technical.server.technical_requests[0].view == TECHNICAL_FACTS_VIEW_BASIC


def test_one_file_is_described(technical: Terminal) -> None:
    same = TechnicalRow(group=PICTURE, name="Codec", a="H.264", b="H.264", same=True)
    technical.server.technical = TechnicalDifferences(rows=[same])
    result = technical.sage("technical", technical.file("a.mp4"))
    assert result.exit_code == 0, result.stderr
    assert "picture" in result.stdout
    assert result.stdout.count("H.264") == 1


def test_as_json_for_programs(technical: Terminal) -> None:
    files = technical.file("a.mp4"), technical.file("b.mp4")
    result = technical.sage("technical", *files, "--format", "json")
    told = json.loads(result.stdout)
    assert told["rows"][2] == {
        "group": "TECHNICAL_GROUP_PICTURE",
        "track": "",
        "name": "Scan",
        "a": "progressive",
        "b": "progressive",
        "same": True,
        "severity": "TECHNICAL_SEVERITY_UNSPECIFIED",
        "meaning": "",
    }


def test_a_comparison_may_have_it_appended(technical: Terminal) -> None:
    technical.server.differ = False
    result = technical.sage(
        "compare", technical.file("a.mp4"), technical.file("b.mp4"), "--technical"
    )
    assert "H.264" in result.stdout
    assert result.exit_code == 0, "only what is shown decides"


def test_a_comparison_as_json_has_it_inside(technical: Terminal) -> None:
    technical.server.export = b'{"regions": []}'
    files = technical.file("a.mp4"), technical.file("b.mp4")
    result = technical.sage("compare", *files, "--technical", "--format", "json")
    told = json.loads(result.stdout)
    assert told["regions"] == []
    assert [row["name"] for row in told["technical"]["rows"]] == ["Size", "Codec", "Scan"]


def test_formats_that_have_no_place_for_it_refuse_it(technical: Terminal) -> None:
    files = technical.file("a.mp4"), technical.file("b.mp4")
    result = technical.sage("compare", *files, "--technical", "--format", "edl")
    assert result.exit_code == 2
    assert "--technical needs --format text, json or html" in result.stderr
