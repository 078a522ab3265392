"""What the browser cannot play is shown all the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures import clips
from tests.fixtures.media import ClipLibrary
from tests.fixtures.stack import Stack

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(300)]

WORK_MS = 120_000
SECOND = clips.cut(clips.REEL, 4.0, 6.0)
EDIT = clips.replace(SECOND, 0.5, 1.5, clips.Piece("street", 7.6, 8.6))


@pytest.fixture(scope="module")
def files(clip_library: ClipLibrary) -> tuple[Path, Path]:
    """A tape, and a master from the cutting room."""
    return (
        clip_library.get("tape.mpg", SECOND, video_codec="mpeg2video", audio_codec="mp2", crf=None),
        clip_library.get(
            "master.mov",
            EDIT.pieces,
            video_codec="prores_ks",
            audio_codec="pcm_s16le",
            crf=None,
            pixel_format="yuv422p10le",
        ),
    )


def test_files_that_no_browser_plays_show_their_pictures(
    page: Page, stack: Stack, files: tuple[Path, Path]
) -> None:
    page.goto(stack.url)
    page.get_by_label("Version A", exact=True).set_input_files(files[0])
    page.get_by_label("Version B", exact=True).set_input_files(files[1])
    expect(page.get_by_test_id("difference").first).to_be_visible(timeout=WORK_MS)
    for letter in ("A", "B"):
        monitor = page.get_by_label(f"Monitor {letter}")
        # Until then, it says how far the copy is.
        expect(monitor).to_contain_text("Preview copy", timeout=WORK_MS)
        expect(monitor).to_contain_text("the comparison used the original")
        video = monitor.locator("video")
        expect(video).to_have_attribute("src", re.compile(r"/proxy-1\.webm\?"), timeout=WORK_MS)
        expect(video).to_have_js_property("videoWidth", clips.SIZE[0])
        expect(monitor.get_by_role("alert")).to_have_count(0)
