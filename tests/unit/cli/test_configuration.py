"""`config.toml`, and what goes before it"""

from __future__ import annotations

import pytest

from tests.emulators.gateway import EmulatedGateway
from tests.unit.cli.conftest import Terminal


def configure(terminal: Terminal, text: str) -> None:
    path = terminal.folder / "config" / "sage" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def threshold(terminal: Terminal, *options: str) -> float:
    files = terminal.file("a.mp4"), terminal.file("b.mp4")
    result = terminal.sage("compare", *files, *options)
    assert result.exit_code == 1, result.stderr
    return terminal.server.compared[-1].options.threshold


def test_options_of_a_command_have_defaults_of_one_s_own(terminal: Terminal) -> None:
    configure(terminal, "[compare]\nthreshold = 0.3\nmin-region = 1\njson = true\n")
    assert threshold(terminal) == 0.3
    assert terminal.server.compared[-1].options.min_region.ToMilliseconds() == 1000
    assert terminal.server.exported


def test_the_command_line_goes_first(terminal: Terminal) -> None:
    configure(terminal, "[compare]\nthreshold = 0.3\n")
    assert threshold(terminal, "--threshold", "0.4") == 0.4


def test_the_server_holds_for_all_commands_and_the_environment_goes_before_it(
    terminal: Terminal,
) -> None:
    configure(terminal, 'server = "http://127.0.0.1:9"\n')
    assert terminal.sage("engines").exit_code == 0
    configure(terminal, f'server = "{terminal.url}"\n')
    lost = Terminal(server=EmulatedGateway(), url="", folder=terminal.folder)
    assert lost.sage("engines").exit_code == 0
    assert lost.sage("videos", "--server", "http://127.0.0.1:9").exit_code == 3


def test_another_file_can_be_named(terminal: Terminal) -> None:
    path = terminal.file("other.toml", f'server = "{terminal.url}"\n'.encode())
    lost = Terminal(server=EmulatedGateway(), url="", folder=terminal.folder)
    assert lost.sage("--config", path, "engines").exit_code == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("server = 3", "`server` has to be a text"),
        ("servr = 3", "there is no command `servr`"),
        ("compare = 3", "`compare` has to be a table, [compare]"),
        ("[compar]", "there is no command `compar`; did you mean `compare`?"),
        ("[compare]\ntreshold = 1", "has no option --treshold; did you mean `threshold`?"),
        ("[compare", "is not TOML"),
        ("[compare]\nthreshold = 3", "Invalid value for '--threshold'"),
    ],
)
def test_what_is_not_understood_is_named(terminal: Terminal, text: str, words: str) -> None:
    configure(terminal, text)
    result = terminal.sage("compare", "videos/0", "videos/1")
    assert result.exit_code == 2
    assert words in result.stderr
    assert not terminal.server.calls
