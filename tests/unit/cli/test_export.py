"""`sage export`"""

from __future__ import annotations

import pytest

from sage.compare.v1 import compare_pb2
from tests.unit.cli.conftest import Terminal


def test_the_file_has_the_name_that_the_server_gives_it(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(terminal.folder)
    files = terminal.file("a.mp4"), terminal.file("b.mp4")
    result = terminal.sage("export", *files, "--format", "change-notes")
    assert (result.exit_code, result.stdout) == (0, "a-vs-b.txt\n")
    written = (terminal.folder / "a-vs-b.txt").read_text()
    assert written == "EXPORT_FORMAT_CHANGE_NOTES of it\n"
    (request,) = terminal.server.exported
    assert (request.a_display_name, request.b_display_name) == ("a.mp4", "b.mp4")
    assert request.frame_rate == 0
    assert not request.HasField("heal_frames")


def test_time_codes_and_lengths_reach_the_server(terminal: Terminal) -> None:
    output = terminal.folder / "notes.txt"
    terminal.sage(
        *("export", terminal.file("a.mp4"), terminal.file("b.mp4"), "-o", output),
        *("--format", "change-edl-sound", "--start-a", "01:00:00:00", "--start-b", "10:00:00;00"),
        *("--counting", "non-drop-frame", "--frame-rate", "29.97", "--heal", "0", "--feet"),
    )
    (request,) = terminal.server.exported
    assert request.format == compare_pb2.EXPORT_FORMAT_CHANGE_EDL_SOUND
    assert (request.a_start_timecode, request.b_start_timecode) == ("01:00:00:00", "10:00:00;00")
    assert request.timecode_counting == compare_pb2.TIMECODE_COUNTING_NON_DROP_FRAME
    assert (request.frame_rate, request.heal_frames) == (29.97, 0)
    assert request.HasField("heal_frames")
    assert request.length_unit == compare_pb2.LENGTH_UNIT_FEET_AND_FRAMES
    assert output.exists()


def test_several_lists_in_a_file_that_is_called_a_list_are_told(terminal: Terminal) -> None:
    terminal.server.export_type = 'application/zip; name="a.zip"'
    files = terminal.file("a.mp4"), terminal.file("b.mp4")
    output = terminal.folder / "changes.edl"
    result = terminal.sage("export", *files, "--format", "change-edl-picture", "-o", output)
    assert "changes.edl is a ZIP" in result.stderr
