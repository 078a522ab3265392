"""Sound is placed by its time stamps."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from services.embed.artifacts.sound_track import Soundtrack
from services.embed.artifacts.spectra import SAMPLE_RATE

RATE = 48_000
BLOCK = 1024


def tone(start: float, seconds: float, *, level: float = 0.5) -> list[tuple[float, av.AudioFrame]]:
    """Decoded pieces of a 440 Hz tone that begins at `start`, as (time, frame)."""
    time = np.arange(int(seconds * RATE)) / RATE
    samples = (level * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    pieces = []
    for at in range(0, len(samples), BLOCK):
        frame = av.AudioFrame.from_ndarray(samples[None, at : at + BLOCK], "fltp", "mono")
        frame.sample_rate = RATE
        frame.time_base = Fraction(1, RATE)
        pieces.append((start + at / RATE, frame))
    return pieces


def signal(
    pieces: Iterable[tuple[float, av.AudioFrame]], until: float | None = None
) -> NDArray[np.float32]:
    track = Soundtrack()
    parts = [part for time, frame in pieces for part in track.add(time, frame)]
    parts += track.finish()
    if until is not None:
        parts += track.silence_until(until)
    whole = np.concatenate([np.zeros(0, np.float32), *parts])
    assert track.seconds == pytest.approx(len(whole) / SAMPLE_RATE)
    return whole


def loudness(samples: NDArray[np.float32], start: float, end: float) -> float:
    part = samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
    return float(np.sqrt((part**2).mean()))


def test_a_continuous_sound_keeps_its_length_and_level() -> None:
    heard = signal(tone(0.0, 2.0))
    assert len(heard) == pytest.approx(2 * SAMPLE_RATE, abs=20)
    assert loudness(heard, 0.1, 1.9) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)


def test_a_gap_is_silence_and_what_follows_keeps_its_place() -> None:
    heard = signal([*tone(0.0, 1.0), *tone(1.45, 1.0)])
    assert loudness(heard, 1.02, 1.43) < 1e-3
    assert loudness(heard, 1.47, 2.4) == pytest.approx(0.354, rel=0.02)
    assert len(heard) == pytest.approx(2.45 * SAMPLE_RATE, abs=20)


def test_a_late_start_is_silence() -> None:
    heard = signal(tone(0.5, 1.0))
    assert loudness(heard, 0.0, 0.49) < 1e-3
    assert len(heard) == pytest.approx(1.5 * SAMPLE_RATE, abs=20)


def test_what_lies_before_zero_or_overlaps_is_left_out() -> None:
    assert len(signal(tone(-0.5, 1.0))) == pytest.approx(0.5 * SAMPLE_RATE, abs=20)
    heard = signal([*tone(0.0, 1.0), *tone(0.6, 1.0)])
    assert len(heard) == pytest.approx(1.6 * SAMPLE_RATE, abs=20)


def test_rounded_stamps_make_no_gaps() -> None:
    jittered = [(time + (0.004 if n % 2 else 0.0), f) for n, (time, f) in enumerate(tone(0, 2))]
    np.testing.assert_array_equal(signal(jittered), signal(tone(0, 2)))


def test_a_long_silence_comes_in_small_pieces() -> None:
    pieces = list(Soundtrack().silence_until(30.0))
    assert max(len(piece) for piece in pieces) <= SAMPLE_RATE
    assert sum(len(piece) for piece in pieces) == 30 * SAMPLE_RATE


def test_nothing_is_added_to_what_is_long_enough() -> None:
    assert len(signal(tone(0.0, 2.0), until=1.0)) == pytest.approx(2 * SAMPLE_RATE, abs=20)


def test_a_sound_that_changes_its_form_goes_on() -> None:
    stereo = [(time + 1.0, as_stereo(frame)) for time, frame in tone(0.0, 1.0)]
    heard = signal([*tone(0.0, 1.0), *stereo, *tone(2.0, 1.0)])
    assert len(heard) == pytest.approx(3 * SAMPLE_RATE, abs=40)
    for start in (0.1, 2.1):
        assert loudness(heard, start, start + 0.8) == pytest.approx(0.354, rel=0.02)
    assert loudness(heard, 1.1, 1.9) > 0.3


def as_stereo(frame: av.AudioFrame) -> av.AudioFrame:
    both = av.AudioFrame.from_ndarray(frame.to_ndarray().repeat(2, axis=0), "fltp", "stereo")
    both.sample_rate = frame.sample_rate
    return both


def test_samples_that_are_no_numbers_are_silence() -> None:
    pieces = tone(0.0, 1.0)
    broken = pieces[20][1].to_ndarray()
    broken[0, ::3] = np.nan
    broken[0, 1::3] = np.inf
    pieces[20] = (pieces[20][0], av.AudioFrame.from_ndarray(broken, "fltp", "mono"))
    pieces[20][1].sample_rate = RATE
    heard = signal(pieces)
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 8
