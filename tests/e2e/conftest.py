"""A real browser, looking at a real SAGE."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.chromium import find_chromium
from tests.e2e.compared import ENGLISH, Compared, compare
from tests.fixtures.media import ClipLibrary, clip_library, reel
from tests.fixtures.stack import Stack

__all__ = ["clip_library", "reel"]

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)

# A page on a machine with much else to do: what is waited for is seen at once when it is there.
expect.set_options(timeout=20_000)


# Not for the whole session: Playwright's event loop would be in the way of asynchronous tests.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = find_chromium()
        launched = playwright.chromium.launch(
            executable_path=str(chromium) if chromium else None, args=list(_ARGUMENTS)
        )
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A fresh page; anything that it reports on its console as an error fails the test."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, accept_downloads=True, locale=ENGLISH
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    context.close()
    assert not troubles


@pytest.fixture(scope="module")
def compared(browser: Browser, stack: Stack, clip_library: ClipLibrary) -> Compared:
    return compare(browser, stack, clip_library)
