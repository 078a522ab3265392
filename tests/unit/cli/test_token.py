"""`sage token`, and signing in with what it makes"""

from __future__ import annotations

import json

from tests.unit.cli.conftest import Terminal


def test_a_token_is_made_listed_and_revoked(terminal: Terminal) -> None:
    made = terminal.sage("token", "create", "nightly checks", "--scope", "write", "--days", "30")
    assert made.stdout == "secret of apiTokens/0\n"
    assert "It is not shown again" in made.stderr
    listed = json.loads(terminal.sage("token", "list", "--json").stdout)["api_tokens"]
    assert [(each["name"], each["scope"], each["token"]) for each in listed] == [
        ("apiTokens/0", "SCOPE_WRITE", "")
    ]
    assert "nightly checks" in terminal.sage("token", "list").stdout
    assert terminal.sage("token", "revoke", "apiTokens/0").exit_code == 0
    assert "There is no apiTokens/0" in terminal.sage("token", "revoke", "apiTokens/0").stderr


def test_a_program_signs_in_with_a_token_and_nothing_is_kept_of_it(terminal: Terminal) -> None:
    secret = terminal.sage("token", "create", "a program").stdout.strip()
    terminal.token_file.unlink()
    opened = terminal.server.calls["CreateSession"]
    assert terminal.sage("videos", token=secret).exit_code == 0
    assert terminal.server.calls["CreateSession"] == opened
    assert not terminal.token_file.exists()


def test_a_token_that_was_revoked_opens_no_session_instead(terminal: Terminal) -> None:
    secret = terminal.sage("token", "create", "a program").stdout.strip()
    terminal.sage("token", "revoke", "apiTokens/0")
    opened = terminal.server.calls["CreateSession"]
    assert terminal.sage("videos", token=secret).exit_code == 2
    assert terminal.server.calls["CreateSession"] == opened
