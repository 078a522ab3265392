"""Spectra are the same however the signal comes in, and say how loud which band is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.embed.artifacts.spectra import (
    BANDS,
    SAMPLE_RATE,
    Spectra,
    Spectrograph,
    silent_spectra,
    sound_levels,
)
from services.embed.artifacts.tracks import SOUND_STEP_SECONDS, Float32


def spectra_of(*pieces: Float32) -> Spectra:
    spectrograph = Spectrograph()
    found = [spectra for piece in pieces for spectra in spectrograph.add(piece)]
    found += spectrograph.finish()
    return Spectra(
        np.concatenate([silent_spectra(0).bands, *(each.bands for each in found)]),
        np.concatenate([silent_spectra(0).pitch, *(each.pitch for each in found)]),
    )


def tone(hertz: float, seconds: float, level: float = 0.5) -> Float32:
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (level * np.sin(2 * np.pi * hertz * times)).astype(np.float32)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 200_000), st.lists(st.integers(1, 60_000), max_size=6))
def test_pieces_of_any_length_give_the_same_spectra(length: int, sizes: list[int]) -> None:
    signal = np.random.default_rng(2).uniform(-0.5, 0.5, length).astype(np.float32)
    whole = spectra_of(signal)
    in_pieces = spectra_of(*np.split(signal, np.minimum(np.cumsum(sizes), length)))
    assert len(whole.bands) == -(-length // round(SOUND_STEP_SECONDS * SAMPLE_RATE))
    np.testing.assert_allclose(in_pieces.bands, whole.bands, atol=1e-4)
    np.testing.assert_allclose(in_pieces.pitch, whole.pitch, rtol=1e-3, atol=1e-6)


def test_a_tone_is_in_its_band_and_of_its_pitch_class() -> None:
    low, high = spectra_of(tone(440, 1.0)), spectra_of(tone(4000, 1.0))
    assert low.bands[20].argmax() < BANDS / 3 < high.bands[20].argmax()
    assert low.pitch[20].argmax() == 0


def test_levels_are_zero_for_silence_and_rise_by_24_for_ten_times_the_power() -> None:
    assert not sound_levels(spectra_of(np.zeros(SAMPLE_RATE, np.float32))).any()
    quiet, loud = (
        sound_levels(spectra_of(tone(1000, 1.0, level))).astype(int).max(axis=1)[10]
        for level in (0.05, 0.05 * np.sqrt(10))
    )
    assert loud - quiet == pytest.approx(24, abs=1)


def test_a_sound_begins_at_the_step_in_which_it_begins() -> None:
    signal = np.concatenate([np.zeros(SAMPLE_RATE, np.float32), tone(1000, 1.0)])
    loudest = sound_levels(spectra_of(signal)).max(axis=1)
    assert np.flatnonzero(loudest > loudest.max() - 12)[0] * SOUND_STEP_SECONDS == 1.0
