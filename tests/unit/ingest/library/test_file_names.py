from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.library.file_names import base_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("beach.mp4", "beach.mp4"),
        ("/home/ann/beach.mp4", "beach.mp4"),
        ("C:\\Users\\Ann\\my beach.mp4", "my beach.mp4"),
        ("../../etc/passwd", "passwd"),
        ("folder/", "folder"),
        ("..", "video"),
        ("/", "video"),
        (" \t ", "video"),
        ("two\nlines.mp4", "twolines.mp4"),
        ("Übung 東京.mov", "Übung 東京.mov"),
    ],
)
def test_people_see_the_last_part(name: str, shown: str) -> None:
    assert base_name(name) == shown


@given(st.text(min_size=1, max_size=255))
@settings(deadline=None)
def test_a_name_is_never_empty_never_a_path_and_cut_only_once(name: str) -> None:
    shown = base_name(name)
    assert shown
    assert not set(shown) & {"/", "\\", "\n", "\0"}
    assert shown not in {".", ".."}
    assert base_name(shown) == shown
    assert len(shown) <= max(len(name), len("video"))
