"""By how much one sound is louder than another, where both play the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compare.sound.heard_steps import Steps
from services.compare.sound.loudness import LoudnessChange, integrated, loudness_changes
from services.compare.timeline import SOUND_STEP_SECONDS, Float32, Float64

_STEPS_A_SECOND = round(1 / SOUND_STEP_SECONDS)


def _sound(seconds: float, level: float = -23.0, seed: int = 0) -> Float32:
    """(n,) mean squares of music about as loud as `level`, in LUFS, that swells and fades."""
    count = round(seconds * _STEPS_A_SECOND)
    swell = np.random.default_rng(seed).normal(0, 2, count)
    swell = np.convolve(swell, np.ones(25) / 5, mode="same")
    return np.power(10, (level + swell) / 10).astype(np.float32)


def _louder(powers: Float32, change: float) -> Float32:
    return powers * np.float32(10 ** (change / 10))


def _times(powers: Float32) -> Float64:
    return np.arange(len(powers), dtype=np.float64) * np.float64(SOUND_STEP_SECONDS)


def _changes(a: Float32, b: Float32, *, other: slice | None = None) -> list[LoudnessChange]:
    """other: steps at which both play something else."""
    same = np.ones(len(a), bool)
    if other is not None:
        same[other] = False
    steps = Steps(_times(a), a[:, None], b[:, None], same)
    return loudness_changes(steps, ["FL"], ["FL"])


@given(st.floats(-40, -5), st.floats(-12, 12))
def test_a_gain_is_a_gain_at_any_level(level: float, change: float) -> None:
    powers = _sound(4.0, level)
    before, after = integrated(powers), integrated(_louder(powers, change))
    assert before is not None
    assert after is not None
    assert after - before == pytest.approx(change, abs=0.01)


def test_a_steady_tone_has_its_own_level() -> None:
    steady = np.full(200, 10 ** ((-23 + 0.691) / 10), np.float32)
    assert integrated(steady) == pytest.approx(-23.0, abs=1e-3)


def test_pauses_do_not_count() -> None:
    music, silence = _sound(10.0), np.full(500, 1e-9, np.float32)
    with_pause = integrated(np.concatenate([music, silence, music]))
    # Only the blocks that lie across the ends of the pause are quieter.
    assert with_pause == pytest.approx(integrated(np.concatenate([music, music])), abs=0.1)


@pytest.mark.parametrize("powers", [np.full(500, 1e-9, np.float32), _sound(4.0)[:19]])
def test_silence_and_what_is_shorter_than_a_block_has_no_loudness(powers: Float32) -> None:
    assert integrated(powers) is None


@pytest.mark.parametrize("change", [-6.0, -1.5, 1.2, 9.0])
def test_a_change_throughout_is_one_change(change: float) -> None:
    a = _sound(30.0)
    [found] = _changes(a, _louder(a, change))
    assert found.change == pytest.approx(change, abs=0.05)
    assert (found.start, found.end) == (None, None)


@pytest.mark.parametrize("change", [0.0, 0.5, -0.9])
def test_what_encoders_do_is_no_change(change: float) -> None:
    a = _sound(30.0)
    assert _changes(a, _louder(a, change)) == []


@pytest.mark.parametrize("change", [-5.0, 4.0])
def test_a_louder_part_is_told_with_its_ends(change: float) -> None:
    a = _sound(60.0)
    b = a.copy()
    b[20 * 50 : 32 * 50] = _louder(a[20 * 50 : 32 * 50], change)
    [found] = _changes(a, b)
    assert found.change == pytest.approx(change, abs=0.3)
    assert found.start == pytest.approx(20.0, abs=0.5)
    assert found.end == pytest.approx(32.0, abs=0.5)


def test_a_moment_is_no_part() -> None:
    a = _sound(60.0)
    b = a.copy()
    b[20 * 50 : 21 * 50] = _louder(a[20 * 50 : 21 * 50], 6.0)
    assert _changes(a, b) == []


def test_other_sound_does_not_count() -> None:
    a = _sound(30.0)
    b = a.copy()
    b[500:1000] = _louder(_sound(10.0, seed=4), 15.0)
    assert _changes(a, b, other=slice(500, 1000)) == []


def test_mono_is_played_twice_and_low_frequencies_do_not_count() -> None:
    a = _sound(30.0)[:, None]
    times, same = _times(a), np.ones(len(a), bool)
    both = Steps(times, a, np.concatenate([a, a], axis=1), same)
    assert loudness_changes(both, ["FC"], ["FL", "FR"]) == []
    bass = Steps(times, np.concatenate([a, a], axis=1), np.concatenate([a, 50 * a], axis=1), same)
    assert loudness_changes(bass, ["FL", "LFE"], ["FL", "LFE"]) == []
