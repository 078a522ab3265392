"""`sage compare --batch` and `--batch-folders`"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Terminal


@pytest.fixture
def pairs(terminal: Terminal) -> Path:
    """One pair that differs, one that does not, and one that is no video."""
    terminal.file("a.mp4", b"same" * 40)
    terminal.file("b.mp4")
    terminal.file("copy.mp4", b"same" * 40)
    terminal.file("text.mp4", b"text" * 20)
    path = terminal.folder / "pairs.csv"
    path.write_text(
        "a,b,name\na.mp4,b.mp4,cut\na.mp4,text.mp4,bad\na.mp4,gone.mp4,gone\na.mp4,copy.mp4,copy\n"
    )
    return path


def test_a_pair_that_fails_does_not_stop_the_rest(terminal: Terminal, pairs: Path) -> None:
    results = terminal.folder / "results"
    result = terminal.sage("compare", "--batch", pairs, "--results", results)
    assert result.exit_code == 2, result.stderr
    rows = [line.split() for line in result.stdout.splitlines() if line.strip()]
    assert [row[:2] for row in rows[2:6]] == [
        ["cut", "different"],
        ["bad", "failed"],
        ["gone", "failed"],
        ["copy", "same"],
    ]
    assert "This file is not a video. (NOT_A_VIDEO)" in result.stdout
    assert "there is no such file" in result.stdout
    assert "4 pairs: 1 same, 1 different, 2 failed" in result.stdout
    assert "[2/4] bad: " in result.stderr
    assert "1 difference" in (results / "cut.txt").read_text()
    assert not (results / "bad.txt").exists()


def test_what_is_done_is_not_done_again_until_a_file_changes(
    terminal: Terminal, pairs: Path
) -> None:
    words = ("compare", "--batch", pairs, "--results", terminal.folder / "r", "--format", "json")
    terminal.sage(*words)
    compared = len(terminal.server.compared)
    again = terminal.sage(*words)
    assert "[1/4] cut: done before" in again.stderr
    assert again.exit_code == 2
    assert len(terminal.server.compared) == compared
    terminal.file("b.mp4", b"other" * 50)
    terminal.sage(*words)
    assert len(terminal.server.compared) == compared + 1
    terminal.sage(*words, "--threshold", "0.3")
    assert len(terminal.server.compared) == compared + 3


def test_the_exit_status_is_the_worst(terminal: Terminal, pairs: Path) -> None:
    words = ("compare", "--batch", pairs, "--results", terminal.folder / "r")
    pairs.write_text("a,b\na.mp4,copy.mp4\n")
    assert terminal.sage(*words).exit_code == 0
    pairs.write_text("a,b\na.mp4,b.mp4\na.mp4,copy.mp4\n")
    assert terminal.sage(*words).exit_code == 1
    assert terminal.sage(*words, "--server", "http://127.0.0.1:9").exit_code == 3


def test_the_summary_is_for_programs_as_well(terminal: Terminal, pairs: Path) -> None:
    words = ("compare", "--batch", pairs, "--results", terminal.folder / "r")
    values = json.loads(terminal.sage(*words, "--summary", "json").stdout)
    assert values["counts"] == {"same": 1, "different": 1, "failed": 2}
    assert values["pairs"][0]["similarity_percent"] == 80
    output = terminal.folder / "summary.csv"
    assert terminal.sage(*words, "--summary", "csv", "-o", output).stdout == ""
    rows = list(csv.DictReader(output.read_text().splitlines()))
    assert [(row["name"], row["status"]) for row in rows] == [
        ("cut", "different"),
        ("bad", "failed"),
        ("gone", "failed"),
        ("copy", "same"),
    ]


def test_folders_are_compared_file_by_file(terminal: Terminal) -> None:
    for folder in ("one", "two"):
        (terminal.folder / folder).mkdir()
        terminal.file(f"{folder}/a.mp4")
    terminal.file("two/new.mp4")
    folders = terminal.folder / "one", terminal.folder / "two"
    results = terminal.folder / "r"
    result = terminal.sage("compare", "--batch-folders", *folders, "--results", results)
    assert result.exit_code == 2
    assert "There is nothing of the name of" in result.stdout
    assert "2 pairs: 1 different, 1 failed" in result.stdout
    assert (results / "a.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Name A and B"),
        (("a.mp4",), "Name A and B"),
        (("a.mp4", "--batch", "pairs.csv"), "pairs.csv cannot be read"),
        (("--batch", "x.csv", "--batch-folders", "a", "b"), "Either --batch or"),
    ],
)
def test_trouble_is_told_before_anything_is_sent(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    result = terminal.sage("compare", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not terminal.server.calls


def test_a_batch_names_all_pairs(terminal: Terminal, pairs: Path) -> None:
    result = terminal.sage("compare", "a.mp4", "--batch", pairs)
    assert result.exit_code == 2
    assert "A and B come from the batch" in result.stderr
