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
from services.compare.frames.tuning import TUNED, FramesTuning
from services.compare.timeline import Float32, FrameTrack, UInt8

_OTHER_PAGES = 0.75
_PAIRS, _MOMENTS, _CANDIDATES = 600, 60, 4000
# So many cells are kept, each over two by two, which leaves them whole when cells are pooled.
_KEPT = 64
_BLOCK = 4096


def without_template(
    a: Frames, b: Frames, *, tuning: FramesTuning = TUNED
) -> tuple[Frames, Frames]:
    """Both tracks with their differences enlarged, where all their pictures look alike; else as
    they are."""
    random = np.random.default_rng(0)
    pairs = random.integers(0, len(a), _PAIRS), random.integers(0, len(b), _PAIRS)
    apart = _different(frame_distances(a, b, *pairs))
    if (
        not 0 < apart <= tuning.template_alike
        or max(_motion(a), _motion(b)) > tuning.template_still * apart
    ):
        return a, b
    chosen = np.concatenate([_cells(a, _spread(a, _PAIRS)), _cells(b, _spread(b, _PAIRS))])
    cells = np.sort(np.argsort(-chosen.std(axis=0).sum(axis=1), kind="stable")[:_KEPT])
    standing = _standing(a, b, cells)
    gain = _gain(a, b, cells, pairs, standing, tuning=tuning)
    if gain < tuning.template_least_gain:
        return a, b
    shared: Float32 = np.median(chosen[:, cells], axis=0).astype(np.float32)
    return (
        Frames(_enlarged(a.track, cells, shared, gain)),
        Frames(_enlarged(b.track, cells, shared + standing, gain)),
    )


def _different(distances: Float32) -> float:
    """How far two pages are apart. Of few pages, many pairs are one page with itself."""
    return float(np.quantile(distances, _OTHER_PAGES))


def _motion(frames: Frames) -> float:
    """How far a frame usually is from the one before, in levels."""
    index = _spread(frames, _PAIRS)[1:]
    if len(index) == 0:
        return 0.0
    return float(np.median(frame_distances(frames, frames, index - 1, index)))


def _standing(a: Frames, b: Frames, cells: IntArray) -> Float32:
    """(cells, 3) by how much B's chosen cells differ on whatever page, in levels: what rounding and
    resampling leave of a look that was taken away, which is as much as pages are apart."""
    candidates = _cells(a, _spread(a, _CANDIDATES))[:, cells]
    moments = _cells(b, _spread(b, _MOMENTS))[:, cells].astype(np.float32)
    nearest = [candidates[int(_apart(candidates, moment[None]).argmin())] for moment in moments]
    standing: Float32 = np.median(moments - np.stack(nearest), axis=0).astype(np.float32)
    return standing


def _gain(
    a: Frames,
    b: Frames,
    cells: IntArray,
    pairs: tuple[IntArray, IntArray],
    standing: Float32,
    *,
    tuning: FramesTuning,
) -> float:
    """By how much the chosen cells may be enlarged, for pictures to be apart and noise not."""
    of_b = _cells(b, pairs[1])[:, cells] - standing
    apart = _different(_apart(_cells(a, pairs[0])[:, cells], of_b))
    candidates = _cells(a, _spread(a, _CANDIDATES))[:, cells]
    nearest = [
        float(_apart(candidates, moment[None]).min())
        for moment in _cells(b, _spread(b, _MOMENTS))[:, cells] - standing
    ]
    noise = float(np.median(nearest))
    return min(
        tuning.template_apart / max(apart, 1e-3),
        tuning.template_quiet / max(noise, 1e-3),
        tuning.template_most_gain,
    )


def _cells(frames: Frames, index: IntArray) -> UInt8:
    """(n, 256, 3) the cells of some frames."""
    return frames.flat[index].reshape(len(index), -1, 3)


def _apart(left: UInt8, right: UInt8 | Float32) -> Float32:
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
