"""`sage filmstrip`, `still`, `waveform`, `playback-url`, `proxy` and `matrix`"""

from __future__ import annotations

import json

import pytest

from tests.unit.cli.conftest import Terminal


@pytest.fixture
def stored(terminal: Terminal) -> Terminal:
    """Two videos are there."""
    terminal.sage("upload", terminal.file("a.mp4"), terminal.file("b.mp4"))
    return terminal


def test_a_filmstrip_is_written_and_its_times_told(stored: Terminal) -> None:
    output = stored.folder / "strip.jpg"
    words = ("filmstrip", "videos/0", "-o", output, "--count", "3")
    assert stored.sage(*words).stdout == "0:00:00.000\n0:00:01.000\n0:00:02.000\n"
    assert output.read_bytes() == b"a picture"
    assert json.loads(stored.sage(*words, "--json").stdout)["times"] == [0, 1, 2]


def test_a_still_is_written_and_its_time_told(stored: Terminal) -> None:
    output = stored.folder / "still.jpg"
    words = ("still", "videos/0", "1:02.5", "-o", output)
    assert stored.sage(*words).stdout == "0:01:02.500\n"
    assert output.read_bytes() == b"a picture"
    assert json.loads(stored.sage(*words, "--json").stdout)["height"] == 360


def test_files_are_uploaded_first(terminal: Terminal) -> None:
    result = terminal.sage("waveform", terminal.file("a.mp4"), "--count", "9")
    assert result.stdout == " ▁▂▃▄▅▆▇█\n"
    assert terminal.server.calls["CompleteUpload"] == 1


def test_a_url_is_printed_alone(stored: Terminal) -> None:
    assert stored.sage("playback-url", "videos/0").stdout == "http://sage/videos/0\n"
    told = json.loads(stored.sage("playback-url", "videos/0", "--json").stdout)
    assert told["url"] == "http://sage/videos/0"
    of_original = stored.sage("playback-url", "videos/0", "--json", "--source", "original")
    assert json.loads(of_original.stdout)["source"] == "PLAYBACK_SOURCE_ORIGINAL"


def test_the_copy_for_browsers_is_told_of_and_made(stored: Terminal) -> None:
    assert stored.sage("proxy", "videos/0").stdout == "videos/0/proxy\tnot needed\n"
    assert stored.sage("proxy", "videos/0", "--make").stdout == "videos/0/proxy\trunning\t25%\n"


def test_a_matrix_is_a_picture(stored: Terminal) -> None:
    output = stored.folder / "heat.pgm"
    result = stored.sage("matrix", "videos/0", "videos/1", "-o", output, "--columns", "2")
    assert result.exit_code == 0, result.stderr
    assert output.read_bytes() == b"P5 2 1 255\n\x00\xff"
    assert "Name a file" in stored.sage("matrix", "videos/0", "videos/1").stderr
