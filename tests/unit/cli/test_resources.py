"""`sage rename`, `sage delete`, and comparisons that are kept"""

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
    assert "names nothing on the server" in result.stderr


def test_a_comparison_is_kept_reviewed_renamed_and_removed(stored: Terminal) -> None:
    files = stored.folder / "a.mp4", stored.folder / "b.mp4"
    made = stored.sage("keep", *files, "--threshold", "0.2")
    assert made.stdout == "comparisons/0\ta.mp4 / b.mp4\n"
    assert stored.server.kept["comparisons/0"].options.threshold == 0.2
    assert stored.sage("rename", "comparisons/0", "Episode 4").exit_code == 0
    approved = stored.sage("status", "comparisons/0", "approved")
    assert approved.stdout == "comparisons/0\tapproved\n"
    listed = stored.sage("comparisons").stdout
    assert "Episode 4" in listed
    assert "approved" in listed
    assert stored.sage("delete", "comparisons/0").exit_code == 0
    assert not stored.server.kept


def test_notes_are_added_told_and_removed(stored: Terminal) -> None:
    stored.sage("keep", "videos/0", "videos/1", "--title", "Episode 4")
    words = ("note", "comparisons/0", "The [old] logo.", "--at-b", "12.5", "--author", "Ann")
    assert stored.sage(*words).stdout == "comparisons/0/notes/1\n"
    shown = stored.sage("comparisons", "comparisons/0").stdout
    assert "Episode 4 (in review)" in shown
    assert "0:00:12.500" in shown
    assert "The [old] logo." in shown
    told = json.loads(stored.sage("comparisons", "comparisons/0", "--json").stdout)
    assert told["notes"][0]["author"] == "Ann"
    assert json.loads(stored.sage(*words, "--json").stdout)["text"] == "The [old] logo."
    assert stored.sage("delete", "comparisons/0/notes/1").exit_code == 0
    assert stored.server.calls["DeleteNote"] == 1
