"""When pages come on and go: what the frames of one video do not tell, those of the other may."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.frames.fingerprints import Frames
from services.compare.geometry import Span
from services.compare.pages.stills import Page
from services.compare.timeline import Float64

_Numbers = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Edges:
    """times: (pages + 1,) between the pages of a video, with its start and end. is_sure: (pages +
    1,) whether each is known to the frame."""

    times: Float64
    is_sure: NDArray[np.bool_]

    @classmethod
    def of(cls, pages: Sequence[Page], frames: Frames) -> Edges:
        starts = [float(frames.times[page.first]) for page in pages[1:]]
        return cls(
            times=np.array([0.0, *starts, frames.duration]),
            is_sure=np.array([True, *(page.is_start_sure for page in pages[1:]), True]),
        )

    def page(self, number: int) -> Span:
        return float(self.times[number]), float(self.times[number + 1])

    @property
    def is_page_unsure(self) -> NDArray[np.bool_]:
        """(pages,) whether it is not known to the frame how long each stands."""
        unsure: NDArray[np.bool_] = ~(self.is_sure[:-1] & self.is_sure[1:])
        return unsure


def agreed(a: Edges, b: Edges, orders: Iterable[Iterable[_Numbers]]) -> tuple[Edges, Edges]:
    """The edges of both videos, those that one does not tell as the other one tells them.

    orders: pages of A with those of B that last as long, each in the order of B.
    """
    times_a, times_b = a.times.copy(), b.times.copy()
    sure_a, sure_b = a.is_sure.copy(), b.is_sure.copy()
    for run in (run for order in orders for run in _runs(order)):
        first_a, first_b = run[0]
        at_a = np.arange(first_a, first_a + len(run) + 1)
        at_b = at_a - first_a + first_b
        offsets = a.times[at_a] - b.times[at_b]
        sure = a.is_sure[at_a] & b.is_sure[at_b]
        offset = np.median(offsets[sure] if sure.any() else offsets)
        from_b = ~sure_a[at_a] & sure_b[at_b]
        from_a = ~sure_b[at_b]
        times_a[at_a[from_b]] = times_b[at_b[from_b]] + offset
        times_b[at_b[from_a]] = times_a[at_a[from_a]] - offset
        sure_a[at_a[from_b]] = True
        sure_b[at_b[from_a & sure_a[at_a]]] = True
    return Edges(times=times_a, is_sure=sure_a), Edges(times=times_b, is_sure=sure_b)


def _runs(order: Iterable[_Numbers]) -> list[list[_Numbers]]:
    """Pages that follow each other in both videos."""
    runs: list[list[_Numbers]] = []
    for pair in order:
        if runs and (runs[-1][-1][0] + 1, runs[-1][-1][1] + 1) == pair:
            runs[-1].append(pair)
        else:
            runs.append([pair])
    return runs
