"""Where two sounds differ, by their levels: to a fiftieth of a second, and not for coding noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.sound.levels import Change, SoundLevels
from services.compare.timeline import Float64, Region, RegionKind, UInt8
from tests.unit.compare.sound.sounds import coded, levels, sound

SECONDS = 60.0
_STEPS = round(SECONDS * 50)
LINE = Region(kind=RegionKind.UNCHANGED, a_start=0, a_end=SECONDS, b_start=0, b_end=SECONDS)


OWN, OTHER = sound(1), sound(2)


def with_other(start: float, end: float, other: Float64 = OTHER) -> Float64:
    out = OWN.copy()
    part = slice(round(start * 50), round(end * 50))
    out[part] = other[part]
    return out


def settled(
    b: UInt8, found: list[Change] | None = None, *, line: Region = LINE, threshold: float = 0.1
) -> list[tuple[float, float]]:
    changes = SoundLevels(levels(OWN), b).settled(line, found or [], threshold, 0.08)
    return [(round(change.start, 3), round(change.end, 3)) for change in changes]


@settings(max_examples=15, deadline=None)
@given(st.integers(50, 2500), st.integers(20, 400))
def test_other_sound_is_found_to_the_step(first: int, steps: int) -> None:
    start, end = first / 50, (first + steps) / 50
    ((found_start, found_end),) = settled(coded(with_other(start, end)))
    assert found_start == pytest.approx(start, abs=0.021)
    assert found_end == pytest.approx(end, abs=0.021)


@pytest.mark.parametrize("noise", [0.0, 0.08, 0.2])
def test_coding_alone_is_no_change(noise: float) -> None:
    assert settled(coded(OWN, noise)) == []


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_delayed_sound_is_no_change(steps: int) -> None:
    assert settled(coded(np.roll(OWN, steps, axis=0))) == []


@pytest.mark.parametrize("gain", [-1.0, -0.4, 0.3, 0.7, 1.0])
@pytest.mark.parametrize("pauses", [False, True])
def test_louder_or_quieter_all_along_is_no_change(gain: float, pauses: bool) -> None:
    pause = (np.arange(_STEPS) // 50 % 3 == 0)[:, None] & pauses
    own, other = np.where(pause, 0, OWN), np.where(pause, 0, OWN + gain)
    assert SoundLevels(levels(own), coded(other)).settled(LINE, [], 0.1, 0.08) == []


def test_slow_dynamics_are_no_change() -> None:
    gain = np.sin(np.arange(_STEPS) / 300)[:, None]
    assert settled(coded(OWN + gain)) == []


def test_bands_that_coding_left_out_are_no_change() -> None:
    narrow = OWN.copy()
    narrow[:, 12:] = 0
    assert settled(coded(narrow), [Change(0.5, 40.0, 0.2)]) == []


@pytest.mark.parametrize("steps", [5, 10, 15])
def test_a_change_may_be_as_short_as_asked_for(steps: int) -> None:
    for first in range(500, 700, 19):
        b = with_other(first / 50, (first + steps) / 50, np.zeros_like(OWN))
        changes = SoundLevels(levels(OWN), levels(b)).settled(LINE, [], 0.1, steps / 50)
        assert len(changes) == 1


def test_a_mute_is_found() -> None:
    assert settled(coded(with_other(20.0, 21.2, np.zeros_like(OWN)))) == [(20.0, 21.2)]


def test_loud_sound_in_a_quiet_passage_leaves_what_is_around_it() -> None:
    quiet = OWN - 1.0
    b = quiet.copy()
    b[1000:1040] = OTHER[1000:1040] + 1.0
    changes = SoundLevels(levels(quiet), coded(b)).settled(LINE, [], 0.1, 0.08)
    ((start, end),) = [(change.start, change.end) for change in changes]
    assert (start, end) == pytest.approx((20.0, 20.8), abs=0.021)


def test_what_vectors_found_is_cut_to_where_levels_differ() -> None:
    roughly = [Change(18.5, 27.0, 0.6)]
    changes = SoundLevels(levels(OWN), coded(with_other(20.0, 25.0))).settled(
        LINE, roughly, 0.1, 0.08
    )
    ((start, end, score),) = [(change.start, change.end, change.score) for change in changes]
    assert (start, end) == pytest.approx((20.0, 25.0), abs=0.021)
    assert score == 0.6


def test_two_changes_that_vectors_took_for_one_are_two() -> None:
    b = with_other(20.0, 22.0)
    b[round(24.0 * 50) : round(26.0 * 50)] = OTHER[: 2 * 50]
    found = settled(coded(b), [Change(19.5, 26.5, 0.6)])
    assert np.array(found) == pytest.approx(np.array([(20.0, 22.0), (24.0, 26.0)]), abs=0.041)


def test_what_vectors_alone_say_stays_where_levels_differ_less_clearly() -> None:
    later = np.arange(_STEPS)[:, None] >= 30 * 50
    faint = OWN + np.where(later, 0.22 * np.sign(OTHER - 3), 0.0)
    assert settled(coded(faint), [Change(30.0, 60.0, 0.2)]) == [(30.0, 60.0)]


def test_what_levels_know_to_be_the_same_is_no_change() -> None:
    assert settled(coded(OWN), [Change(20.0, 25.0, 0.15)]) == []


@pytest.mark.parametrize(("start", "end"), [(0.0, SECONDS), (0.0, 55.0), (3.3, 58.0)])
def test_most_of_a_line_may_differ(start: float, end: float) -> None:
    roughly = [Change(max(start, 0.5), min(end, 59.5), 0.7)]
    assert settled(coded(with_other(start, end)), roughly) == [(start, end)]


def test_a_line_that_differs_all_along_is_left_to_the_vectors() -> None:
    assert settled(coded(OTHER)) == []


def test_a_change_of_which_some_is_alike_stays_whole() -> None:
    alike = with_other(20.0, 30.0)
    share = np.random.default_rng(5).random(_STEPS) < 0.35
    alike[share] = OWN[share]
    ((start, end),) = settled(coded(alike), [Change(20.0, 30.0, 0.4)])
    assert (start, end) == pytest.approx((20.0, 30.0), abs=0.1)


def test_a_pause_that_both_have_does_not_part_a_change() -> None:
    own, other = OWN.copy(), with_other(20.0, 26.0)
    own[22 * 50 : 24 * 50] = other[22 * 50 : 24 * 50] = 0
    changes = SoundLevels(levels(own), coded(other)).settled(LINE, [], 0.1, 0.08)
    assert [(change.start, change.end) for change in changes] == [pytest.approx((20.0, 26.0))]


def test_the_threshold_holds_for_what_levels_find() -> None:
    b = coded(with_other(20.0, 21.0))
    assert settled(b, threshold=0.2) != []
    assert settled(b, threshold=0.85) == []


def test_a_line_elsewhere_in_b_is_followed() -> None:
    moved = np.concatenate([sound(9, 10.0), with_other(30.0, 32.0)[1000:2000]])
    line = Region(kind=RegionKind.UNCHANGED, a_start=20, a_end=40, b_start=10, b_end=30)
    assert settled(coded(moved), line=line) == [(30.0, 32.0)]


def test_sound_that_ends_before_its_line_is_compared_as_far_as_it_goes() -> None:
    assert settled(coded(OWN)[: 40 * 50]) == []
    assert SoundLevels(levels(OWN), np.zeros((0, 16), np.uint8)).settled(LINE, [], 0.1, 0.08) == []


def test_what_vectors_blame_everywhere_and_levels_hardly_anywhere_is_coding() -> None:
    """Strong coding leaves out the highest bands, which moves all vectors."""
    noisy = coded(OWN, noise=0.16)
    noisy[1000:1030] = coded(OWN, noise=0.24, seed=5)[1000:1030]
    assert settled(noisy, [Change(0.0, 60.0, 0.27)]) == []
