"""Looks through a region that shows the same on both sides for what is not the same in detail."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable

import numpy as np

from services.compare.detail.moments import Moment, moments
from services.compare.detail.spots import Spot, Usual, Windows, may_hold_spots, spots
from services.compare.detail.structure import (
    Filter,
    Structure,
    compared,
    fitted_filter,
    least,
    loudest,
)
from services.compare.detail.track import DetailPictures
from services.compare.detail.trails import Trail, Trails
from services.compare.detail.tuning import DetailTuning
from services.compare.frames.fingerprints import Frames
from services.compare.timeline import Cells, Float32, Region

# So many moments say what the encoders did and what is usual in a region.
_FITTED_MOMENTS = 12
_KEPT_CHANGES = 4


class DetailPair:
    """The detail tracks of both videos, with the frames that they were taken from."""

    def __init__(
        self,
        a: DetailPictures,
        b: DetailPictures,
        frames_a: Frames,
        frames_b: Frames,
        hidden: Cells | None = None,
        *,
        tuning: DetailTuning,
    ) -> None:
        """hidden: (16, 16) cells of the pictures that are not to be compared."""
        self._tuning = tuning
        self._a, self._b = a, b
        self._hidden = hidden
        self._frames_a, self._frames_b = frames_a, frames_b
        self._own_a, self._own_b = OwnChanges(a, tuning=tuning), OwnChanges(b, tuning=tuning)

    def trails(self, region: Region, check: Callable[[], None]) -> list[Trail]:
        """Where and for how long spots of a region stay, or move steadily. Raises DamagedDetail."""
        found = moments(region, self._a, self._b, self._frames_a, self._frames_b)
        if len(found) < 2:
            return []
        chosen = fitted_on(found, _FITTED_MOMENTS)
        pairs = [self._pair(moment.a, moment.b) for moment in chosen]
        check()
        fitted = fitted_filter(pairs, tuning=self._tuning)
        usual = _usual(
            [self._seen(compared(*fitted.applied(a, b), tuning=self._tuning)) for a, b in pairs],
            tuning=self._tuning,
        )
        trails = Trails(pairs[0][0].shape, tuning=self._tuning)
        last: tuple[int, int, int | None] | None = None
        seen: list[Spot] = []
        for moment in found:
            check()
            if (moment.a, moment.b, moment.b_too) != last:
                seen = self._spots(moment, fitted, usual)
                last = moment.a, moment.b, moment.b_too
            trails.add(moment.time, seen, is_exact=moment.is_exact)
        return trails.finished()

    def _pair(self, number_a: int, number_b: int) -> tuple[Float32, Float32]:
        a = self._a.picture(number_a)
        return a, resized(self._b.picture(number_b), a.shape)

    def _spots(self, moment: Moment, fitted: Filter, usual: Usual) -> list[Spot]:
        a, b = fitted.applied(*self._pair(moment.a, moment.b))
        if loudest(a, b) < self._tuning.least_difference:
            return []
        structure = self._seen(compared(a, b, tuning=self._tuning))
        if moment.is_exact:
            found = spots(structure, usual, tuning=self._tuning)
            if found and self._hidden is not None:
                found = self._shifted(a, b, usual)
            return [spot.shown_by(np.abs(a - b), tuning=self._tuning) for spot in found]
        if moment.b_too is not None:
            other = compared(
                *fitted.applied(*self._pair(moment.a, moment.b_too)), tuning=self._tuning
            )
            structure = self._seen(least(structure, other, tuning=self._tuning))
        if not may_hold_spots(structure, tuning=self._tuning):
            return []
        return spots(structure, usual, self._steady(moment, structure), tuning=self._tuning)

    def _shifted(self, a: Float32, b: Float32, usual: Usual) -> list[Spot]:
        """The spots that are none by a fit which is a pixel off somewhere in the picture."""
        structure = self._seen(compared(a, b, tuning=self._tuning))
        for down, right in itertools.product((-1, 0, 1), repeat=2):
            moved = np.roll(b, (down, right), axis=(0, 1))
            structure = least(
                structure, self._seen(compared(a, moved, tuning=self._tuning)), tuning=self._tuning
            )
        return spots(structure, usual, tuning=self._tuning)

    def _seen(self, structure: Structure) -> Structure:
        """Without the windows that touch a hidden cell."""
        return structure if self._hidden is None else structure.outside(self._hidden)

    def _steady(self, moment: Moment, structure: Structure) -> Windows:
        """The windows that are further apart than either video from its neighbouring pictures."""
        own_a = self._own_a.of(moment.a)
        own_b = _resized_windows(self._own_b.of(moment.b), own_a.shape)
        return structure.apart > self._tuning.spot_times_own_change * np.maximum(own_a, own_b)


def fitted_on(found: list[Moment], most: int) -> list[Moment]:
    """Moments, spread out, of which the pictures are surely of one frame if there are any."""
    exact = [moment for moment in found if moment.is_exact] or found
    places = np.linspace(0, len(exact) - 1, min(most, len(exact)))
    return [exact[int(place)] for place in np.unique(places.round())]


def _usual(structures: list[Structure], *, tuning: DetailTuning) -> Usual:
    """The medians over the moments: what differs for less than half of the time is not usual.

    What moves is in any one window for a short while only, however long it is in the picture.
    """
    strengths = np.stack([each.strength for each in structures])
    in_most = np.quantile(np.quantile(strengths, 0.75, axis=0), 0.98)
    return Usual(
        share=float(np.median([each.usual_share(0.75) for each in structures])),
        strength=min(
            float(np.median([np.quantile(each, 0.98) for each in strengths])),
            tuning.usual_times_lasting * float(in_most),
        ),
    )


class OwnChanges:
    """How far the windows of a track's pictures are apart from those of its next pictures."""

    def __init__(self, track: DetailPictures, *, tuning: DetailTuning) -> None:
        self._tuning = tuning
        self._track = track
        # From a picture to the one behind it; both of two neighbours ask for it.
        self._following: OrderedDict[int, Float32] = OrderedDict()

    def of(self, number: int) -> Float32:
        """Of each window, from the picture before or to the one behind, whichever is less."""
        near = [at for at in (number - 1, number) if 0 <= at < len(self._track) - 1]
        if not near:
            own = self._track.picture(number)
            return np.full_like(compared(own, own, tuning=self._tuning).apart, np.inf)
        nearest: Float32 = np.minimum.reduce([self._from(at) for at in near])
        return nearest

    def _from(self, number: int) -> Float32:
        known = self._following.get(number)
        if known is None:
            own = self._track.picture(number)
            known = compared(
                own, resized(self._track.picture(number + 1), own.shape), tuning=self._tuning
            ).apart
            self._following[number] = known
            if len(self._following) > _KEPT_CHANGES:
                self._following.popitem(last=False)
        return known


def resized(picture: Float32, shape: tuple[int, ...]) -> Float32:
    """The picture in another shape, linearly interpolated: pictures of nearly the same proportions
    may have been rounded to different shapes."""
    if picture.shape == shape:
        return picture
    rows, columns = shape
    out = _interpolated(picture, rows)
    return np.ascontiguousarray(_interpolated(out.T, columns).T)


def _interpolated(picture: Float32, rows: int) -> Float32:
    place = np.clip((np.arange(rows) + 0.5) * len(picture) / rows - 0.5, 0, len(picture) - 1)
    low = np.minimum(place.astype(np.int64), len(picture) - 2)
    share = (place - low).astype(np.float32)[:, None]
    mixed: Float32 = picture[low] * (1 - share) + picture[low + 1] * share
    return mixed


def _resized_windows(values: Float32, shape: tuple[int, ...]) -> Float32:
    """Values of windows for a picture of another shape: the nearest window's."""
    if values.shape == shape:
        return values
    rows = (np.arange(shape[0]) * values.shape[0]) // shape[0]
    columns = (np.arange(shape[1]) * values.shape[1]) // shape[1]
    nearest: Float32 = values[rows[:, None], columns[None]]
    return nearest
