"""How quick the page is, how well both pictures keep in step, and what it holds after a while.

    python -m tests.bench.page [--only first,long,step,memory] [--minutes 15]

In Chromium, against a SAGE of its own. `first`: what the page loads, compressed, with all that it
fetches ahead; when a file can be chosen; how much the layout moves, then and when a comparison
opens; errors, and hosts but the gateway. `long`: two versions of three hours with 500 regions (the
answer is made here, all else is real): time from the answer to the verdict, then the longest task
(of the processor, which others on the machine do not lengthen, and on the wall) and the pictures of
the screen in a second while the threshold is dragged and the timeline zoomed.
`step`: how far apart the frames on the screen are, told by the browser for each frame, in
milliseconds of the video; seconds in which the browser drew nothing for a tenth of a second say
more of the machine than of the page, and are told apart. `memory`: what JavaScript holds after
a collection, at the start and each minute of looped playing at 4x: an hour of video in 15 minutes.
Ends with status 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.bench.page import recording
from tests.bench.page.first_load import WATCH_SHIFTS, first_load
from tests.bench.page.long_pair import grpc_web_body
from tests.chromium import find_chromium
from tests.fixtures import clips
from tests.fixtures.media import ClipLibrary
from tests.fixtures.stack import ROOT, Stack, running_stack

_PARTS = ("first", "long", "step", "memory")
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
_VIEWPORT = ViewportSize(width=1440, height=900)
_REGIONS = 500
_SIZE = (640, 360)
_WORK_MS = 180_000
_PLAY_MS = 15_000
_WARM_UP_MS = 3_000

_MOST_SCRIPT_KB = 300.0
_MOST_INTERACTIVE_MS = 2000.0
_MOST_SHIFT = 0.01
_MOST_OPENING_MS = 2000.0
_MOST_TASK_MS = 50.0
_MOST_STEP_MS = 40.0
_MOST_GROWTH = 1.1
_LAST_READINGS = 3
_PAIRS = clips.REEL * 3


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.page",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", type=lambda it: it.split(","), default=list(_PARTS))
    parser.add_argument("--minutes", type=float, default=15.0, help="of playing at 4x")
    chosen = parser.parse_args(arguments)
    parts: dict[str, Callable[[Page], bool]] = {
        "long": long_pair,
        "step": step,
        "memory": lambda page: memory(page, chosen.minutes),
    }
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder)) as stack:
        good = [_first(stack), _opened(stack, opening)] if "first" in chosen.only else []
        good += [_opened(stack, parts[name]) for name in parts if name in chosen.only]
    return 0 if all(good) else 1


def _first(stack: Stack) -> bool:
    """The page with nothing kept from before."""
    with _browser() as browser:
        found = first_load(browser.new_page(viewport=_VIEWPORT), stack.url)
    good = _said("first load: script", found.script_bytes / 1000, "KB", _MOST_SCRIPT_KB)
    good &= _said("first load: interactive", found.interactive, "ms", _MOST_INTERACTIVE_MS)
    good &= _said("first load: layout shift", found.shift, "", _MOST_SHIFT)
    for what, names in (("errors", found.errors), ("other hosts", found.foreign)):
        if names:
            print(f"  first load: {what}: {', '.join(names)}")
    return good and not found.errors and not found.foreign


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = find_chromium()
        browser = playwright.chromium.launch(
            executable_path=str(chromium) if chromium else None, args=_ARGUMENTS
        )
        yield browser
        browser.close()


def _opened(stack: Stack, part: Callable[[Page], bool]) -> bool:
    """Runs a part on the page of a comparison of two real videos."""
    library = ClipLibrary(ROOT / "build" / "clips" / "page", ROOT / "build" / "clips" / "page")
    files = (
        library.get("first-cut.mp4", _PAIRS, size=_SIZE),
        library.get("second-cut.mp4", _PAIRS, size=_SIZE, crf=30),
    )
    with _browser() as browser:
        page = browser.new_page(viewport=_VIEWPORT)
        page.goto(stack.url)
        for letter, file in zip("AB", files, strict=True):
            page.get_by_label(f"Version {letter}", exact=True).set_input_files(file)
        expect(page.get_by_test_id("verdict")).not_to_be_empty(timeout=_WORK_MS)
        return part(page)


def opening(page: Page) -> bool:
    """A comparison that is opened by its address."""
    page.add_init_script(WATCH_SHIFTS)
    page.reload()
    strips = page.get_by_test_id("timeline").locator("[style*='background-image']")
    expect(strips.first).to_be_visible(timeout=_WORK_MS)
    page.wait_for_timeout(_WARM_UP_MS)
    return _said("a comparison: layout shift", page.evaluate("window.shifted"), "", _MOST_SHIFT)


def long_pair(page: Page) -> bool:
    """Opening, the threshold and zooming, with three hours and 500 regions."""
    a, b = page.evaluate("[...new URLSearchParams(location.search).values()].slice(0, 2)")
    body = grpc_web_body(_REGIONS, a, b)
    page.route(
        "**/sage.compare.v1.CompareService/CompareVideos",
        lambda route: route.fulfill(
            body=body, headers={"content-type": "application/grpc-web+proto"}
        ),
    )
    page.add_init_script(f"({recording.WATCH_TASKS})(); ({recording.WATCH_VERDICT})()")
    page.reload()
    expect(page.get_by_test_id("verdict")).to_have_text(re.compile("^\\d+ edits"), timeout=_WORK_MS)
    opening = page.evaluate(
        "window.shownAt - performance.getEntriesByType('resource')"
        ".findLast((entry) => entry.name.endsWith('/CompareVideos')).responseEnd"
    )
    good = _said("opening after the answer", opening, "ms", _MOST_OPENING_MS)
    page.wait_for_timeout(_WARM_UP_MS)
    for name, act in (("threshold", _drag), ("zooming", _zoom)):
        found = recording.tasks_of(page, act)
        good &= _said(f"{name}: longest task", found.busiest, "ms", _MOST_TASK_MS)
        print(
            f"    on the wall {found.longest:.0f} ms, {len(found.long)} over 50 ms, "
            f"{found.rate:.0f} pictures a second"
        )
    return good


def _drag(page: Page) -> None:
    box = page.get_by_role("slider", name="Threshold").locator("xpath=../..").bounding_box()
    if box is None:
        raise RuntimeError("the page shows no threshold")
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.2, y)
    page.mouse.down()
    for share in (*np.linspace(0.2, 0.9, 90), *np.linspace(0.9, 0.02, 90)):
        page.mouse.move(box["x"] + box["width"] * share, y)
        page.wait_for_timeout(16)
    page.mouse.up()


def _zoom(page: Page) -> None:
    box = page.get_by_test_id("timeline").bounding_box()
    if box is None:
        raise RuntimeError("the page shows no timeline")
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 20)
    page.keyboard.down("Control")
    for turn in (*[-120] * 30, *[120] * 30):
        page.mouse.wheel(0, turn)
        page.wait_for_timeout(30)
    page.keyboard.up("Control")


def step(page: Page) -> bool:
    """How far apart both pictures are while they play."""
    good = True
    for pace in ("1", "2"):
        page.keyboard.press("Home")
        page.get_by_role("combobox", name="Speed").select_option(pace)
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("Space")
        page.wait_for_timeout(_WARM_UP_MS)
        page.evaluate(recording.WATCH_PICTURES)
        page.wait_for_timeout(_PLAY_MS)
        steps = recording.steps_between(**page.evaluate("window.pictures"))
        page.keyboard.press("Space")
        for label, found in (("always", steps.always), ("not starved", steps.unhindered)):
            if found:
                median, most = np.percentile(found, [50, 95])
                print(f"    {label}: median {median:.1f}, p95 {most:.1f} ms, {len(found)} frames")
        if not steps.unhindered:
            print(f"  {pace}x: the machine never let the browser work for a second")
            good = False
            continue
        most = float(np.percentile(steps.unhindered, 95))
        good &= _said(f"{pace}x: 95 of 100 frames within", most, "ms", _MOST_STEP_MS)
    return good


def memory(page: Page, minutes: float) -> bool:
    """What is held while both versions play, looped, at 4x: at the start, then once a minute."""
    devtools = page.context.new_cdp_session(page)
    page.keyboard.press("Home")
    page.keyboard.press("Shift+I")
    page.keyboard.press("End")
    page.keyboard.press("Shift+O")
    page.get_by_role("combobox", name="Speed").select_option("4")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Space")
    page.wait_for_timeout(10_000)
    held = [(recording.heap_bytes(devtools), recording.nodes(devtools))]
    waits = math.ceil(minutes)
    for _ in range(waits):
        page.wait_for_timeout(minutes / waits * 60_000)
        held.append((recording.heap_bytes(devtools), recording.nodes(devtools)))
    playing = page.evaluate("[...document.querySelectorAll('video')].every((it) => !it.paused)")
    print(
        f"  {minutes:g} minutes at 4x{'' if playing else ', STOPPED'}: "
        f"MB {' '.join(f'{heap / 1e6:.1f}' for heap, _ in held)}, "
        f"nodes {' '.join(str(nodes) for _, nodes in held)}"
    )
    # One reading may come in the middle of something: the last few count.
    after = min(heap for heap, _ in held[-_LAST_READINGS:])
    return _said("heap, after by before", after / held[0][0], "x", _MOST_GROWTH) and playing


def _said(what: str, value: float, unit: str, most: float) -> bool:
    # Pictures change with the screen: what is measured comes in steps, and as sums of floats.
    good = round(value, 2) <= most
    print(f"  {what:<32}{value:8.2f} {unit} (at most {most:g}){'' if good else '  MISSED'}")
    return good


if __name__ == "__main__":
    sys.exit(main())
