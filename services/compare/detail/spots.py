"""Spots: small areas of a pair of pictures whose structure differs clearly more than elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.compare.detail.structure import STRIDE, WINDOW, Structure
from services.compare.timeline import Float32

Windows = NDArray[np.bool_]

# A changed letter is apart by half of its contrast and more; encoding by a tenth or two.
_LEAST_SHARE = 0.5
_LEAST_STRENGTH = 17.0
# How many times what is usual in the pair.
_TIMES_USUAL_SHARE, _TIMES_USUAL_STRENGTH = 2.2, 3.0
# Text that changes may be hard to see for a while, in front of what is as bright. So much less is
# a faint spot, which only counts as a part of what is clear at other moments.
_FAINT_SHARE, _FAINT_STRENGTH, _FAINT_TIMES_USUAL = 0.8, 0.45, 2.5
# A spot reaches as far as this share of what makes one clear.
_EDGE = 0.4
# Windows this far apart, in windows, are of one spot: the letters of a word.
_GAP = 3
# More of a picture than this is not a detail of it; less than that is not where the pictures need
# not be of one frame, and everything that moves differs.
_MOST_SHARE_OF_PICTURE, _MOST_SHARE_LOOSELY = 0.35, 0.1


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What is usual in a pair where nothing differs.

    share: of the structured windows three quarters are below. strength: of nearly all windows.
    """

    share: float
    strength: float


@dataclass(frozen=True, kw_only=True)
class Spot:
    """An area in pixels, rows [top, bottom) and columns [left, right), and how far it is apart.

    apart: levels, of the window that differs most. ratio: of its strength to what makes it clear.
    is_clear: whether it is a change for certain; else it may be noise.
    """

    top: int
    left: int
    bottom: int
    right: int
    apart: float
    ratio: float
    is_clear: bool

    def is_near(self, other: Spot, down: float = 0.0, right: float = 0.0) -> bool:
        """Whether it lies on the other one, or beside it, when it is moved by so many pixels."""
        return (
            self.top + down < other.bottom + STRIDE
            and other.top < self.bottom + down + STRIDE
            and self.left + right < other.right + STRIDE
            and other.left < self.right + right + STRIDE
        )


def may_hold_spots(structure: Structure) -> bool:
    """Whether two pictures that need not be of one frame are worth a closer look."""
    clear = (structure.share > _LEAST_SHARE) & (structure.strength > _LEAST_STRENGTH)
    return 0 < float(clear.mean()) <= _MOST_SHARE_LOOSELY


def spots(structure: Structure, usual: Usual, steady: Windows | None = None) -> list[Spot]:
    """The spots of a pair of pictures.

    steady: windows that may count at all; None for all.
    """
    least_share = max(
        _LEAST_SHARE,
        _TIMES_USUAL_SHARE * max(usual.share, structure.usual_share(0.75)),
    )
    least_strength = max(_LEAST_STRENGTH, _TIMES_USUAL_STRENGTH * usual.strength)
    share, strength = structure.share, structure.strength
    clear = (share > least_share) & (strength > least_strength)
    faint_strength = max(_FAINT_STRENGTH * _LEAST_STRENGTH, _FAINT_TIMES_USUAL * usual.strength)
    seeds = (share > _FAINT_SHARE * least_share) & (strength > faint_strength)
    if steady is not None:
        clear &= steady
        seeds &= steady
    seeds |= clear
    if not seeds.any():
        return []
    edge = min(_EDGE * least_strength, faint_strength)
    spread = (strength > edge) & (share > _EDGE * least_share) | seeds
    if spread.mean() > (_MOST_SHARE_OF_PICTURE if steady is None else _MOST_SHARE_LOOSELY):
        return []
    return [
        _spot(group, structure.apart, strength / np.float32(least_strength), clear)
        for group in _groups(spread, seeds)
    ]


def _spot(group: NDArray[np.int64], apart: Float32, ratio: Float32, clear: Windows) -> Spot:
    windows = group[:, 0], group[:, 1]
    (top, left), (bottom, right) = group.min(axis=0).tolist(), group.max(axis=0).tolist()
    return Spot(
        top=top * STRIDE,
        left=left * STRIDE,
        bottom=bottom * STRIDE + WINDOW,
        right=right * STRIDE + WINDOW,
        apart=float(apart[windows].max()),
        ratio=float(ratio[windows].max()),
        is_clear=bool(clear[windows].any()),
    )


def _groups(windows: Windows, seeds: Windows) -> list[NDArray[np.int64]]:
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
                for down in range(-_GAP, _GAP + 1)
                for right in range(-_GAP, _GAP + 1)
            ]
            found = [place for place in near if place in rest]
            rest.difference_update(found)
            pending += found
        groups.append(np.array(group, np.int64))
    return groups
