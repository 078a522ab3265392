"""`sage carry`"""

from __future__ import annotations

import json
from pathlib import Path

from sage.embed.v1 import embed_pb2
from tests.unit.cli.conftest import Terminal


def carry(terminal: Terminal, *options: str | Path) -> list[str | Path]:
    return [
        *("carry", terminal.file("film.srt", b"hello\n")),
        *("--from", terminal.file("old.mp4"), "--to", terminal.file("new.mp4"), *options),
    ]


def test_the_file_is_written_beside_with_a_report(terminal: Terminal) -> None:
    result = terminal.sage(*carry(terminal))
    assert result.exit_code == 1, result.output
    assert (terminal.folder / "film.new.srt").read_bytes() == b"HELLO\n"
    assert "lost" in result.stdout
    assert "0:00:01.000 - 0:00:02.000" in result.stdout
    assert "It was cut away." in result.stdout
    assert "1 kept · by the picture" in result.stdout
    assert "line 5" not in result.stdout


def test_the_status_is_0_when_all_of_it_is_there(terminal: Terminal) -> None:
    terminal.server.differ = False
    assert terminal.sage(*carry(terminal)).exit_code == 0


def test_options_reach_the_server(terminal: Terminal) -> None:
    output = terminal.folder / "out.srt"
    options = ("--by", "sound", "--frame-rate", "23.976", "--start-timecode", "10:00:00")
    other = ("--start-timecode-to", "01:00:00:00")
    result = terminal.sage(*carry(terminal, *options, *other, "-o", output))
    assert "by the sound" in result.stdout
    (spec,) = terminal.server.carried
    assert spec.file_name == "film.srt"
    assert spec.modality == embed_pb2.MODALITY_AUDIO
    assert (spec.frame_rate, spec.start_timecode) == (23.976, 36000)
    assert spec.other_start_timecode == 3600
    assert output.read_bytes() == b"HELLO\n"


def test_the_report_can_be_json(terminal: Terminal) -> None:
    found = json.loads(terminal.sage(*carry(terminal, "--json")).stdout)
    assert found["by"] == "picture"
    lost, kept = found["items"]
    assert (lost["fate"], lost["places"], lost["location"]) == ("lost", [], "line 1")
    assert kept["places"] == [{"start": 4.5, "end": 5.5}]


def test_a_file_that_exists_is_not_written_over_unasked(terminal: Terminal) -> None:
    terminal.file("film.new.srt", b"mine")
    result = terminal.sage(*carry(terminal))
    assert result.exit_code == 2
    assert "exists already" in result.stderr
    assert (terminal.folder / "film.new.srt").read_bytes() == b"mine"


def test_a_file_that_is_too_large_is_not_sent(terminal: Terminal) -> None:
    arguments = carry(terminal)
    terminal.file("film.srt", b"x" * (8 * 1024**2 + 1))
    result = terminal.sage(*arguments)
    assert result.exit_code == 2
    assert "larger than 8 MiB" in result.stderr


def test_a_folder_that_takes_no_file_is_left_as_it_was(terminal: Terminal) -> None:
    taken = terminal.folder / "taken"
    taken.mkdir()
    (taken / "film.srt").mkdir()
    result = terminal.sage(*carry(terminal, "-o", taken / "film.srt"))
    assert result.exit_code == 2
    assert [each.name for each in taken.iterdir()] == ["film.srt"]
