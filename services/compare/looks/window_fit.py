"""Windows fitted to a fraction of a cell, each with the very frame that it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.compare.frames.fingerprints import Frames
from services.compare.looks.matching import Matches, nearby, standardised
from services.compare.looks.tuning import LooksTuning
from services.compare.looks.windows import Window, as_window, framing_of, within
from services.compare.timeline import Float64

# Steps of a window while it is fitted, in fractions of the picture.
_FIRST_STEP, _LAST_STEP = 0.032, 0.004
# Neighbours on each side that say how far apart in time a moment and its frame are.
_NEIGHBOURS = 8


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Frames that belong together, with the (n, 4) windows under which they do."""

    matches: Matches
    windows: Float64

    def only(self, keep: NDArray[np.bool_]) -> Moments:
        """keep: (n,), which of the pairs."""
        return Moments(matches=self.matches.only(keep), windows=self.windows[keep])

    @property
    def weight(self) -> float:
        """How much the matches say: near-perfect ones far more than fair ones."""
        return float(-np.log(np.maximum(1.02 - self.matches.correlation, 0.02)).sum())


def fitted(
    whole: Frames, part: Frames, found: Moments, check: Callable[[], None], *, tuning: LooksTuning
) -> Moments:
    """The windows to a fraction of a cell, each with the very frame that it shows; of one size
    unless most of them say otherwise."""
    free = _searched(whole, part, found, check, resized=True, tuning=tuning)
    again = _in_step(whole, part, free, tuning=tuning)
    sure = free.matches.correlation >= np.median(free.matches.correlation)
    sizes = free.windows[:, ::2]
    size = np.median(sizes[sure], axis=0)
    resized = float(np.median(np.abs(sizes[sure] - size))) > tuning.pan_resting
    if not resized:
        held = free.windows.copy()
        held[:, ::2] = size
        again = replace(again, windows=np.stack([within(as_window(each)) for each in held]))
    return _searched(whole, part, again, check, resized=resized, tuning=None)


def _in_step(whole: Frames, part: Frames, found: Moments, *, tuning: LooksTuning) -> Moments:
    """The moments with the frames that their neighbours say: where the camera moves, a frame that
    is too early looks like one of a window further on."""
    matches = found.matches
    offset = whole.times[matches.index_a] - part.times[matches.index_b]
    weight = -np.log(np.maximum(1.02 - matches.correlation, 0.02)) + 0.1
    agreed = np.empty(len(offset))
    for number, own in enumerate(offset):
        near = slice(max(number - _NEIGHBOURS, 0), number + _NEIGHBOURS + 1)
        close = np.abs(offset[near] - own) <= tuning.pan_same_offset
        order = np.argsort(offset[near][close])
        sums = np.cumsum(weight[near][close][order])
        agreed[number] = offset[near][close][order][np.searchsorted(sums, sums[-1] / 2)]
    index_a = whole.nearest(part.times[matches.index_b] + agreed)
    return replace(found, matches=replace(matches, index_a=index_a))


def _searched(
    whole: Frames,
    part: Frames,
    found: Moments,
    check: Callable[[], None],
    *,
    resized: bool,
    tuning: LooksTuning | None,
) -> Moments:
    """Each window moved to where it fits best. tuning: of the search for the very frame that it
    shows; None where that is known."""
    windows, matches = found.windows.copy(), found.matches
    index_a, correlation = matches.index_a.copy(), matches.correlation.copy()
    for number in range(len(windows)):
        check()
        window, one = as_window(windows[number]), matches.only(np.arange(len(matches)) == number)
        for first_step in (_FIRST_STEP, _FIRST_STEP / 4):
            if tuning is not None:
                one = nearby(whole, part, one, framing_of(window), tuning=tuning)
            window, alike = _best_window(whole, part, one, window, first_step, resized=resized)
        windows[number], correlation[number] = window, alike
        index_a[number] = one.index_a[0]
    return Moments(
        matches=replace(matches, index_a=index_a, correlation=correlation), windows=windows
    )


def _best_window(
    whole: Frames,
    part: Frames,
    match: Matches,
    start: Window,
    first_step: float,
    *,
    resized: bool,
) -> tuple[Window, float]:
    """The window near `start` under which two frames correlate best, and how much, by a pattern
    search (Hooke and Jeeves, 1961) over its place and, if it may be resized, its size."""
    luma_a = whole.track.fingerprints[match.index_a, ..., 0]
    luma_b = part.track.fingerprints[match.index_b, ..., 0]

    def alike(window: Window) -> float:
        framing = framing_of(window)
        left, right = framing.luma(luma_a, luma_b)
        left, _ = standardised(left, framing.shared)
        right, _ = standardised(right, framing.shared)
        return float(left[0] @ right[0])

    best, most = start, alike(start)
    step = first_step
    while step >= _LAST_STEP:
        moved = False
        for tried in _beside(best, step, resized=resized):
            value = alike(tried)
            if value > most + 1e-6:
                best, most, moved = tried, value, True
        if not moved:
            step /= 2
    return best, most


def _beside(window: Window, step: float, *, resized: bool) -> Iterator[Window]:
    """Windows that are a step away, all of them within the picture."""
    width, across, height, down = window
    for sign in (-1, 1):
        if width < 1:
            yield within((width, across + sign * step, height, down))
        if height < 1:
            yield within((width, across, height, down + sign * step))
        if resized:
            zoom = 1 + sign * step
            sizes = [min(each * zoom, 1.0) if each < 1 else 1.0 for each in (width, height)]
            yield within((sizes[0], across, sizes[1], down))
