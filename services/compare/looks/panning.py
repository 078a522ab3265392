"""Panning: one version shows a part of the other's picture, and which part changes over time.

Pan and scan frames each shot anew and may move within it. For moments all over the video the frame
and the window are found together; between them windows run straight, and jump at cuts. What is
compared are the cells of the whole picture that lie in every window.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.compare.frames.fingerprints import Frames
from services.compare.looks.framing import SIDE, Framing, brought, smoothing
from services.compare.looks.matching import Matches, Samples
from services.compare.looks.tuning import LooksTuning
from services.compare.looks.window_fit import Moments, fitted
from services.compare.looks.windows import (
    GRID,
    Window,
    always_visible,
    candidates,
    framing_of,
    placed,
)
from services.compare.timeline import Cells, Float64, FrameTrack, UInt8

# Moments under which the candidates are tried first.
_SCREENED = 90
# The level of cells that are not compared.
_NEUTRAL = 128


@dataclass(frozen=True, kw_only=True)
class CommonCells(Framing):
    """Of two tracks that lie on one grid already: the cells that both have, row by row."""

    visible: tuple[bool, ...]

    @property
    def is_still(self) -> bool:
        return False

    @property
    def shared(self) -> Cells:
        return np.array(self.visible).reshape(SIDE, SIDE)


@dataclass(frozen=True, kw_only=True)
class Panning:
    """One version's pictures are windows onto the other's.

    of_a: whether A's are the windows, or B's.
    windows: (n, 4) for each of its frames the width, middle, height and middle of what it shows, in
        fractions of the whole picture.
    visible: (16, 16) cells of the whole picture that lie in every window.
    """

    of_a: bool
    windows: Float64
    visible: Cells

    @property
    def framing(self) -> CommonCells:
        """Of the tracks that `applied` gives."""
        return CommonCells(visible=tuple(self.visible.ravel().tolist()))

    @property
    def scales(self) -> tuple[float, float]:
        """How much of the width and height is usually shown."""
        across, _, down, _ = np.median(self.windows, axis=0).tolist()
        return across, down

    def applied(self, a: FrameTrack, b: FrameTrack) -> tuple[FrameTrack, FrameTrack]:
        """Both tracks on the grid of the whole picture."""
        whole, part = (b, a) if self.of_a else (a, b)
        smooth = [smoothing(np.asarray(self.visible.any(axis=axis))) for axis in (1, 0)]
        one = replace(whole, fingerprints=self._masked(brought(whole.fingerprints, *smooth)))
        out = np.empty_like(part.fingerprints)
        changes = np.flatnonzero(np.any(np.diff(self.windows, axis=0), axis=1)) + 1
        for low, high in itertools.pairwise([0, *changes.tolist(), len(out)]):
            width, across, height, down = self.windows[low].tolist()
            rows, columns = smooth[0] @ placed(height, down), smooth[1] @ placed(width, across)
            out[low:high] = brought(part.fingerprints[low:high], rows, columns)
        other = replace(part, fingerprints=self._masked(out))
        return (other, one) if self.of_a else (one, other)

    def _masked(self, cells: UInt8) -> UInt8:
        cells[:, ~self.visible] = _NEUTRAL
        return cells


def find_panning(
    a: FrameTrack, b: FrameTrack, check: Callable[[], None], *, tuning: LooksTuning
) -> Panning | None:
    """The moving window under which most moments of one side are found in the other; None when
    there is none, or when its places have too little in common.

    check: called between candidates; raises to stop the work.
    """
    for of_a in (False, True):
        whole, part = (Frames(b), Frames(a)) if of_a else (Frames(a), Frames(b))
        found = _moments(_samples(whole, part, tuning=tuning), check, tuning=tuning)
        if found is None:
            continue
        windows = _over_time(part, fitted(whole, part, found, check, tuning=tuning), tuning=tuning)
        visible = always_visible(windows)
        moves = float(np.ptp(windows, axis=0).max()) >= tuning.pan_least_motion
        if moves and visible.sum() >= tuning.pan_least_cells:
            return Panning(of_a=of_a, windows=windows, visible=visible)
    return None


def _samples(whole: Frames, part: Frames, *, tuning: LooksTuning) -> Samples:
    """As looks are found by, with the middle of each scene of the part, if there are not too many:
    windows jump from scene to scene."""
    samples = Samples.of(whole, part, tuning=tuning)
    edges = np.concatenate([[0], part.cuts, [len(part)]])
    middles = (edges[:-1] + edges[1:]) // 2
    if 2 * len(middles) > len(samples.index_b):
        return samples
    beside = np.linspace(0, len(samples.index_b) - 1, len(samples.index_b) - len(middles))
    chosen = np.union1d(samples.index_b[beside.astype(np.int64)], middles)
    return replace(samples, index_b=chosen)


def _moments(samples: Samples, check: Callable[[], None], *, tuning: LooksTuning) -> Moments | None:
    """The best frame and window for each moment that has a steady one, under windows of the
    proportions that suit most of the moments; None when they are too few."""
    coarse = samples.fewer(_SCREENED)
    tried = [(_under(coarse, each, check, tuning=tuning), each) for each in candidates()]
    screened, windows = max(tried, key=lambda each: each[0].weight)
    if len(screened.matches) < tuning.pan_least_share * len(coarse.index_b):
        return None
    return _under(samples, windows, check, tuning=tuning)


def _under(
    samples: Samples, windows: Sequence[Window], check: Callable[[], None], *, tuning: LooksTuning
) -> Moments:
    count = len(samples.index_b)
    correlation = np.full(count, -1.0, np.float32)
    index_a, best = np.zeros(count, np.int64), np.zeros((count, 4))
    for window in windows:
        check()
        found = samples.partners(framing_of(window))
        better = found.correlation > correlation
        correlation[better], index_a[better] = found.correlation[better], found.index_a[better]
        best[better] = window
    every = Matches(index_a=index_a, index_b=samples.index_b, correlation=correlation)
    alike = Moments(matches=every, windows=best).only(correlation >= tuning.match_alike)
    return alike.only(samples.steady(alike.matches))


def _over_time(part: Frames, found: Moments, *, tuning: LooksTuning) -> Float64:
    """(n, 4) the window of each frame: straight between moments of a scene, or resting where they
    hardly differ. A scene without a moment has the window of the one before."""
    out = np.empty((len(part), 4))
    found = found.only(found.matches.correlation >= tuning.pan_alike)
    at = found.matches.index_b
    last = np.median(found.windows, axis=0)
    for low, high in itertools.pairwise([0, *part.cuts.tolist(), len(part)]):
        own = (at >= low) & (at < high)
        if own.any():
            alike = found.matches.correlation[own]
            own[own] = alike >= alike.max() - tuning.pan_less_alike
            moments, windows = at[own], _without_outliers(found.windows[own])
            frames = np.arange(low, high)
            for column in range(4):
                values = windows[:, column]
                rests = float(np.ptp(values)) <= tuning.pan_resting
                out[low:high, column] = (
                    np.median(values) if rests else np.interp(frames, moments, values)
                )
            last = out[high - 1]
        else:
            out[low:high] = last
    return np.rint(out / GRID) * GRID


def _without_outliers(windows: Float64) -> Float64:
    """The median of three neighbours, at each inner place."""
    if len(windows) < 3:
        return windows
    out = windows.copy()
    out[1:-1] = np.median(np.stack([windows[:-2], windows[1:-1], windows[2:]]), axis=0)
    return out
