"""The Chromium of the browser tests: `python -m tests.chromium` finds one, or installs one.

A browser that is there already is used. Otherwise the system's package is installed where that
is allowed (Debian, as root), and at last the browser that Playwright downloads by itself.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from deploy import debian

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_APPLICATIONS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)


def find_chromium() -> Path | None:
    """An installed Chromium or Chrome; `SAGE_TEST_CHROMIUM` names one first."""
    if chosen := os.environ.get("SAGE_TEST_CHROMIUM"):
        return Path(chosen)
    for name in _NAMES:
        if found := shutil.which(name):
            return Path(found)
    candidates = (*_APPLICATIONS, *_downloaded_by_playwright())
    return next((each for each in candidates if each.exists()), None)


def install_chromium() -> Path | None:
    """Installs a Chromium in one of the ways that are open here, and finds it."""
    if debian.install("chromium") and (found := find_chromium()):
        return found
    if debian.runs([sys.executable, "-m", "playwright", "install", "chromium"]):
        return find_chromium()
    return None


def _downloaded_by_playwright() -> Iterable[Path]:
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    cache = Path(folder) if folder else Path.home() / ".cache" / "ms-playwright"
    return sorted(cache.glob("chromium-*/chrome-*/chrome"), reverse=True)


def main() -> int:
    found = find_chromium() or install_chromium()
    if found is None:
        print(
            "sage: no Chromium for the browser tests could be found or installed; install one, "
            "or name one in SAGE_TEST_CHROMIUM",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
