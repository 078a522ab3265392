from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from sage_cli.progress import reporter


def shown(*, terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100)
    with reporter(console) as progress:
        line = progress.line("[b]a.mp4")
        line.update("uploading", 0.25)
        line.update("uploading", 0.5)
        line.update("embedding")
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_terminal_shows_bars() -> None:
    text = shown(terminal=True)
    assert "[b]a.mp4" in text
    assert "embedding" in text


def test_elsewhere_there_is_a_line_for_each_stage() -> None:
    assert shown(terminal=False) == "[b]a.mp4: uploading\n[b]a.mp4: embedding\n"


def test_a_terminal_that_cannot_move_its_cursor_has_lines_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert shown(terminal=True) == "[b]a.mp4: uploading\n[b]a.mp4: embedding\n"


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    coloured = re.compile(r"\x1b\[[0-9;]*3[0-9]")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert coloured.search(shown(terminal=True))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured.search(shown(terminal=True))
