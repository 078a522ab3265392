"""Sound under pictures that are shown for long, and so know times only roughly."""

from __future__ import annotations

import itertools

import pytest

from services.compare.geometry import Span
from services.compare.sound.coarse_pictures import by_sound
from services.compare.timeline import Region, RegionKind

FRAME = 0.2
IN_STEP: Span = (0.0, 0.0)


def region(kind: RegionKind, a: Span, b: Span) -> Region:
    return Region(kind=kind, a_start=a[0], a_end=a[1], b_start=b[0], b_end=b[1])


def deleted(at_a: float, length: float, at_b: float) -> list[Region]:
    """What the picture says of 3 s that were taken out at 17.4 s."""
    after = at_a + length
    return [
        region(RegionKind.UNCHANGED, (0, at_a), (0, at_b)),
        region(RegionKind.DELETED, (at_a, after), (at_b, at_b)),
        region(RegionKind.UNCHANGED, (after, 46), (at_b, 43)),
    ]


PICTURE = deleted(17.48, 3.08, 17.4)


@pytest.mark.parametrize("late", [0.0, 0.4, -0.3])
@pytest.mark.parametrize("turned", [False, True])
def test_a_jump_is_as_long_as_the_sound_has_it(late: float, turned: bool) -> None:
    """Whatever the delay of all of the sound."""
    lines = [each.mirrored() for each in PICTURE] if turned else PICTURE
    sign = -1 if turned else 1
    offsets = [(sign * late,) * 2, IN_STEP, (sign * (late + 0.16),) * 2]
    found, left = by_sound(lines, offsets, FRAME)
    if turned:
        found = [each.mirrored() for each in found]
    assert [each.kind for each in found] == [each.kind for each in PICTURE]
    assert found[0].seconds_a == pytest.approx(found[0].seconds_b)
    assert found[1].a_end - found[1].b_end == pytest.approx(3.0)
    assert all(before.leads_to(after, 1e-9) for before, after in itertools.pairwise(found))
    assert left[2] == pytest.approx((sign * late,) * 2)


def test_pictures_of_usual_length_know_best() -> None:
    offsets = [IN_STEP, IN_STEP, (0.16, 0.16)]
    assert by_sound(PICTURE, offsets, 0.04) == (PICTURE, offsets)


def test_sound_that_is_late_by_more_than_a_picture_is_late() -> None:
    offsets = [IN_STEP, IN_STEP, (0.5, 0.5)]
    assert by_sound(deleted(17.4, 3.0, 17.4), offsets, FRAME)[1] == offsets


def test_one_line_says_nothing_of_another() -> None:
    whole = [region(RegionKind.UNCHANGED, (0, 46), (0, 46))]
    assert by_sound(whole, [(0.16, 0.16)], FRAME) == (whole, [(0.16, 0.16)])
