"""Where something was put in or taken out, by the sound, wherever the picture has it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.sound.jumps import placed_by_sound
from services.compare.timeline import Float64, Region, RegionKind
from tests.unit.compare.sound.sounds import coded, levels, sound

SECONDS = 40.0
OWN, OTHER = sound(1, SECONDS), sound(9, 10.0)


def with_insertion(at: float, length: float) -> Float64:
    """The own sound with other sound put in."""
    step = round(at * 50)
    return np.concatenate([OWN[:step], OTHER[: round(length * 50)], OWN[step:]])


def inserted(at: float, length: float) -> list[Region]:
    """What the picture says."""
    end = SECONDS
    return [
        Region(kind=RegionKind.UNCHANGED, a_start=0, a_end=at, b_start=0, b_end=at),
        Region(kind=RegionKind.INSERTED, a_start=at, a_end=at, b_start=at, b_end=at + length),
        Region(
            kind=RegionKind.UNCHANGED,
            a_start=at,
            a_end=end,
            b_start=at + length,
            b_end=end + length,
        ),
    ]


def mirrored(lines: list[Region]) -> list[Region]:
    kinds = {RegionKind.INSERTED: RegionKind.DELETED}
    return [
        Region(
            kind=kinds.get(r.kind, r.kind),
            a_start=r.b_start,
            a_end=r.b_end,
            b_start=r.a_start,
            b_end=r.a_end,
        )
        for r in lines
    ]


@settings(max_examples=25, deadline=None)
@given(st.floats(6, 34), st.floats(-5, 5), st.floats(0.6, 8))
def test_the_sound_places_its_jump(at: float, off: float, length: float) -> None:
    at, length = round(at * 50) / 50, round(length * 50) / 50
    picture = inserted(at + off, length)
    b = coded(with_insertion(at, length))
    before, jump, after = placed_by_sound(picture, levels(OWN), b)
    assert jump.a_start == pytest.approx(at, abs=0.08)
    assert (jump.b_start, jump.b_end - jump.b_start) == pytest.approx((jump.a_start, length))
    assert before.a_end == pytest.approx(jump.a_start)
    assert (after.a_start, after.b_start) == pytest.approx((jump.a_end, jump.b_end))
    assert (after.a_end, after.b_end) == (SECONDS, SECONDS + length)
    back = placed_by_sound(mirrored(picture), b, levels(OWN))
    assert back == mirrored([before, jump, after])


def test_a_sound_that_is_cut_with_the_picture_stays() -> None:
    picture = inserted(12.0, 3.0)
    assert placed_by_sound(picture, levels(OWN), coded(with_insertion(12.0, 3.0))) == picture


def test_silence_and_other_sound_place_nothing() -> None:
    picture = inserted(12.0, 3.0)
    silence = np.zeros(((43 * 50), 16), np.uint8)
    assert placed_by_sound(picture, silence[: (40 * 50)], silence) == picture
    assert placed_by_sound(picture, levels(OWN), coded(sound(4, 43.0))) == picture
