"""What a person waits for who opens the page for the first time."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

# How far the layout has moved, where nobody asked for it: cumulative, a share of the window.
WATCH_SHIFTS = """(() => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
})()"""

# Seconds until the page has settled, so that what it fetches later counts.
_SETTLED_MS = 3000


@dataclass(frozen=True)
class FirstLoad:
    """script_bytes: compressed. interactive: milliseconds until a file can be chosen. shift: the
    layout's, cumulative. errors: of the console and the content policy. foreign: hosts but the
    gateway's that were asked for something."""

    script_bytes: int
    interactive: float
    shift: float
    errors: tuple[str, ...]
    foreign: tuple[str, ...]


def first_load(page: Page, url: str) -> FirstLoad:
    """Opens `url` with nothing kept from before."""
    errors: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.add_init_script(WATCH_SHIFTS)
    page.goto(url, wait_until="commit")
    expect(page.get_by_label("Version A", exact=True)).to_be_enabled()
    interactive = page.evaluate("performance.now()")
    page.wait_for_timeout(_SETTLED_MS)
    scripts = page.evaluate(
        "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'))"
        ".reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"
    )
    return FirstLoad(
        script_bytes=int(scripts),
        interactive=float(interactive),
        shift=float(page.evaluate("window.shifted")),
        errors=tuple(errors),
        foreign=tuple(sorted(hosts - {urlsplit(url).netloc, ""})),
    )
