"""Spots are linked from moment to moment by where they are strongest."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.compare.detail.spots import Core, Spot
from services.compare.detail.trails import Trail, Trails
from services.compare.detail.tuning import TUNED

SHAPE = (208, 280)
SPEED, FIRST = -14, 164


def spot(top: int, beyond: tuple[int, int]) -> Spot:
    """A word of 12 by 16 pixels, and how far what surrounds it differs faintly as well."""
    above, before = beyond
    core = Core(top, 152, top + 12, 168)
    return Spot(
        max(core.top - above, 0),
        core.left - before,
        core.bottom,
        core.right,
        core=core,
        apart=60.0,
        ratio=2.3,
        is_clear=True,
    )


def followed(spots: list[Spot]) -> list[Trail]:
    trails = Trails(SHAPE, tuning=TUNED)
    for second, each in enumerate(spots):
        trails.add(float(second), [each], is_exact=True)
    return trails.finished()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 80)), min_size=10, max_size=10))
def test_what_rolls_is_one_trail_whatever_is_beside_it(beyond: list[tuple[int, int]]) -> None:
    rolling = [spot(FIRST + SPEED * second, each) for second, each in enumerate(beyond)]
    (trail,) = followed(rolling)
    assert len(trail.spots) == len(rolling)
    assert trail.is_moving
    assert np.isclose(trail.down, SPEED)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 80)), min_size=3, max_size=6))
def test_what_stays_is_one_trail_whatever_is_beside_it(beyond: list[tuple[int, int]]) -> None:
    (trail,) = followed([spot(FIRST, each) for each in beyond])
    assert len(trail.spots) == len(beyond)
    assert not trail.is_moving
