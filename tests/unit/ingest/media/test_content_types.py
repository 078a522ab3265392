from __future__ import annotations

import pytest

from services.ingest.media.content_types import found_type, guessed_type, playback_type


@pytest.mark.parametrize(
    ("container", "name", "found"),
    [
        ("mov,mp4,m4a,3gp,3g2,mj2", "a.mp4", "video/mp4"),
        ("mov,mp4,m4a,3gp,3g2,mj2", "a.MOV", "video/quicktime"),
        ("mov,mp4,m4a,3gp,3g2,mj2", "a.webm", "video/mp4"),
        ("matroska,webm", "a.webm", "video/webm"),
        ("matroska,webm", "a", "video/x-matroska"),
        ("mpegts", "a.mp4", "video/mp2t"),
        ("y4m", "a.y4m", "application/octet-stream"),
    ],
)
def test_the_container_decides_and_the_extension_tells_siblings_apart(
    container: str, name: str, found: str
) -> None:
    assert found_type(container, name) == found


def test_a_guess_is_a_video_type_or_says_nothing() -> None:
    assert guessed_type("a.mkv", "") == "video/x-matroska"
    assert guessed_type("a.mp4", "video/webm") == "video/webm"
    assert guessed_type("a.html", "text/html") == "application/octet-stream"


def test_browsers_are_told_a_type_that_they_play() -> None:
    assert playback_type("video/quicktime") == "video/mp4"
    assert playback_type("video/x-matroska") == "video/webm"
    assert playback_type("video/mp2t") == "video/mp2t"
