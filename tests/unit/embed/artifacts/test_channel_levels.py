"""How loud each channel is, step by step, and what it is by the published filter."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from services.embed.artifacts.channel_levels import (
    DECIBELS_A_STEP,
    FLOOR_DECIBELS,
    ChannelMeter,
    channel_names,
)
from services.embed.artifacts.tracks import Float32, UInt16

STEREO = ("FL", "FR")
STEPS_A_SECOND = 50


def piece(samples: Float32, rate: int, layout: str = "stereo") -> av.AudioFrame:
    """samples: (channels, n)."""
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
    frame.sample_rate = rate
    frame.time_base = Fraction(1, rate)
    return frame


def measured(
    runs: Iterable[tuple[float, av.AudioFrame]],
    end: float,
    channels: tuple[str, ...] = STEREO,
    pieces: int = 1,
) -> NDArray[np.float64]:
    """(steps, channels) decibels. runs: with their times; each comes in so many pieces."""
    given_out: list[UInt16] = []
    meter = ChannelMeter(channels, given_out.append)
    for time, frame in runs:
        meter.begin(time, frame.sample_rate)
        for part in np.array_split(frame.to_ndarray(), pieces, axis=1):
            meter.add(piece(part.astype(np.float32), frame.sample_rate, frame.layout.name))
    meter.finish(end)
    levels = np.concatenate(given_out).astype(np.float64)
    return levels * DECIBELS_A_STEP + FLOOR_DECIBELS


def tone(hertz: float, seconds: float, rate: int, amplitude: float = 0.5) -> Float32:
    time = np.arange(round(seconds * rate)) / rate
    wave: Float32 = (amplitude * np.sin(2 * np.pi * hertz * time)).astype(np.float32)
    return wave


@pytest.mark.parametrize("rate", [8_000, 22_050, 32_000, 44_100, 48_000, 96_000])
def test_a_tone_of_a_kilohertz_has_the_loudness_that_the_standard_says(rate: int) -> None:
    """A full-scale sine of 997 Hz in one channel has -3.01 LKFS, 0.691 dB of it taken off a sum."""
    left = tone(997, 2.0, rate, amplitude=1.0)
    levels = measured([(0.0, piece(np.stack([left, 0 * left]), rate))], 2.0)
    assert levels.shape == (100, 2)
    assert levels[1:-1, 0] == pytest.approx(-3.01 + 0.691, abs=0.15)
    assert (levels[:, 1] == FLOOR_DECIBELS).all()


@pytest.mark.parametrize(
    ("hertz", "weight"), [(100, -1.13), (500, 0.04), (2000, 3.07), (8000, 4.04), (15000, 4.04)]
)
def test_low_sound_counts_less_and_high_sound_more(hertz: float, weight: float) -> None:
    wave = tone(hertz, 2.0, 48_000)
    levels = measured([(0.0, piece(np.stack([wave, wave]), 48_000))], 2.0)
    plain = 10 * np.log10(0.5**2 / 2)
    assert levels[5:-5].mean() - plain == pytest.approx(weight, abs=0.15)


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 3), st.integers(1, 60), st.sampled_from([11_025, 44_100, 48_000]))
def test_sound_is_where_its_stamp_says_however_it_is_cut_up(
    start: float, pieces: int, rate: int
) -> None:
    wave = tone(440, 1.0, rate)
    run = [(start, piece(np.stack([wave, wave / 2]), rate))]
    levels = measured(run, 5.0, pieces=pieces)
    assert len(levels) == 5 * STEPS_A_SECOND
    np.testing.assert_allclose(levels, measured(run, 5.0))
    audible = np.flatnonzero(levels[:, 0] > -40) / STEPS_A_SECOND
    assert audible[0] == pytest.approx(start, abs=0.021)
    assert audible[-1] == pytest.approx(start + 1, abs=0.041)
    inside = levels[round((start + 0.1) * STEPS_A_SECOND) : round((start + 0.9) * STEPS_A_SECOND)]
    assert inside[:, 0] - inside[:, 1] == pytest.approx(6.02, abs=0.1)


def test_runs_that_overlap_or_begin_before_zero_give_each_step_once() -> None:
    wave = tone(440, 1.0, 48_000)
    both = piece(np.stack([wave, wave]), 48_000)
    assert len(measured([(-0.5, both), (0.3, both), (0.9, both)], 2.0)) == 100


def test_a_channel_that_a_sound_loses_is_silent_then() -> None:
    wave = tone(440, 1.0, 48_000)
    stereo = piece(np.stack([wave, wave]), 48_000)
    centre = piece(wave[None], 48_000, "mono")
    levels = measured([(0.0, stereo), (1.0, centre), (2.0, stereo)], 3.0)
    assert (levels[52:98] == FLOOR_DECIBELS).all()
    assert (levels[102:148] > -20).all()


def test_samples_that_are_no_numbers_are_no_sound() -> None:
    wave = tone(440, 1.0, 48_000)
    wave[::7] = np.nan
    wave[1::7] = np.inf
    wave[2::7] = 1e30
    levels = measured([(0.0, piece(np.stack([wave, wave]), 48_000))], 1.0)
    assert np.isfinite(levels).all()


@pytest.mark.parametrize("form", ["u8", "s16", "s16p", "s32", "fltp", "flt", "dbl"])
def test_every_form_of_samples_has_the_same_levels(form: str) -> None:
    wave = tone(997, 1.0, 48_000)
    stereo = piece(np.stack([wave, wave / 4]), 48_000)
    (converted,) = av.AudioResampler(form, "stereo", 48_000).resample(stereo)
    given_out: list[UInt16] = []
    meter = ChannelMeter(STEREO, given_out.append)
    meter.begin(0.0, 48_000)
    meter.add(converted)
    levels = np.concatenate(given_out) * DECIBELS_A_STEP + FLOOR_DECIBELS
    assert levels[1:-1].mean(axis=0) == pytest.approx([-8.33, -20.37], abs=0.2)


def test_channels_without_names_have_numbers() -> None:
    assert channel_names(av.AudioLayout("stereo")) == STEREO
    assert channel_names(av.AudioLayout("4 channels")) == ("1", "2", "3", "4")
