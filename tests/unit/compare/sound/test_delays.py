"""Sound that is early or late, all the time or for a while: that is told, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.timeline import Float64, Region, RegionKind
from tests.unit.compare.sound.sounds import STEPS_A_SECOND, aligned, delayed, sound

SECONDS = 40.0
OWN, OTHER = sound(1, SECONDS), sound(9, SECONDS)
UNCHANGED = RegionKind.UNCHANGED
DELAYS = st.sampled_from([-1.6, -0.6, -0.3, -0.16, 0.16, 0.3, 0.6, 1.6])


def region(kind: RegionKind, a: tuple[float, float], b: tuple[float, float]) -> Region:
    return Region(kind=kind, a_start=a[0], a_end=a[1], b_start=b[0], b_end=b[1])


WHOLE = [region(UNCHANGED, (0, SECONDS), (0, SECONDS))]


def steps(seconds: float) -> int:
    return round(seconds * STEPS_A_SECOND)


def delayed_within(start: float, end: float, delay: float) -> Float64:
    """The own sound, late from `start` to `end`."""
    times = np.arange(len(OWN)) / STEPS_A_SECOND
    return np.where(((times >= start) & (times < end))[:, None], delayed(OWN, delay), OWN)


def differences(regions: list[Region]) -> list[Region]:
    return [each for each in regions if each.kind is not UNCHANGED]


def offset_at(regions: list[Region], time: float) -> float:
    return next(each.sound_offset for each in regions if each.a_start <= time < each.a_end)


@settings(max_examples=12, deadline=None)
@given(st.floats(4.0, 14.0), DELAYS)
def test_sound_that_is_late_in_the_end_is_late_and_nothing_else(left: float, delay: float) -> None:
    at = SECONDS - left
    found = aligned(OWN, delayed_within(at, SECONDS, delay), WHOLE)
    assert not differences(found)
    assert offset_at(found, at - 1.0 - abs(delay)) == 0.0
    assert offset_at(found, at + 1.0 + abs(delay)) == pytest.approx(delay, abs=0.01)


@settings(max_examples=12, deadline=None)
@given(st.floats(6.0, 20.0), st.floats(6.0, 14.0), DELAYS)
def test_sound_that_is_late_for_a_while_is_late_and_nothing_else(
    start: float, lasts: float, delay: float
) -> None:
    found = aligned(OWN, delayed_within(start, start + lasts, delay), WHOLE)
    assert not differences(found)
    assert offset_at(found, start + lasts / 2) == pytest.approx(delay, abs=0.01)
    assert (offset_at(found, 0.0), offset_at(found, SECONDS - 1)) == (0.0, 0.0)


@settings(max_examples=12, deadline=None)
@given(st.floats(8.0, 24.0), st.floats(1.0, 5.0), st.booleans(), DELAYS)
def test_delaying_a_sound_leaves_its_cuts_where_they_are(
    at: float, length: float, new: bool, delay: float
) -> None:
    at, length = (steps(t) / STEPS_A_SECOND for t in (at, length))
    if new:
        b = np.concatenate([OWN[: steps(at)], OTHER[: steps(length)], OWN[steps(at) :]])
        jump = region(RegionKind.INSERTED, (at, at), (at, at + length))
        end = SECONDS + length
    else:
        b = np.concatenate([OWN[: steps(at)], OWN[steps(at + length) :]])
        jump = region(RegionKind.DELETED, (at, at + length), (at, at))
        end = SECONDS - length
    after = region(UNCHANGED, (jump.a_end, SECONDS), (jump.b_end, end))
    found = aligned(OWN, delayed(b, delay), [region(UNCHANGED, (0, at), (0, at)), jump, after])
    assert differences(found) == [jump]
    told = [each.sound_offset for each in found if each.kind is UNCHANGED]
    assert told == [pytest.approx(delay, abs=0.01)] * 2


def test_music_that_repeats_itself_is_not_late_where_it_was_dubbed() -> None:
    bar = sound(5, 4.0)
    loop = np.tile(bar, (10, 1))
    dubbed = np.concatenate([OTHER[: steps(4)], loop[steps(4) :]])
    (difference,) = differences(aligned(loop, dubbed, WHOLE))
    assert difference.kind is RegionKind.REPLACED
    assert (difference.a_start, difference.a_end) == pytest.approx((0, 4), abs=0.1)


def test_another_sound_for_a_while_where_it_is_late_is_told() -> None:
    """Neither end of the late stretch is beside a cut of the picture."""
    b = delayed_within(8.0, 32.0, 0.4)
    b[steps(18) : steps(21)] = OTHER[: steps(3)]
    (difference,) = differences(aligned(OWN, b, WHOLE))
    assert (difference.a_start, difference.a_end) == pytest.approx((17.6, 20.6), abs=0.1)
    assert difference.sound_offset == pytest.approx(0.4, abs=0.01)
