"""A backup of a running SAGE, restored where there is nothing, finds everything again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.clips import Piece
from tests.fixtures.media import ClipLibrary
from tests.fixtures.stack import Stack, running_stack
from tests.integration.operations import embed, holds, operate, played, rest_of, upload

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(300)]


def test_everything_is_found_again_where_there_was_nothing(
    stack: Stack, tmp_path: Path, clip_library: ClipLibrary
) -> None:
    clip = clip_library.get("clip.mp4", [Piece("man", 0.0, 2.0)])
    backup, home = tmp_path / "backup", tmp_path / "home"
    token = stack.sign_in()
    with rest_of(stack, token) as rest:
        video = upload(rest, clip)
        embed(rest, video)
        kept = {"a": video, "b": video, "displayName": "Kept"}
        rest.post("/comparisons", json=kept).raise_for_status()
        before = holds(rest)
        # Nobody has to stop for it.
        assert operate("backup", backup, stack.home).stderr == ""

    contents = set((backup / "contents").rglob("*"))
    assert operate("backup", backup, stack.home).returncode == 0
    copied_again = set((backup / "contents").rglob("*")) - contents
    # Objects are not copied twice; databases change with every session.
    assert len([each for each in copied_again if each.is_file()]) <= 3

    restored = operate("restore", backup, home)
    assert restored.returncode == 0, restored.stderr
    with running_stack(home) as again, rest_of(again, token) as rest:
        # The token is of the other SAGE: keys and sessions came along.
        assert holds(rest) == before
        assert played(again, rest, video).content == clip.read_bytes()
        refused = operate("restore", backup, home)
        assert refused.returncode == 1
        assert "SAGE runs on" in refused.stderr
    refused = operate("restore", backup, home)
    assert refused.returncode == 1
    assert "is not empty" in refused.stderr


def test_a_damaged_backup_is_refused_before_anything_is_written(
    stack: Stack, tmp_path: Path
) -> None:
    backup, home = tmp_path / "backup", tmp_path / "home"
    assert operate("backup", backup, stack.home).returncode == 0
    largest = max((backup / "contents").glob("*/*"), key=lambda it: it.stat().st_size)
    with largest.open("r+b") as file:
        file.seek(10)
        file.write(b"?")

    for what in ("verify", "restore"):
        refused = operate(what, backup, home)
        assert refused.returncode == 1
        assert f"is damaged in the backup {backup}" in refused.stderr
    assert not home.exists()
