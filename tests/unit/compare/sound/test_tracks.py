"""What differs of sound tracks beside the stretches of the main one: tracks, channels, loudness."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.compare.outcome import SoundDifferenceKind, SoundTrackFindings
from services.compare.sound.tracks import compare_sound_tracks, without_lines
from services.compare.timeline import Region, RegionKind, SoundTrack
from tests.unit.compare.sound.sounds import coded, delayed, sound, sound_track

SECONDS = 32.0
MAIN = sound_track(1, SECONDS)
SECOND = sound_track(2, SECONDS, number=2, language="ger")
WHOLE = [Region(kind=RegionKind.UNCHANGED, a_start=0, a_end=SECONDS, b_start=0, b_end=SECONDS)]
KINDS = SoundDifferenceKind
# Levels have 20 steps a decibel.
DECIBEL = 20


def compared(a: Sequence[SoundTrack], b: Sequence[SoundTrack]) -> SoundTrackFindings:
    return compare_sound_tracks(a, b, WHOLE, WHOLE, 0.1, lambda: None)


def told(a: Sequence[SoundTrack], b: Sequence[SoundTrack]) -> list[str]:
    return [each.description for each in compared(a, b).differences]


def with_levels(track: SoundTrack, levels: NDArray[np.integer]) -> SoundTrack:
    return replace(track, levels=levels.astype(np.uint16))


def late(track_seed: int, seconds: float, **facts: Any) -> SoundTrack:
    """The track of a seed, later by so much."""
    own = sound_track(track_seed, SECONDS, **facts)
    steps = round(seconds * 50)
    return replace(
        own,
        bands=coded(delayed(sound(track_seed, SECONDS), seconds)),
        levels=np.roll(own.levels, steps, axis=0),
    )


def mirrored(description: str) -> str:
    """What is said of a difference when A and B change over."""
    sides = {"A": "B", "B": "A"}
    more = {"louder": "quieter", "quieter": "louder", "later": "earlier", "earlier": "later"}
    swapped = more if "than" in description else sides
    words = "|".join(swapped)
    return re.sub(rf"\b({words})\b", lambda match: swapped[match[1]], description)


@pytest.mark.parametrize("noise", [0, 3, 4])
def test_equal_tracks_say_nothing(noise: int) -> None:
    a = [MAIN, SECOND]
    b = [MAIN, sound_track(2, SECONDS, number=2, language="ger", noise=noise)]
    found = compared(a, b)
    assert found.differences == []
    assert found.complete
    assert found.notes == (
        "Sound tracks compared: 1 of A with 1 of B; 2 (ger) of A with 2 (ger) of B.",
    )


def test_a_single_track_needs_no_word_of_which_it_is() -> None:
    found = compared([MAIN], [sound_track(1, SECONDS, noise=4)])
    assert found.complete
    assert not found.differences
    assert not found.notes


def test_another_second_track_is_named() -> None:
    other = sound_track(9, SECONDS, number=2, language="ger")
    (found,) = compared([MAIN, SECOND], [MAIN, other]).differences
    assert found.kind is KINDS.TRACK_CONTENT
    assert (found.a_track, found.b_track) == (2, 2)
    assert found.description == "Sound track 2 (ger): the sound differs throughout."


def test_other_sound_in_a_second_track_is_placed() -> None:
    bands = SECOND.bands.copy()
    bands[1000:1400] = sound_track(9, SECONDS).bands[1000:1400]
    (said,) = told([MAIN, SECOND], [MAIN, replace(SECOND, bands=bands)])
    assert said == "Sound track 2 (ger): the sound differs from 0:20.00 to 0:28.00."


def test_a_missing_track_is_named() -> None:
    found = compared([MAIN, SECOND], [MAIN])
    (difference,) = found.differences
    assert difference.description == "B lacks sound track 2 (ger) of A."
    assert (difference.a_track, difference.b_track) == (2, 0)
    assert not found.complete


def test_tracks_go_together_by_language_then_by_order() -> None:
    french = sound_track(3, SECONDS, number=3, language="fre")
    swapped = [MAIN, replace(french, number=2), replace(SECOND, number=3)]
    found = compared([MAIN, SECOND, french], swapped)
    assert found.differences == []
    numbers = [(p.a.number, p.b.number) for p in found.pairs if p.a and p.b]
    assert numbers == [(1, 1), (2, 3), (3, 2)]
    plain = [replace(each, language="") for each in (SECOND, french)]
    assert compared([MAIN, *plain], [MAIN, *plain]).differences == []


def test_a_track_that_could_not_be_decoded_was_not_compared() -> None:
    unheard = SoundTrack(number=2, language="ger", heard=False)
    found = compared([MAIN, SECOND], [MAIN, unheard])
    assert found.differences == []
    assert not found.complete
    assert "was not compared with 2 (ger) of B" in found.notes[-1]


def test_without_lines_tracks_are_listed_but_not_compared() -> None:
    found = without_lines([MAIN], [MAIN, SECOND])
    assert [pair.compared for pair in found.pairs] == [False, False]
    assert not found.complete
    assert without_lines([], []).complete
    assert not without_lines(None, []).complete


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.3, "0.300 s later"), (-0.2, "0.200 s earlier"), (1.2, "1.200 s later")]
)
def test_a_second_track_that_is_out_of_step_is_named(seconds: float, said: str) -> None:
    b = [MAIN, late(2, seconds, number=2, language="ger")]
    (found,) = compared([MAIN, SECOND], b).differences
    assert found.kind is KINDS.TRACK_OFFSET
    assert said in found.description
    assert found.amount == pytest.approx(seconds, abs=0.01)


def test_a_silent_channel_is_named() -> None:
    dead = with_levels(MAIN, MAIN.levels * np.array([1, 0], np.uint16))
    assert told([MAIN], [dead]) == ["The right channel of B is silent."]
    part = MAIN.levels.copy()
    part[500:900, 0] = 100
    (said,) = told([MAIN], [with_levels(MAIN, part)])
    times = [float(f"{m[1]}") for m in re.finditer(r"0:(\d+\.\d+)", said)]
    assert said.startswith("The left channel of B is silent from 0:")
    assert times == pytest.approx([10.0, 18.0], abs=0.4)


def test_swapped_channels_are_named() -> None:
    swapped = with_levels(MAIN, MAIN.levels[:, ::-1])
    (found,) = compared([MAIN], [swapped]).differences
    assert found.kind is KINDS.CHANNEL_ORDER
    assert found.description == "The left and right channels have changed places."


def test_a_pause_in_a_swapped_channel_is_no_silence() -> None:
    levels = MAIN.levels.copy()
    levels[500:700, 0] = 0
    paused = with_levels(MAIN, levels)
    swapped = with_levels(MAIN, levels[:, ::-1])
    assert told([paused], [swapped]) == ["The left and right channels have changed places."]


def test_channels_in_another_order_are_named() -> None:
    names = ("FL", "FR", "FC", "LFE", "BL", "BR")
    a = sound_track(1, SECONDS, layout="5.1", channels=names)
    film = with_levels(a, a.levels[:, [0, 2, 1, 3, 4, 5]])
    assert told([a], [film]) == ["The right and centre channels have changed places."]
    round_ = with_levels(a, a.levels[:, [1, 2, 0, 3, 4, 5]])
    assert told([a], [round_]) == ["A's channels left, right, centre are B's centre, left, right."]


def test_another_layout_is_named() -> None:
    surround = sound_track(
        1, SECONDS, layout="5.1(side)", channels=("FL", "FR", "FC", "LFE", "SL", "SR")
    )
    mono = sound_track(1, SECONDS, layout="mono", channels=("FC",))
    (said, *_) = told([surround], [MAIN])
    assert said == (
        "A's sound is 5.1(side), B's is stereo; B lacks centre, low-frequency, surround left, "
        "surround right."
    )
    assert told([mono], [MAIN])[0] == "A's sound is mono, B's is stereo."
    back = replace(surround, layout="5.1", channels=("FL", "FR", "FC", "LFE", "BL", "BR"))
    assert told([surround], [back]) == []


def test_layouts_that_are_not_named_are_the_usual_ones() -> None:
    unnamed = replace(MAIN, layout="2 channels", channels=("1", "2"))
    assert told([MAIN], [unnamed]) == []
    dead = with_levels(unnamed, MAIN.levels * np.array([0, 1], np.uint16))
    assert told([MAIN], [dead]) == ["The left channel of B is silent."]
    mono = sound_track(1, SECONDS, layout="mono", channels=("FC",))
    assert told([mono], [replace(mono, layout="1 channels", channels=("1",))]) == []
    four = sound_track(1, SECONDS, layout="4 channels", channels=("1", "2", "3", "4"))
    assert told([MAIN], [four])[0] == "A's sound is stereo, B's is of 4 unnamed channels."


def test_tracks_in_another_order_are_recognised() -> None:
    other_main = [replace(WHOLE[0], kind=RegionKind.REPLACED)]
    b = [replace(SECOND, number=1, language=""), replace(MAIN, number=2, language="")]
    found = compare_sound_tracks([MAIN, SECOND], b, other_main, WHOLE, 0.1, lambda: None)
    assert found.notes[1:] == (
        "A's main sound track 1 sounds like track 2 of B: the tracks stand in another order.",
        "B's main sound track 1 sounds like track 2 (ger) of A: the tracks stand in another order.",
    )


def test_another_balance_is_named() -> None:
    quieter = MAIN.levels - np.array([0, 6 * DECIBEL], np.uint16)
    (said,) = told([MAIN], [with_levels(MAIN, quieter)])
    assert said == "B's channels are balanced otherwise: left +0.0 dB, right -6.0 dB."


def test_another_sound_in_one_channel_is_named() -> None:
    levels = MAIN.levels.copy()
    loud = np.random.default_rng(5).uniform(-45, -5, 20).repeat(25)
    levels[1000:1500, 1] = np.rint((loud + 100) * DECIBEL)
    (said,) = told([MAIN], [with_levels(MAIN, levels)])
    assert said.startswith("The right channel differs from 0:")


@settings(max_examples=10, deadline=None)
@given(st.floats(1.1, 12), st.sampled_from([-1, 1]))
def test_loudness_is_told_in_lu(change: float, sign: int) -> None:
    steps = round(change * DECIBEL)
    b = with_levels(MAIN, MAIN.levels.astype(np.int64) + sign * steps)
    (found,) = compared([MAIN], [b]).differences
    more = "louder" if sign > 0 else "quieter"
    assert re.fullmatch(
        rf"B's sound is \d+\.\d LU \(loudness units\) {more} than A's\.", found.description
    )
    assert found.amount == pytest.approx(sign * steps / DECIBEL, abs=0.01)


@settings(max_examples=10, deadline=None)
@given(st.floats(-0.9, 0.9))
def test_a_loudness_that_encoders_cause_is_not_told(change: float) -> None:
    """A frugal encoder made a master of -12.4 LUFS one of -11.9."""
    levels = MAIN.levels.astype(np.int64) + round(change * DECIBEL)
    assert told([MAIN], [with_levels(MAIN, levels)]) == []


def test_a_louder_part_is_placed() -> None:
    levels = MAIN.levels.copy()
    levels[1000:1500] += 6 * DECIBEL
    (said,) = told([MAIN], [with_levels(MAIN, levels)])
    match = re.fullmatch(
        r"B's sound is 6\.0 LU \(loudness units\) louder than A's, "
        r"from 0:(\d+\.\d+) to 0:(\d+\.\d+)\.",
        said,
    )
    assert match is not None
    assert [float(time) for time in match.groups()] == pytest.approx([20, 30], abs=0.3)


Edit = tuple[str, float]
EDITS = st.tuples(st.sampled_from(["late", "louder", "other", "dead", "swapped"]), st.floats(1, 4))


def edited(seed: int, edit: Edit, **facts: Any) -> SoundTrack:
    kind, much = edit
    own = sound_track(seed, SECONDS, **facts)
    match kind:
        case "late":
            return late(seed, round(much) / 10, **facts)
        case "louder":
            return with_levels(own, own.levels + round(much * DECIBEL))
        case "other":
            return sound_track(seed + 50, SECONDS, **facts)
        case "dead":
            return with_levels(own, own.levels * np.array([0, 1], np.uint16))
        case _:
            return with_levels(own, own.levels[:, ::-1])


@pytest.mark.slow("compares four tracks in every example")
@settings(max_examples=8, deadline=None)
@given(EDITS, EDITS)
def test_what_becomes_of_one_track_says_nothing_of_another(second: Edit, third: Edit) -> None:
    a = [MAIN, SECOND, sound_track(3, SECONDS, number=3, language="fre")]
    b_second = edited(2, second, number=2, language="ger")
    b_third = edited(3, third, number=3, language="fre")
    alone_second = told(a, [MAIN, b_second, a[2]])
    alone_third = told(a, [MAIN, a[1], b_third])
    assert alone_second
    assert all("Sound track 2 (ger):" in said for said in alone_second)
    assert told(a, [MAIN, b_second, b_third]) == alone_second + alone_third


@settings(max_examples=8, deadline=None)
@given(EDITS, st.sampled_from(["both", "first", "second"]))
def test_changing_a_and_b_over_mirrors_what_is_said(edit: Edit, has: str) -> None:
    a, b = [MAIN, SECOND], [MAIN, edited(2, edit, number=2, language="ger")]
    a, b = (a[:1] if has == "second" else a), (b[:1] if has == "first" else b)
    forth, back = compared(a, b), compared(b, a)
    assert [mirrored(each.description) for each in forth.differences] == [
        each.description for each in back.differences
    ]
    for one, other in zip(forth.differences, back.differences, strict=True):
        assert (one.a_track, one.b_track) == (other.b_track, other.a_track)
        if one.amount is not None:
            assert other.amount == pytest.approx(-one.amount, abs=0.011)
