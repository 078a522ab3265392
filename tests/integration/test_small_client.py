"""`sage` from its own small wheel carries subtitles over, with no numpy and no decoder there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures.clips import REEL, delete
from tests.fixtures.media import ClipLibrary
from tests.fixtures.small_client import build_small_client
from tests.fixtures.stack import Stack

pytestmark = pytest.mark.xdist_group("stack")


def test_subtitles_follow_a_cut(stack: Stack, clip_library: ClipLibrary, tmp_path: Path) -> None:
    a = clip_library.get("original.mp4", REEL)
    b = clip_library.get("deleted.mp4", delete(REEL, 4.0, 6.0).pieces)
    subtitles = tmp_path / "film.srt"
    subtitles.write_text(
        "1\n00:00:01,000 --> 00:00:03,000\nBefore.\n\n"
        "2\n00:00:04,200 --> 00:00:05,700\nCut away.\n\n"
        "3\n00:00:07,000 --> 00:00:09,000\nAfter.\n"
    )
    carried = tmp_path / "carried.srt"
    client = build_small_client(tmp_path)
    done = client.sage(
        *("carry", subtitles, "--from", a, "--to", b, "-o", carried),
        SAGE_SERVER=stack.url,
        XDG_CONFIG_HOME=str(tmp_path / "config"),
    )
    assert done.returncode == 1, done.stderr
    assert "lost" in done.stdout
    assert carried.read_text() == (
        "1\n00:00:01,000 --> 00:00:03,000\nBefore.\n\n2\n00:00:05,000 --> 00:00:07,000\nAfter.\n"
    )
