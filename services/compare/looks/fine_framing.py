"""A framing made finer by detail pictures, which are twenty times as fine as fingerprints.

By 16 x 16 cells a framing is known to a hundredth or two of the picture, in pictures of text even
less: letters would lie beside themselves. One direction is fitted at a time, on pictures that are
averaged along the other one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from services.compare.looks.detail import on_common_grid
from services.compare.looks.framing import Axis, Framing
from services.compare.timeline import Float32

# In fractions of the picture: how far from the known framing it is searched, and in which steps.
_REACH, _FIRST_STEP, _LAST_STEP = 0.03, 0.004, 0.0002
# Pixels of the other direction that are taken together.
_TOGETHER = 8
# Fitted twice, as a line that lies beside itself in one direction blurs in the other one.
_ROUNDS = 2
# How much more alike the pictures have to become: less is chance.
_LEAST_GAIN = 1e-4

Pair = tuple[Float32, Float32]


def finely_framed(framing: Framing, pairs: Sequence[Pair]) -> Framing:
    """The framing near a known one under which pairs of detail pictures are most alike.

    pairs: luma of A and of B at the same moments. A direction that is not framed stays so.
    """
    if framing.is_plain or not pairs:
        return framing
    flipped = [(a, framing.turned(b[None])[0]) for a, b in pairs]
    transposed = [(np.ascontiguousarray(a.T), np.ascontiguousarray(b.T)) for a, b in flipped]
    vertical, horizontal = framing.vertical, framing.horizontal
    for _ in range(_ROUNDS):
        vertical = _fitted(vertical, [_pooled(pair, horizontal) for pair in transposed])
        horizontal = _fitted(horizontal, [_pooled(pair, vertical) for pair in flipped])
    return replace(framing, vertical=vertical, horizontal=horizontal)


def _pooled(pair: Pair, across: Axis) -> Pair:
    """Both pictures on the common grid of their rows, some together; (columns, k) of each."""
    rows = pair[0].shape[0] if across.scale <= 1 else pair[1].shape[0]
    means = on_common_grid(across, rows, pair[0].shape[0], pair[1].shape[0])
    shared = _inside(across, rows)
    out = []
    for picture, mean in zip(pair, means, strict=True):
        moved = (picture if mean is None else mean(picture))[shared]
        count = len(moved) // _TOGETHER
        blocks = moved[: count * _TOGETHER].reshape(count, _TOGETHER, -1).mean(axis=1)
        out.append(np.ascontiguousarray(blocks.T))
    return out[0], out[1]


def _fitted(start: Axis, pairs: Sequence[Pair]) -> Axis:
    """By a pattern search (Hooke and Jeeves, 1961) over where the two edges of B lie in A."""
    if start == Axis():
        return start
    best, least = start, _apart(start, pairs)
    first = least
    step = _FIRST_STEP
    while step >= _LAST_STEP:
        moved = False
        for at_start, at_end in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1)):
            tried = _through(best.to_a(0.0) + at_start * step, best.to_a(1.0) + at_end * step)
            if any(abs(tried.to_a(edge) - start.to_a(edge)) > _REACH for edge in (0.0, 1.0)):
                continue
            value = _apart(tried, pairs)
            if value < least - 1e-7:
                best, least, moved = tried, value, True
        if not moved:
            step /= 2
    return best if least < first - _LEAST_GAIN else start


def _through(at_start: float, at_end: float) -> Axis:
    return Axis(scale=at_end - at_start, offset=at_start)


def _apart(axis: Axis, pairs: Sequence[Pair]) -> float:
    """How unlike the pictures are in what both have of them, by the better half of the pairs."""
    unlike = []
    for a, b in pairs:
        rows = a.shape[0] if axis.scale <= 1 else b.shape[0]
        down_a, down_b = on_common_grid(axis, rows, a.shape[0], b.shape[0])
        shared = _inside(axis, rows)
        left = _centred((a if down_a is None else down_a(a))[shared])
        right = _centred((b if down_b is None else down_b(b))[shared])
        size = float(np.linalg.norm(left) * np.linalg.norm(right))
        unlike.append(1.0 - float((left * right).sum()) / max(size, 1e-6))
    kept = np.sort(unlike)[: len(unlike) // 2 + 1]
    return float(kept.mean())


def _inside(axis: Axis, count: int) -> slice:
    """The pixels of the common grid, `count` of them, that lie in both pictures."""
    low, high = (axis.to_b(0.0), axis.to_b(1.0)) if axis.scale > 1 else (0.0, 1.0)
    if axis.scale <= 1:
        low, high = axis.to_a(0.0), axis.to_a(1.0)
    return slice(max(int(np.ceil(low * count)), 0), min(int(high * count), count))


def _centred(picture: Float32) -> Float32:
    centred: Float32 = picture - picture.mean()
    return centred
