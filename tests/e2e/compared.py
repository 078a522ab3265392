"""A comparison of two versions with one edit, to be looked at from all sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from playwright.sync_api import Browser, Page, expect

from tests.fixtures import clips
from tests.fixtures.media import ClipLibrary
from tests.fixtures.stack import Stack

WORK_MS = 120_000
EDIT = clips.replace(clips.REEL, 5.0, 7.0, clips.Piece("street", 7.6, 9.6))
Scheme = Literal["light", "dark"]
ENGLISH = "en-US"
GERMAN = "de-DE"
VERDICTS = {ENGLISH: "1 edit", GERMAN: "1 Änderung"}


@dataclass(frozen=True)
class Compared:
    """A comparison that is there, and the session that may see it."""

    browser: Browser
    url: str
    session: Any


def compare(browser: Browser, stack: Stack, clip_library: ClipLibrary) -> Compared:
    files = (
        clip_library.get("first-cut.mp4", clips.REEL),
        clip_library.get("second-cut.mp4", EDIT.pieces, crf=26),
    )
    context = browser.new_context(locale=ENGLISH)
    page = context.new_page()
    page.goto(stack.url)
    for letter, file in zip("AB", files, strict=True):
        page.get_by_label(f"Version {letter}", exact=True).set_input_files(file)
    expect(page.get_by_test_id("difference").first).to_be_visible(timeout=WORK_MS)
    found = Compared(browser, page.url, context.storage_state())
    context.close()
    return found


def opened(
    compared: Compared,
    scheme: Scheme = "dark",
    width: int = 1440,
    height: int | None = None,
    locale: str = ENGLISH,
) -> Page:
    """A page of its own that shows it, for a reader of that language; close its context."""
    context = compared.browser.new_context(
        storage_state=compared.session,
        color_scheme=scheme,
        locale=locale,
        viewport={"width": width, "height": height or width * 5 // 8},
    )
    page = context.new_page()
    page.goto(compared.url)
    expect(page.get_by_test_id("verdict")).to_have_text(VERDICTS[locale], timeout=WORK_MS)
    return page
