"""Pages of one template, a board that fills up: still pictures that hardly differ.

Between such pages a few cells change by a little, which is less than what an encoder does to other
material. So the cells that change most take the place of the others, what all pictures share is
taken out of them, and what is left is enlarged: lines are found as between pictures of ordinary
contrast. Only the search for lines sees it: how far apart contents are is measured on the pictures
as they are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from services.compare.frames.fingerprints import Frames, IntArray, frame_distances
from services.compare.timeline import Float32, FrameTrack, UInt8

# Levels: unrelated pictures of one template are nearer to each other than this, and are to be
# brought as far apart as that; what encoding does to them must stay below the last figure.
_ALIKE, _APART, _QUIET = 2.0, 16.0, 0.5
_OTHER_PAGES = 0.75
# Frames of pages that stand change by less than this share of what pages are apart. What moves, be
# it by little, has lines enough.
_STILL = 0.1
# A gain below the first is not worth it; above the second, rounding is all that grows.
_LEAST_GAIN, _MOST_GAIN = 4.0, 24.0
_PAIRS, _MOMENTS, _CANDIDATES = 600, 60, 4000
# So many cells are kept, each over two by two, which leaves them whole when cells are pooled.
_KEPT = 64
_BLOCK = 4096


def without_template(a: Frames, b: Frames) -> tuple[Frames, Frames]:
    """Both tracks with their differences enlarged, where all their pictures look alike; else as
    they are."""
    random = np.random.default_rng(0)
    pairs = random.integers(0, len(a), _PAIRS), random.integers(0, len(b), _PAIRS)
    apart = _different(frame_distances(a, b, *pairs))
    if not 0 < apart <= _ALIKE or max(_motion(a), _motion(b)) > _STILL * apart:
        return a, b
    chosen = np.concatenate([_cells(a, _spread(a, _PAIRS)), _cells(b, _spread(b, _PAIRS))])
    cells = np.sort(np.argsort(-chosen.std(axis=0).sum(axis=1), kind="stable")[:_KEPT])
    gain = _gain(a, b, cells, pairs)
    if gain < _LEAST_GAIN:
        return a, b
    shared: Float32 = np.median(chosen[:, cells], axis=0).astype(np.float32)
    enlarged = [Frames(_enlarged(each.track, cells, shared, gain)) for each in (a, b)]
    return enlarged[0], enlarged[1]


def _different(distances: Float32) -> float:
    """How far two pages are apart. Of few pages, many pairs are one page with itself."""
    return float(np.quantile(distances, _OTHER_PAGES))


def _motion(frames: Frames) -> float:
    """How far a frame usually is from the one before, in levels."""
    index = _spread(frames, _PAIRS)[1:]
    if len(index) == 0:
        return 0.0
    return float(np.median(frame_distances(frames, frames, index - 1, index)))


def _gain(a: Frames, b: Frames, cells: IntArray, pairs: tuple[IntArray, IntArray]) -> float:
    """By how much the chosen cells may be enlarged, for pictures to be apart and noise not."""
    apart = _different(_apart(_cells(a, pairs[0])[:, cells], _cells(b, pairs[1])[:, cells]))
    candidates = _cells(a, _spread(a, _CANDIDATES))[:, cells]
    nearest = [
        float(_apart(candidates, moment[None]).min())
        for moment in _cells(b, _spread(b, _MOMENTS))[:, cells]
    ]
    noise = float(np.median(nearest))
    return min(_APART / max(apart, 1e-3), _QUIET / max(noise, 1e-3), _MOST_GAIN)


def _cells(frames: Frames, index: IntArray) -> UInt8:
    """(n, 256, 3) the cells of some frames."""
    return frames.flat[index].reshape(len(index), -1, 3)


def _apart(left: UInt8, right: UInt8) -> Float32:
    """(n,) mean absolute differences, in levels."""
    levels = np.abs(left.astype(np.float32) - right)
    means: Float32 = levels.mean(axis=(1, 2))
    return means


def _spread(frames: Frames, most: int) -> IntArray:
    return np.unique(np.linspace(0, len(frames) - 1, min(most, len(frames))).astype(np.int64))


def _enlarged(track: FrameTrack, cells: IntArray, shared: Float32, gain: float) -> FrameTrack:
    out: UInt8 = np.empty_like(track.fingerprints)
    side = int(np.sqrt(_KEPT))
    for start in range(0, len(out), _BLOCK):
        block = track.fingerprints[start : start + _BLOCK]
        own: NDArray[np.float32] = block.reshape(len(block), -1, 3)[:, cells] - shared
        levels = np.clip(np.rint(128 + gain * own), 0, 255).astype(np.uint8)
        square = levels.reshape(len(block), side, side, 3)
        out[start : start + _BLOCK] = square.repeat(2, axis=1).repeat(2, axis=2)
    return replace(track, fingerprints=out)
