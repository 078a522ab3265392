"""`sage share`: links for people without a session"""

from __future__ import annotations

import json

from tests.unit.cli.conftest import Terminal


def test_a_link_is_made_listed_and_revoked(terminal: Terminal) -> None:
    made = terminal.sage("share", "create", "comparisons/0", "The client", "--days", "7")
    assert made.stdout.endswith("/#share=secret of comparisons/0/shareLinks/0\n")
    assert made.stdout.startswith("http")
    assert "It is not shown again" in made.stderr
    listed = json.loads(terminal.sage("share", "list", "comparisons/0", "--json").stdout)
    (link,) = listed["share_links"]
    assert (link["name"], link["display_name"], link["token"]) == (
        "comparisons/0/shareLinks/0",
        "The client",
        "",
    )
    assert "The client" in terminal.sage("share", "list", "comparisons/0").stdout
    assert terminal.sage("share", "revoke", link["name"]).exit_code == 0
    assert "There is no" in terminal.sage("share", "revoke", link["name"]).stderr
