"""`--filter` and `--order-by` of every command that lists something"""

from __future__ import annotations

import pytest

from tests.unit.cli.conftest import Terminal

LISTS = {
    "videos": (),
    "uploads": (),
    "tasks": (),
    "embeddings": (),
    "comparisons": (),
    "token": ("list",),
}


@pytest.mark.parametrize("command", LISTS)
def test_a_list_is_asked_for_with_its_filter_and_its_order(
    terminal: Terminal, command: str
) -> None:
    written = ("--filter", "create_time > 2026-05-01T00:00:00Z", "--order-by", "create_time")
    result = terminal.sage(command, *LISTS[command], *written)
    assert result.exit_code == 0, result.output
    (asked,) = terminal.server.lists
    assert (asked.filter, asked.order_by) == (written[1], written[3])


def test_giving_uploads_up_takes_names_only(terminal: Terminal) -> None:
    result = terminal.sage("uploads", "--abort", "uploads/1", "--filter", "size_bytes > 1")
    assert result.exit_code == 2
    assert "--abort takes names" in result.stderr
