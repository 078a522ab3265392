"""Which framing makes two videos alike: candidates first, then the best one fitted."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from services.compare.frames.fingerprints import Frames, IntArray
from services.compare.looks.framing import Axis, Framing
from services.compare.looks.matching import Matches, Samples, nearby, standardised
from services.compare.looks.overlays import unlike_throughout
from services.compare.looks.tuning import LooksTuning
from services.compare.timeline import Cells

# How much of A's width or height B shows: zooms, and the bars of the usual shapes of pictures.
_THIRDS = (-0.5, 0.0, 0.5)
_FIFTHS = (-0.5, -0.25, 0.0, 0.25, 0.5)
_ZOOMS = {
    **dict.fromkeys((0.9, 0.82, 1.1, 1.2, 1.33, 1.5, 1.78), _THIRDS),
    **dict.fromkeys((0.74, 0.66, 0.58), _FIFTHS),
}
_BARS = (1.07, 1.15, 1.24, 1.33, 1.5, 1.78)
_TURNED = (
    Framing(mirrored=True),
    Framing(negative=True),
    Framing(mirrored=True, negative=True),
)
# Candidates are screened by this many moments, and the best few tried by all.
_SCREENED, _TRIED = 60, 5
# The same where it is known which frames belong together.
_TRIED_PAIRED = 2
_LEAST_SHARED, _LEAST_SCALE, _MOST_SCALE = 60, 0.4, 2.5


@dataclass(frozen=True)
class _Effort:
    """How many matches a framing is fitted to, and between which steps, in fractions of the
    picture."""

    matches: int
    first_step: float
    last_step: float


_ROUGH = _Effort(matches=30, first_step=0.03, last_step=0.004)
_FINE = _Effort(matches=80, first_step=0.008, last_step=0.0008)


@dataclass(frozen=True)
class Framed:
    """A framing, and the frames that match under it."""

    framing: Framing
    matches: Matches

    @property
    def weight(self) -> float:
        """How much speaks for it."""
        return _weight(self.matches) * math.sqrt(self.framing.shared.mean())


def plain_framing(samples: Samples, *, tuning: LooksTuning) -> Framed:
    """No framing at all, with its matches to the frame, if need be without what seems to be an
    overlay: on a page that is nearly white a logo has most of the contrast."""
    plain = Framing()
    whole = _plainly(samples, None, tuning=tuning)
    frames = (each.track.fingerprints[index] for each, index in samples.sides)
    overlay = unlike_throughout(*frames, tuning=tuning)
    if not overlay.any() or 2 * len(whole.matches) > len(samples.index_b):
        return whole
    partly = _plainly(samples, ~overlay & plain.shared, tuning=tuning)
    return max(whole, partly, key=lambda each: len(each.matches))


def _plainly(samples: Samples, compared: Cells | None, *, tuning: LooksTuning) -> Framed:
    plain = Framing()
    matches = samples.matches(plain, compared)
    return Framed(plain, nearby(samples.a, samples.b, matches, plain, compared, tuning=tuning))


def likely_framings(
    samples: Samples, check: Callable[[], None], *, tuning: LooksTuning
) -> list[Framed]:
    """The framings other than none that may hold, fitted, each with its matches to the frame.

    check: called between candidates; raises to stop the work.
    """
    coarse = samples.fewer(_SCREENED)
    weights = []
    for framing in _candidates():
        check()
        weights.append((_weight(coarse.matches(framing)), framing))
    weights.sort(key=lambda each: -each[0])
    # Mirrored and nothing else is likely by itself, and where there is little to go by, such as on
    # pages of text, a fit leads away from it. A negative is hardly ever anything else.
    found = [_plainly_turned(samples, framing, tuning=tuning) for framing in _TURNED]
    for start in [Framing(), *(framing for _, framing in weights[:_TRIED])]:
        check()
        if any(_near(start, known.framing, tuning=tuning) for known in found):
            continue
        fitted = _fitted(samples, start, tuning=tuning)
        if not fitted.framing.is_plain:
            found.append(fitted)
    return found


def _plainly_turned(samples: Samples, framing: Framing, *, tuning: LooksTuning) -> Framed:
    matches = samples.matches(framing)
    return Framed(framing, nearby(samples.a, samples.b, matches, framing, tuning=tuning))


def paired_plainly(a: Frames, b: Frames, index_a: IntArray, index_b: IntArray) -> Framed:
    """No framing at all, for frames that are known to belong together."""
    return _paired(a, b, index_a, index_b, Framing())


def paired_framing(
    a: Frames, b: Frames, index_a: IntArray, index_b: IntArray, *, tuning: LooksTuning
) -> Framed:
    """The framing under which frames that belong together are most alike; never the plain one."""
    pairs = [
        _paired(a, b, index_a, index_b, framing)
        for framing in _candidates()
        if not framing.is_plain
    ]
    pairs.sort(key=lambda each: -each.weight)
    found = []
    for start in pairs[:_TRIED_PAIRED]:
        framing = start.framing
        for effort in (_ROUGH, _FINE):
            framing = fit_framing(a, b, start.matches, framing, effort, tuning=tuning)
        found.append(_paired(a, b, index_a, index_b, framing))
    return max(found, key=lambda each: each.weight)


def _paired(a: Frames, b: Frames, index_a: IntArray, index_b: IntArray, framing: Framing) -> Framed:
    left, right = framing.luma(
        a.track.fingerprints[index_a, ..., 0], b.track.fingerprints[index_b, ..., 0]
    )
    left, _ = standardised(left, framing.shared)
    right, _ = standardised(right, framing.shared)
    correlation = np.einsum("nd,nd->n", left, right)
    return Framed(framing, Matches(index_a=index_a, index_b=index_b, correlation=correlation))


@cache
def _candidates() -> tuple[Framing, ...]:
    """Plain and mirrored; bars of the usual shapes; zooms about several places. They are kept: each
    remembers how it brings pictures onto one grid."""
    return tuple(_usual_framings())


def _usual_framings() -> Iterator[Framing]:
    for mirrored in (False, True):
        yield Framing(mirrored=mirrored)
        for scale in (*_BARS, *(1 / scale for scale in _BARS)):
            yield Framing(vertical=_axis(scale, 0.0), mirrored=mirrored)
            yield Framing(horizontal=_axis(scale, 0.0), mirrored=mirrored)
        for zoom, shifts in _ZOOMS.items():
            for across, down in itertools.product(shifts, shifts):
                yield Framing(
                    horizontal=_axis(zoom, across), vertical=_axis(zoom, down), mirrored=mirrored
                )


def _axis(scale: float, shift: float) -> Axis:
    """shift: -0.5 keeps the left or upper edges together, 0 the middles, 0.5 the others."""
    return Axis(scale=scale, offset=(1 - scale) * (0.5 + shift))


def _near(left: Framing, right: Framing, *, tuning: LooksTuning) -> bool:
    """Whether fitting would make one of the other."""
    pairs = ((left.horizontal, right.horizontal), (left.vertical, right.vertical))
    same_way = (left.mirrored, left.negative) == (right.mirrored, right.negative)
    return same_way and all(
        abs(one.to_a(edge) - other.to_a(edge)) <= tuning.framing_near
        for one, other in pairs
        for edge in (0.0, 1.0)
    )


def _fitted(samples: Samples, start: Framing, *, tuning: LooksTuning) -> Framed:
    """The framing fitted twice: once the pictures lie on each other, more of them are found."""
    framing = start
    for effort in (_ROUGH, _FINE):
        matches = nearby(samples.a, samples.b, samples.matches(framing), framing, tuning=tuning)
        framing = fit_framing(samples.a, samples.b, matches, framing, effort, tuning=tuning)
    return Framed(
        framing, nearby(samples.a, samples.b, samples.matches(framing), framing, tuning=tuning)
    )


def _weight(matches: Matches) -> float:
    """How much the matches say: near-perfect ones far more than fair ones."""
    return float(-np.log(np.maximum(1.02 - matches.correlation, 0.02)).sum())


def fit_framing(
    a: Frames, b: Frames, matches: Matches, start: Framing, effort: _Effort, *, tuning: LooksTuning
) -> Framing:
    """The framing near `start` under which the matches correlate best, by a pattern search
    (Hooke and Jeeves, 1961) over scales and offsets."""
    if len(matches) > effort.matches:
        strongest = np.sort(np.argsort(-matches.correlation, kind="stable")[: 2 * effort.matches])
        chosen = strongest[np.linspace(0, len(strongest) - 1, effort.matches).astype(np.int64)]
        index_a, index_b = matches.index_a[chosen], matches.index_b[chosen]
    else:
        index_a, index_b = matches.index_a, matches.index_b
    if len(index_a) == 0:
        return start
    luma_a = a.track.fingerprints[index_a, ..., 0]
    luma_b = b.track.fingerprints[index_b, ..., 0]

    def cost(framing: Framing) -> float:
        axes = (framing.horizontal, framing.vertical)
        if any(not _LEAST_SCALE <= axis.scale <= _MOST_SCALE for axis in axes):
            return 2.0
        if framing.shared.sum() < _LEAST_SHARED:
            return 2.0
        left, right = framing.luma(luma_a, luma_b)
        left, clear_left = standardised(left, framing.shared)
        right, clear_right = standardised(right, framing.shared)
        clear = clear_left & clear_right
        if not clear.any():
            return 2.0
        # The better half: a look does not hold where the content differs.
        apart = np.sort(1.0 - np.einsum("nd,nd->n", left[clear], right[clear]))
        return float(apart[: len(apart) // 2 + 1].mean())

    best, lowest = start, cost(start)
    step = effort.first_step
    while step >= effort.last_step:
        moved = False
        for axis, part, sign in itertools.product(
            ("horizontal", "vertical"), ("middle", "scale"), (-1, 1)
        ):
            tried = _stepped(best, axis, part, sign * step)
            value = cost(tried)
            if value < lowest - 1e-7:
                best, lowest, moved = tried, value, True
        if not moved:
            step /= 2
    return replace(
        best,
        horizontal=_settled(best.horizontal, tuning=tuning),
        vertical=_settled(best.vertical, tuning=tuning),
    )


def _settled(axis: Axis, *, tuning: LooksTuning) -> Axis:
    """The axis, or none where that is as good: nothing is smoothed without need."""
    near = (
        abs(axis.scale - 1) <= tuning.framing_no_scale
        and abs(axis.to_a(0.5) - 0.5) <= tuning.framing_no_scale
    )
    return Axis() if near else axis


def _stepped(framing: Framing, direction: str, part: str, step: float) -> Framing:
    axis: Axis = getattr(framing, direction)
    if part == "middle":
        changed = Axis(scale=axis.scale, offset=axis.offset + step)
    else:
        # About the middle of B, so that scale and offset are nearly independent.
        changed = Axis(scale=axis.scale + step, offset=axis.offset - step / 2)
    if direction == "horizontal":
        return replace(framing, horizontal=changed)
    return replace(framing, vertical=changed)
