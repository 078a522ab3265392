"""Blending: frames of one version that are made of neighbouring frames of the other.

Interlaced against progressive, converted frame rates and added motion blur mix pictures of
different moments. The mix that is the same throughout is fitted and made on the other side too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.compare.frames.fingerprints import Frames
from services.compare.looks.matching import Matches
from services.compare.looks.tuning import LooksTuning
from services.compare.timeline import FrameTrack, UInt8

_BLOCK = 4096
_MOST_WEIGHT = 0.67
# A share of a neighbour stands for the moment half-way to it: in uneven motion the moment itself
# may be as far off as the neighbour, and a bit more for what encoding adds.
_SLACK = 2.4
_LEAST_MOMENTS = 12


@dataclass(frozen=True)
class Blending:
    """of_a: whether A's frames are to be blended, or B's. earlier, later: the share of the frame
    before and of the one after. residual: the median difference that it leaves, in levels."""

    of_a: bool
    earlier: float
    later: float
    residual: float

    def applied(self, a: FrameTrack, b: FrameTrack) -> tuple[FrameTrack, FrameTrack]:
        """Both tracks, one of them blended."""
        return (self._blended(a), b) if self.of_a else (a, self._blended(b))

    def _blended(self, track: FrameTrack) -> FrameTrack:
        """Never over a cut, where the frames of both scenes are whole."""
        cells, cuts = track.fingerprints, Frames(track).cuts
        out = np.empty_like(cells)
        for start in range(0, len(cells), _BLOCK):
            index = np.arange(start, min(start + _BLOCK, len(cells)))
            own = cells[index].astype(np.float32)
            mixed = own.copy()
            for step, share in ((-1, self.earlier), (1, self.later)):
                change = cells[np.clip(index + step, 0, len(cells) - 1)] - own
                change[np.isin(np.maximum(index, index + step), cuts)] = 0.0
                mixed += share * change
            out[index] = np.clip(np.rint(mixed), 0, 255)
        slack = _SLACK * max(self.earlier, self.later)
        return replace(track, fingerprints=out, motion_slack=slack)


def find_blending(
    a: FrameTrack, b: FrameTrack, matches: Matches, *, tuning: LooksTuning
) -> Blending | None:
    """The blending that explains most of what moving pictures differ by; None without one."""
    fits = []
    for of_a in (True, False):
        source, target = (a, b) if of_a else (b, a)
        index, aim = (
            (matches.index_a, matches.index_b) if of_a else (matches.index_b, matches.index_a)
        )
        inner = (index > 0) & (index < len(source.times) - 1)
        fit = _fit(
            source.fingerprints, target.fingerprints, index[inner], aim[inner], of_a, tuning=tuning
        )
        if fit is not None:
            fits.append(fit)
    return min(fits, key=lambda fit: fit.residual, default=None)


def _fit(
    source: UInt8,
    target: UInt8,
    index: NDArray[np.int64],
    aim: NDArray[np.int64],
    of_a: bool,
    *,
    tuning: LooksTuning,
) -> Blending | None:
    own = source[index].astype(np.float32)
    changes = [source[index + step].astype(np.float32) - own for step in (-1, 1)]
    wanted = target[aim].astype(np.float32) - own
    motion = np.maximum(_means(changes[0]), _means(changes[1]))
    moving = (motion > tuning.blend_motion) & (motion < tuning.blend_most_motion)
    if moving.sum() < _LEAST_MOMENTS:
        return None
    columns = np.stack([change[moving].ravel() for change in changes], axis=1)
    shares, *_ = np.linalg.lstsq(columns, wanted[moving].ravel(), rcond=None)
    earlier, later = (float(share) for share in np.clip(shares, 0.0, _MOST_WEIGHT))
    if max(earlier, later) < tuning.blend_least_weight:
        return None
    left = wanted - earlier * changes[0] - later * changes[1]
    before, after = _means(wanted[moving]), _means(left[moving])
    if float(np.median(after)) > tuning.blend_explained * float(np.median(before)):
        return None
    return Blending(of_a, earlier, later, float(np.median(_means(left))))


def _means(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    out: NDArray[np.float32] = np.abs(cells).reshape(len(cells), -1).mean(axis=1)
    return out
