"""`sage session`, `logout` and `login --link`"""

from __future__ import annotations

import json

from tests.unit.cli.conftest import Terminal


def test_the_workspace_is_told(terminal: Terminal) -> None:
    result = terminal.sage("session")
    assert result.stdout.startswith("workspaces/anonymous\twithout an API key\tuntil ")
    assert json.loads(terminal.sage("session", "--json").stdout)["access_token"] == ""


def test_signing_out_ends_the_session_and_forgets_the_token(terminal: Terminal) -> None:
    terminal.sage("login", typed="tlk_secret\n")
    result = terminal.sage("logout", "--forget-key")
    assert f"Signed out of {terminal.url}." in result.stderr
    (request,) = terminal.server.ended_sessions
    assert request.delete_api_key
    assert not request.delete_data
    assert json.loads(terminal.token_file.read_text()) == {}


def test_without_a_session_there_is_nothing_to_end(terminal: Terminal) -> None:
    result = terminal.sage("logout")
    assert result.exit_code == 0
    assert "There is no session" in result.stderr
    assert not terminal.server.calls


def test_a_key_is_linked_to_the_present_workspace(terminal: Terminal) -> None:
    result = terminal.sage("login", "--link", typed="tlk_secret\n")
    assert "Signed in to workspaces/anonymous until" in result.stderr
    (entry,) = json.loads(terminal.token_file.read_text()).values()
    assert entry["has_api_key"]
    assert entry["access_token"] in terminal.server.tokens
    assert terminal.sage("login", "--link", "--anonymous").exit_code == 2
