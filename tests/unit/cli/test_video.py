"""`sage rename`, `delete`, `filmstrip`, `waveform`, `playback-url` and `matrix`"""

from __future__ import annotations

import json

import pytest

from tests.unit.cli.conftest import Terminal


@pytest.fixture
def stored(terminal: Terminal) -> Terminal:
    """Two videos are there."""
    terminal.sage("upload", terminal.file("a.mp4"), terminal.file("b.mp4"))
    return terminal


def test_a_video_gets_another_title(stored: Terminal) -> None:
    result = stored.sage("rename", "videos/0", "[red] Episode 4")
    assert result.stdout == "videos/0\t[red] Episode 4\n"
    assert "[red] Episode 4" in stored.sage("videos").stdout


def test_videos_and_embeddings_are_removed(stored: Terminal) -> None:
    result = stored.sage("delete", "videos/0", "videos/0", "embeddings/1")
    assert result.stdout == "videos/0\tdeleted\nembeddings/1\tdeleted\n"
    assert list(stored.server.videos) == ["videos/1"]
    again = stored.sage("delete", "videos/0")
    assert again.exit_code == 2
    assert "(NOT_FOUND)" in again.stderr


def test_a_file_is_not_removed(stored: Terminal) -> None:
    result = stored.sage("delete", stored.folder / "a.mp4")
    assert result.exit_code == 2
    assert "names no video and no embedding" in result.stderr


def test_a_filmstrip_is_written_and_its_times_told(stored: Terminal) -> None:
    output = stored.folder / "strip.jpg"
    words = ("filmstrip", "videos/0", "-o", output, "--count", "3")
    assert stored.sage(*words).stdout == "0:00:00.000\n0:00:01.000\n0:00:02.000\n"
    assert output.read_bytes() == b"a picture"
    assert json.loads(stored.sage(*words, "--json").stdout)["times"] == [0, 1, 2]


def test_files_are_uploaded_first(terminal: Terminal) -> None:
    result = terminal.sage("waveform", terminal.file("a.mp4"), "--count", "9")
    assert result.stdout == " ▁▂▃▄▅▆▇█\n"
    assert terminal.server.calls["CompleteUpload"] == 1


def test_a_url_is_printed_alone(stored: Terminal) -> None:
    assert stored.sage("playback-url", "videos/0").stdout == "http://sage/videos/0\n"
    told = json.loads(stored.sage("playback-url", "videos/0", "--json").stdout)
    assert told["url"] == "http://sage/videos/0"


def test_a_matrix_is_a_picture(stored: Terminal) -> None:
    output = stored.folder / "heat.pgm"
    result = stored.sage("matrix", "videos/0", "videos/1", "-o", output, "--columns", "2")
    assert result.exit_code == 0, result.stderr
    assert output.read_bytes() == b"P5 2 1 255\n\x00\xff"
    assert "Name a file" in stored.sage("matrix", "videos/0", "videos/1").stderr
