"""Spots: small areas of a pair of pictures whose structure differs clearly more than elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.compare.detail.structure import STRIDE, WINDOW, Structure
from services.compare.detail.tuning import DetailTuning
from services.compare.timeline import Float32

Windows = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What is usual in a pair where nothing differs.

    share: of the structured windows three quarters are below. strength: of nearly all windows.
    """

    share: float
    strength: float


@dataclass(frozen=True)
class Core:
    """Rows [top, bottom) and columns [left, right) in pixels."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Spot:
    """An area in pixels, rows [top, bottom) and columns [left, right), and how far it is apart.

    core: where it is strongest, by windows. shown: where its pixels are in there; None when that is
    not known. apart: levels, of the window that differs most. ratio: of its strength to what makes
    it clear. is_clear: whether it is a change for certain; else it may be noise.
    """

    top: int
    left: int
    bottom: int
    right: int
    core: Core
    apart: float
    ratio: float
    is_clear: bool
    shown: Core | None = None

    def shown_by(self, apart: Float32, *, tuning: DetailTuning) -> Spot:
        """The spot with what it covers to the pixel: windows reach beyond what is in them.

        apart: (rows, columns) how far the pixels of both pictures are apart, in levels.
        """
        core = self.core
        inside = apart[core.top : core.bottom, core.left : core.right]
        differs = inside > tuning.spot_pixels * inside.max()
        rows, columns = (np.flatnonzero(differs.any(axis=axis)) for axis in (1, 0))
        if len(rows) == 0:
            return self
        top, bottom = core.top + int(rows[0]), core.top + int(rows[-1]) + 1
        left, right = core.left + int(columns[0]), core.left + int(columns[-1]) + 1
        return replace(self, shown=Core(top, left, bottom, right))

    def is_near(self, other: Spot, down: float = 0.0, right: float = 0.0) -> bool:
        """Whether it lies on the other one, or beside it, when it is moved by so many pixels."""
        return (
            self.top + down < other.bottom + STRIDE
            and other.top < self.bottom + down + STRIDE
            and self.left + right < other.right + STRIDE
            and other.left < self.right + right + STRIDE
        )


def may_hold_spots(structure: Structure, *, tuning: DetailTuning) -> bool:
    """Whether two pictures that need not be of one frame are worth a closer look."""
    clear = (structure.share > tuning.spot_least_share) & (
        structure.strength > tuning.spot_least_strength
    )
    return 0 < float(clear.mean()) <= tuning.spot_most_loosely


def spots(
    structure: Structure, usual: Usual, steady: Windows | None = None, *, tuning: DetailTuning
) -> list[Spot]:
    """The spots of a pair of pictures.

    steady: windows that may count at all; None for all.
    """
    least_share = max(
        tuning.spot_least_share,
        tuning.spot_times_usual_share * max(usual.share, structure.usual_share(0.75)),
    )
    least_strength = max(
        tuning.spot_least_strength, tuning.spot_times_usual_strength * usual.strength
    )
    share, strength = structure.share, structure.strength
    clear = (share > least_share) & (strength > least_strength)
    faint_strength = max(
        tuning.faint_strength * tuning.spot_least_strength,
        tuning.faint_times_usual * usual.strength,
    )
    seeds = (share > tuning.faint_share * least_share) & (strength > faint_strength)
    if steady is not None:
        clear &= steady
        seeds &= steady
    seeds |= clear
    if not seeds.any():
        return []
    edge = min(tuning.spot_edge * least_strength, faint_strength)
    spread = (strength > edge) & (share > tuning.spot_edge * least_share) | seeds
    if spread.mean() > (
        tuning.spot_most_of_picture if steady is None else tuning.spot_most_loosely
    ):
        return []
    return [
        _spot(group, structure.apart, strength / np.float32(least_strength), clear, tuning=tuning)
        for group in _groups(spread, seeds, tuning=tuning)
    ]


def _spot(
    group: NDArray[np.int64],
    apart: Float32,
    ratio: Float32,
    clear: Windows,
    *,
    tuning: DetailTuning,
) -> Spot:
    windows = group[:, 0], group[:, 1]
    own = ratio[windows]
    return Spot(
        *_sides(group),
        core=Core(*_sides(group[own >= tuning.spot_core * own.max()])),
        apart=float(apart[windows].max()),
        ratio=float(ratio[windows].max()),
        is_clear=bool(clear[windows].any()),
    )


def _sides(group: NDArray[np.int64]) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of some windows, in pixels."""
    (top, left), (bottom, right) = group.min(axis=0).tolist(), group.max(axis=0).tolist()
    return top * STRIDE, left * STRIDE, bottom * STRIDE + WINDOW, right * STRIDE + WINDOW


def _groups(windows: Windows, seeds: Windows, *, tuning: DetailTuning) -> list[NDArray[np.int64]]:
    """The places of windows that are near each other, group by group, each with a seed.

    seeds: some of the windows.
    """
    rest = {(int(row), int(column)) for row, column in np.argwhere(windows)}
    groups = []
    for seed in np.argwhere(seeds).tolist():
        first = seed[0], seed[1]
        if first not in rest:
            continue
        rest.remove(first)
        pending = [first]
        group = []
        while pending:
            row, column = pending.pop()
            group.append((row, column))
            near = [
                (row + down, column + right)
                for down in range(-tuning.spot_gap, tuning.spot_gap + 1)
                for right in range(-tuning.spot_gap, tuning.spot_gap + 1)
            ]
            found = [place for place in near if place in rest]
            rest.difference_update(found)
            pending += found
        groups.append(np.array(group, np.int64))
    return groups
