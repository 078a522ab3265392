"""`sage tasks`, `cancel`, `retry` and `embeddings`"""

from __future__ import annotations

import json

import pytest

from tests.unit.cli.conftest import Terminal


@pytest.fixture
def embedded(terminal: Terminal) -> Terminal:
    """Two embeddings are there, and one task that failed."""
    terminal.sage("embed", terminal.file("a.mp4"), terminal.file("b.mp4"))
    terminal.sage("embed", terminal.file("fails.mp4"))
    return terminal


def test_tasks_are_listed_by_state(embedded: Terminal) -> None:
    everything = embedded.sage("tasks").stdout
    assert everything.count("succeeded") == 2
    failed = embedded.sage("tasks", "--state", "failed").stdout
    assert "embeddingTasks/2" in failed
    assert "The worker died." in failed
    assert "succeeded" not in failed
    assert "no such tasks" in embedded.sage("tasks", "--state", "cancelled").stderr


def test_tasks_are_cancelled_and_tried_again(embedded: Terminal) -> None:
    assert embedded.sage("retry", "embeddingTasks/2").stdout == "embeddingTasks/2\tqueued\n"
    assert embedded.sage("cancel", "embeddingTasks/2").stdout == "embeddingTasks/2\tcancelled\n"
    told = json.loads(embedded.sage("cancel", "embeddingTasks/2", "--json").stdout)
    assert told["embedding_tasks"][0]["state"] == "STATE_CANCELLED"


def test_embeddings_are_listed_over_all_pages(embedded: Terminal) -> None:
    listed = embedded.sage("embeddings").stdout
    assert "embeddings/0" in listed
    assert "embeddings/1" in listed
    told = json.loads(embedded.sage("embeddings", "--json").stdout)
    assert {it["name"] for it in told["embeddings"]} == {"embeddings/0", "embeddings/1"}


def test_nothing_is_said_to_be_nothing(terminal: Terminal) -> None:
    assert "no embeddings" in terminal.sage("embeddings").stderr
    assert json.loads(terminal.sage("embeddings", "--json").stdout) == {"embeddings": []}
