"""`sage help`, `sage completion`, and what every command has"""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from sage_cli.app import sage

# These print nothing that a program would read.
_WITHOUT_JSON = {"delete", "login", "logout", "completion", "help", "export", "token", "share"}


def run(*words: str, **environment: str) -> str:
    result = CliRunner().invoke(sage, list(words), env=environment, prog_name="sage")
    assert result.exit_code == 0, result.output
    return result.output


def test_commands_are_listed_by_what_they_are_for() -> None:
    text = run("--help")
    assert text.index("Compare:") < text.index("  check ") < text.index("Videos:")
    for name in sage.commands:
        assert f"\n  {name} " in text


@pytest.mark.parametrize("name", list(sage.commands))
def test_every_command_is_explained_and_can_answer_in_json(name: str) -> None:
    text = run("help", name)
    assert text.startswith(f"Usage: sage {name} ")
    assert f"sage {name}" in text.partition("\n")[2]
    options = {it for parameter in sage.commands[name].params for it in parameter.opts}
    assert ("--json" in options) is (name not in _WITHOUT_JSON)


def test_an_unknown_command_is_answered_with_the_nearest() -> None:
    result = CliRunner().invoke(sage, ["help", "compar"])
    assert result.exit_code == 2
    assert "did you mean `compare`?" in result.stderr


@pytest.mark.parametrize(
    ("shell", "words"),
    [("bash", "complete -o nosort -F"), ("zsh", "#compdef sage"), ("fish", "--command sage")],
)
def test_shells_are_told_how_to_complete(shell: str, words: str) -> None:
    text = run("completion", shell)
    assert words in text
    assert "_SAGE_COMPLETE" in text


def test_completion_knows_commands_and_values() -> None:
    asked = {"_SAGE_COMPLETE": "zsh_complete", "COMP_CWORD": "1", "COMP_WORDS": "sage com"}
    result = CliRunner().invoke(sage, [], env=asked, prog_name="sage")
    assert "compare" in result.stdout.splitlines()
    assert isinstance(sage, click.Group)
