"""Sound that is out of step: by how much, and from when to when."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.sound.offsets import SoundOffsets
from services.compare.timeline import Float64, Region, RegionKind
from tests.unit.compare.sound.sounds import coded, delayed, levels, sound

SECONDS = 60.0
OWN = sound(1)


def line(a_start: float, a_end: float, later: float = 0.0) -> Region:
    """A stretch that B has as well, `later` seconds later."""
    return Region(
        kind=RegionKind.UNCHANGED,
        a_start=a_start,
        a_end=a_end,
        b_start=a_start + later,
        b_end=a_end + later,
    )


WHOLE = line(0, SECONDS)


def found(b: Float64, *lines: Region) -> list[tuple[float, float, float]]:
    """(start, end, offset) of every stretch."""
    return [
        (part.line.a_start, part.line.a_end, part.offset)
        for parts in SoundOffsets(levels(OWN), coded(b)).along(lines or (WHOLE,))
        for part in parts
    ]


@pytest.mark.slow("aligns a minute of sound in every example")
@settings(max_examples=15, deadline=None)
@given(st.floats(0.02, 4.5), st.booleans())
def test_a_delay_is_told_to_the_hundredth_of_a_second(delay: float, early: bool) -> None:
    delay = -delay if early else delay
    ((start, end, offset),) = found(delayed(OWN, delay))
    assert (start, end) == (0, SECONDS)
    assert offset == pytest.approx(delay, abs=0.01)


@pytest.mark.parametrize("delay", [0.3, -0.26, 1.1])
def test_a_sound_that_changes_slowly_is_not_taken_to_be_half_way(delay: float) -> None:
    """Every step towards the right offset fits it a little better."""
    slow = np.stack([np.convolve(band, np.hanning(61) / 30, "same") for band in OWN.T], axis=1)
    ((_, _, offset),) = [
        (part.line.a_start, part.line.a_end, part.offset)
        for parts in SoundOffsets(levels(slow), coded(delayed(slow, delay))).along([WHOLE])
        for part in parts
    ]
    assert offset == pytest.approx(delay, abs=0.015)


@settings(max_examples=10, deadline=None)
@given(st.floats(-0.012, 0.012), st.floats(-1.0, 1.0))
def test_what_encoders_do_is_no_offset(delay: float, gain: float) -> None:
    assert found(delayed(OWN, delay) + gain) == [(0, SECONDS, 0.0)]


@settings(max_examples=10, deadline=None)
@given(st.floats(12.0, 48.0), st.sampled_from([0.06, 0.16, 0.4, -0.2]))
def test_an_offset_that_begins_in_the_middle_is_told_from_there(at: float, delay: float) -> None:
    b = np.where((np.arange(len(OWN)) < at * 50)[:, None], OWN, delayed(OWN, delay))
    before, after = found(b)
    assert before[2] == 0.0
    assert after[2] == pytest.approx(delay, abs=0.01)
    assert after[0] == pytest.approx(at, abs=abs(delay) + 0.1)


def test_each_line_of_the_picture_is_looked_at_along_its_own_map() -> None:
    inserted = np.concatenate([OWN[:1500], sound(7, 4.0), OWN[1500:]])
    stretches = found(delayed(inserted, 0.3), line(0, 30), line(30, 60, later=4.0))
    assert [offset for _, _, offset in stretches] == pytest.approx([0.3, 0.3], abs=0.01)


@pytest.mark.parametrize(
    "b",
    [sound(9), np.zeros_like(OWN), np.full_like(OWN, 3.0)],
    ids=["another sound", "silence", "a steady tone"],
)
def test_nothing_is_said_where_nothing_can_be_told(b: Float64) -> None:
    assert {offset for _, _, offset in found(b)} == {0.0}


def test_a_loop_that_repeats_itself_stays_in_step() -> None:
    loop = np.tile(sound(5, 0.5), (120, 1))
    own = SoundOffsets(levels(loop), coded(loop))
    assert [part.offset for part in own.along([WHOLE])[0]] == [0.0]


def test_lines_too_short_to_tell_are_in_step() -> None:
    assert found(delayed(OWN, 0.4), line(3.0, 4.0)) == [(3.0, 4.0, 0.0)]


def test_a_video_without_sound_has_no_offset() -> None:
    silent = np.zeros((0, 16), np.uint8)
    assert SoundOffsets(silent, silent).along([WHOLE])[0][0].offset == 0.0
    assert SoundOffsets(levels(OWN), silent).along([WHOLE])[0][0].offset == 0.0
