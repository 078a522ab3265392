"""Audio vectors: near for the same sound, far for another, defined for silence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.embed.artifacts.spectra import SAMPLE_RATE, Spectra, Spectrograph
from services.embed.engines.local.audio_vectors import (
    BLOCK_DIMENSION,
    DIMENSION,
    AudioVectors,
    audio_vectors,
)
from tests.fixtures.clips import soundtrack
from tests.fixtures.encoding import SOUND_RATE


def music(name: str, start: float = 0.0, seconds: float = 2.0) -> NDArray[np.float32]:
    """A part of a test clip's soundtrack, at the engine's rate."""
    step = SOUND_RATE // SAMPLE_RATE
    first = int(start * SOUND_RATE)
    whole = soundtrack(name)[first : first + int(seconds * SOUND_RATE)]
    slower: NDArray[np.float32] = whole[: len(whole) // step * step].reshape(-1, step).mean(axis=1)
    return slower


def described(signal: NDArray[np.float32]) -> AudioVectors:
    spectrograph = Spectrograph()
    spectra = [*spectrograph.add(signal), *spectrograph.finish()]
    bands, pitch = ([getattr(each, part) for each in spectra] for part in ("bands", "pitch"))
    return audio_vectors(Spectra(np.concatenate(bands), np.concatenate(pitch)))


def distance(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    x, y = described(a).whole, described(b).whole
    return float(1 - x @ y / np.linalg.norm(x) / np.linalg.norm(y))


def test_dimensions() -> None:
    vectors = described(music("street"))
    assert vectors.whole.shape == (DIMENSION,) == (233,)
    assert vectors.blocks.shape == (4, BLOCK_DIMENSION) == (4, 83)


def test_another_sound_is_far() -> None:
    assert distance(music("street"), music("rabbit")) > 0.4
    assert distance(music("street"), music("street", 4.0)) > 0.4


def test_a_mute_is_far_and_silence_equals_silence() -> None:
    silence = np.zeros(2 * SAMPLE_RATE, np.float32)
    assert distance(music("street"), silence) > 0.6
    assert distance(silence, silence) == pytest.approx(0, abs=1e-6)
    assert np.linalg.norm(described(silence).whole) > 0.1


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(["street", "man", "rabbit"]), st.floats(0.5, 1.0))
def test_a_little_louder_or_quieter_is_near(name: str, gain: float) -> None:
    assert distance(music(name), music(name) * np.float32(gain)) < 0.03


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(["street", "man", "rabbit"]), st.integers(0, 99))
def test_faint_noise_is_near(name: str, seed: int) -> None:
    hiss = np.random.default_rng(seed).normal(0, 3e-4, 2 * SAMPLE_RATE).astype(np.float32)
    clean = music(name)
    assert distance(clean, clean + hiss[: len(clean)]) < 0.06


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 40_000), st.floats(0, 1))
def test_every_length_and_level_has_a_finite_vector(samples: int, level: float) -> None:
    noise = np.random.default_rng(1).uniform(-level, level, samples).astype(np.float32)
    if samples == 0:
        noise = np.zeros(SAMPLE_RATE, np.float32)
    vectors = described(noise)
    assert np.isfinite(vectors.whole).all()
    assert np.isfinite(vectors.blocks).all()
