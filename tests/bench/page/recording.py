"""What is read off the page while it works: long tasks, frames of the screen and of the videos."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from playwright.sync_api import CDPSession, Page

_TASKS = "disabled-by-default-devtools.timeline"

# Long tasks of the main thread, and the time between pictures of the screen, in milliseconds.
WATCH_TASKS = """() => {
  window.measured = { tasks: [], frames: [] };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.measured.tasks.push(entry.duration);
  }).observe({ type: "longtask" });
  let last = performance.now();
  const frame = (now) => {
    window.measured.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""

# When the verdict was there, in milliseconds of the page's clock.
WATCH_VERDICT = """() => {
  const look = () => {
    const verdict = document.querySelector("[data-testid=verdict]")?.textContent ?? "";
    if (!/^\\d+ edits/.test(verdict)) requestAnimationFrame(look);
    else window.shownAt = performance.now();
  };
  requestAnimationFrame(look);
}"""

# [when it is on the screen in ms, its time in the file in s] of every frame, for A and B, and when
# each picture of the screen was begun.
WATCH_PICTURES = """() => {
  const found = { a: [], b: [], screen: [] };
  window.pictures = found;
  [...document.querySelectorAll("video")].forEach((video, side) => {
    const seen = (now, { expectedDisplayTime, mediaTime }) => {
      if (window.pictures !== found) return;
      found[side === 0 ? "a" : "b"].push([expectedDisplayTime, mediaTime]);
      video.requestVideoFrameCallback(seen);
    };
    video.requestVideoFrameCallback(seen);
  });
  const frame = (now) => {
    if (window.pictures !== found) return;
    found.screen.push(now);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""
# Without a picture of the screen for this long, the browser itself was kept from working.
_STARVED_MS = 100.0


@dataclass(frozen=True)
class Tasks:
    """Milliseconds of each task over 50 ms, of the processor in the longest, and between pictures
    of the screen."""

    long: tuple[float, ...]
    busiest: float
    frames: tuple[float, ...]

    @property
    def longest(self) -> float:
        return max(self.long, default=0.0)

    @property
    def rate(self) -> float:
        """Pictures of the screen in a second."""
        return 1000 / float(np.mean(self.frames)) if self.frames else 0.0


def tasks_of(page: Page, act: Callable[[Page], None]) -> Tasks:
    """What the page's main thread does meanwhile."""
    browser = page.context.browser
    if browser is None:
        raise RuntimeError("the page has no browser of its own")
    browser.start_tracing(page=page, categories=["-*", _TASKS])
    page.evaluate("window.measured = { tasks: [], frames: [] }")
    act(page)
    # Observers are told a moment later.
    page.wait_for_timeout(300)
    found = page.evaluate("window.measured")
    trace = json.loads(browser.stop_tracing())["traceEvents"]
    return Tasks(tuple(found["tasks"]), _busiest(trace), tuple(found["frames"]))


def _busiest(trace: Sequence[dict[str, Any]]) -> float:
    """Milliseconds of the processor in the longest task of a renderer's main thread."""
    mains = {
        (each["pid"], each["tid"])
        for each in trace
        if each["name"] == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    tasks = (
        each.get("tdur", 0) / 1000
        for each in trace
        if each["name"] == "RunTask" and (each["pid"], each["tid"]) in mains
    )
    return max(tasks, default=0.0)


@dataclass(frozen=True)
class Steps:
    """Milliseconds of the videos by which both pictures are apart, at each new picture: always, and
    in the seconds in which the machine let the browser work."""

    always: tuple[float, ...]
    unhindered: tuple[float, ...]


def steps_between(
    a: Sequence[Sequence[float]], b: Sequence[Sequence[float]], screen: Sequence[float]
) -> Steps:
    """Compares frames, not clocks: at every frame of one side, the time that the other one is at,
    on the line between the frames that it shows before and after."""
    starved = {
        int(at // 1000)
        for before, after in pairwise(screen)
        if after - before > _STARVED_MS
        for at in (before, after)
    }
    steps: list[float] = []
    unhindered: list[float] = []
    for own, other in ((a, b), (b, a)):
        if len(own) < 2 or len(other) < 2:
            continue
        when, where = np.array(other).T
        order = np.argsort(when)
        when, where = when[order], where[order]
        for at, shown in own:
            if when[0] <= at <= when[-1]:
                step = abs(shown - float(np.interp(at, when, where))) * 1000
                steps.append(step)
                if int(at // 1000) not in starved:
                    unhindered.append(step)
    return Steps(tuple(steps), tuple(unhindered))


def heap_bytes(devtools: CDPSession) -> int:
    """What JavaScript holds, once the garbage is gone."""
    for _ in range(2):
        devtools.send("HeapProfiler.collectGarbage")
    return int(devtools.send("Runtime.getHeapUsage")["usedSize"])


def nodes(devtools: CDPSession) -> int:
    """Nodes of documents that the browser holds, in use or not."""
    return int(devtools.send("Memory.getDOMCounters")["nodes"])
